import { edge } from '../../session/index.ts'

/** Times in an answer are seconds since the epoch. */
type Time = number

export interface RingKey {
  KeyId: string
  State: 'Next' | 'Signing' | 'Retired' | 'Revoked'
  CreationDate: Time
  SignsFrom: Time
  SignsUntil: Time
  /** Nothing while no other key follows it. */
  PublishedUntil?: Time
  RevokedDate?: Time
}

export interface KeyRing {
  Algorithm: string
  Uses: string[]
  Opened?: boolean
  NextKeyDate?: Time
  Keys?: RingKey[]
}

export interface StsTarget {
  Kind: 'Embedded' | 'Remote'
  Endpoint?: string
  Profile?: string
  Roles?: string[]
}

export interface PartHealth {
  Part: string
  Status: 'Ok' | 'Degraded' | 'Failing'
  Why?: string
  Endpoint?: string
}

/** What DescribeService answers (docs/audit.md, "The deployment"). */
export interface Described {
  Version: string
  Issuer: string
  LocalMode: boolean
  TokenAlgorithm: string
  StsTargets: StsTarget[]
  KeyRings: KeyRing[]
  AccessKeys: { AccessKeyId: string; UserName: string; PolicyDocument: string; IsCaller: boolean }[]
  OperatorRoles: { RoleName: string; Match: Record<string, string[]>; PolicyDocument: string }[]
  Settings: { Name: string; Secret: boolean }[]
  KeySets: { Issuer: string; Keys: number; FetchedDate?: Time; FreshUntil?: Time; Failure?: string }[]
  Health: { Status: PartHealth['Status']; Parts: PartHealth[] }
}

/** `probe`: asks what is outside whether it answers; at AWS the STS of the region. */
export const describeService = (region: string, probe = false): Promise<Described> =>
  edge<Described>('DescribeService', probe ? { Probe: true } : {}, region)
