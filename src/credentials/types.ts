/** Who asks for a role. Every fact here has been verified by the caller. */
export interface WebIdentity {
  /** Identity id: the `sub` of the identity's token. */
  subject: string
  /** Pool id: the `aud` of the identity's token. */
  audience: string
  /** How the identity signed in: `unauthenticated`, or `authenticated` followed by its logins. */
  amr: readonly string[]
  /** Session tags. */
  principalTags?: Readonly<Record<string, string>>
}

export interface AssumeRequest {
  identity: WebIdentity
  roleArn: string
  /** 2 to 64 of `[\w+=,.@-]`, checked by the caller. */
  sessionName: string
  /** 900 to 43 200, checked by the caller; the role's own maximum is checked here. */
  durationSeconds: number
  /** Region of the pool; chooses the regional endpoint of AWS STS. */
  region: string
  /** Whether the guest scope-down of the enhanced flow applies. */
  scopeDown: boolean
}

export interface TemporaryCredentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** Epoch seconds. */
  expiration: number
  /** As the issuing service states it, else derived from the role's ARN; the latter itself where it is not of AWS's form. */
  assumedRoleArn: string
  /** `<role id>:<session name>`; absent when the service that issued the credentials did not say. */
  assumedRoleId?: string
}

/** Why no credentials were issued. Nothing here repeats what another service wrote, except its sanitised error code. */
export type AssumeRejected =
  | { reason: 'invalid_role_arn' }
  | { reason: 'role_not_found' }
  | { reason: 'trust_denied' }
  | { reason: 'tag_session_denied' }
  | { reason: 'invalid_tags'; why: 'too_many' | 'key' | 'reserved_key' | 'duplicate_key' | 'value' }
  | { reason: 'duration_exceeds_role'; maximum: number }
  | { reason: 'sts_refused'; code: string }
  | { reason: 'sts_throttled' }
  | { reason: 'sts_unreachable'; why: 'timeout' | 'network' | 'redirect' | 'server_error' }
  | { reason: 'sts_bad_answer'; why: 'oversized' | 'not_xml' | 'no_credentials' | 'expiration' }

/** A role as the account keeps it. */
export interface RoleRecord {
  arn: string
  /** `AROA…` */
  id: string
  /** Trust policy document, JSON. */
  trustPolicy: string
  /** Seconds. */
  maxSessionDuration: number
}
