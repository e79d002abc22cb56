import type { StsProfileName } from '../../../src/credentials/profiles.ts'
import type { Program } from './programs.ts'

/** What every store is held to, while it runs as it should. */
export type AccessCheckName =
  | 'a user puts, gets and lists with credentials of the enhanced flow'
  | 'a user puts, gets and lists with credentials of the basic flow'
  | 'a guest gets with credentials of the enhanced flow'
  | 'a guest gets with credentials of the basic flow'
  | 'a guest is refused what the role of guests does not allow'
  | 'a user is refused a bucket that the role of users does not name'
  | 'a guest is refused the role of users in the basic flow'
  | 'credentials last as long as the pool says'
  | 'a session policy of the pool narrows guests below their role'
  | 'a token that has expired is refused'
  | 'a forged token is refused'
  | 'a refusal of the store is InvalidIdentityPoolConfigurationException to the client'

/** What every store is held to while it is in trouble. */
export type TroubleCheckName =
  | 'while the store hangs, clients get ExternalServiceException'
  | 'while the store is down, clients get ExternalServiceException, and all else is served'

export type CheckName = AccessCheckName | TroubleCheckName

/** A store with an STS that can be started on this machine. */
export interface StoreTarget {
  /** What people call it. */
  name: string
  /** Why it cannot be started here; `undefined` where it can. */
  missing: string | undefined
  profile: StsProfileName
  /** Their ARNs; until it has started, if it names them itself. */
  roles: Record<RoleName, string>
  /** The error codes of its STS for what it refuses. */
  codes: { expired: string; forged: string; untrusted: string }
  /** Checks that it cannot pass, each with the reason. They are skipped. */
  cannot?: Partial<Record<CheckName, string>>
  /** Starts it, and makes it trust the issuer for the pool and give the roles their policies. */
  start(wanted: WantedStore): Promise<RunningStore>
}

/** Roles that each store has: what they allow is in `ROLE_POLICIES`, and for whom they are in `ROLE_AMR`. */
export type RoleName = 'Users' | 'Guests'

export interface WantedStore {
  /** Where its STS and S3 have to be: on 127.0.0.1, at this port, for which the service is set up. */
  port: number
  /** For all that it stores; it is deleted afterwards. */
  folder: string
  issuer: string
  pool: string
}

export interface RunningStore extends Pick<Program, 'pause' | 'resume' | 'stop'> {
  /** Name and version as it says them itself. */
  version: string
  /** The ARNs of the roles, if the store names them itself. */
  roles?: Record<RoleName, string>
  /** Keys that may make buckets and put objects. */
  admin: { accessKeyId: string; secretAccessKey: string }
}

/** The value of the claim `amr` that the trust policy of a role has to ask for. */
export const ROLE_AMR: Readonly<Record<RoleName, string>> = { Users: 'authenticated', Guests: 'unauthenticated' }

/** The bucket that the roles are about, and one that they are not. */
export const BUCKET = 'files'
export const OTHER_BUCKET = 'private'

const arn = (path: string) => `arn:aws:s3:::${BUCKET}${path}`
const allow = (Action: string[], path: string) => ({ Effect: 'Allow', Action, Resource: [arn(path)] })

/** Users read, write and list. Guests read, and write below `inbox/` alone. */
export const ROLE_POLICIES: Readonly<Record<RoleName, object>> = {
  Users: {
    Version: '2012-10-17',
    Statement: [allow(['s3:GetObject', 's3:PutObject'], '/*'), allow(['s3:ListBucket'], '')],
  },
  Guests: {
    Version: '2012-10-17',
    Statement: [allow(['s3:GetObject'], '/*'), allow(['s3:PutObject'], '/inbox/*')],
  },
}

/** A session policy of the pool: guests read, and write nowhere. */
export const READ_ONLY = { Version: '2012-10-17', Statement: [allow(['s3:GetObject'], '/*')] }
