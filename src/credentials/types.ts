import type { Position } from '../base/position.ts'

/** Who asks for a role. Every fact here has been verified by the caller. */
export interface WebIdentity {
  /** Identity id: the `sub` of the identity's token. Of a federated one, the `sub` of its issuer. */
  subject: string
  /** Pool id: the `aud` of the identity's token. Of a federated one, the client that its token is for. */
  audience: string
  /** How the identity signed in: `unauthenticated`, or `authenticated` followed by its logins. */
  amr: readonly string[]
  /** Set for whoever is no identity of a pool: the holder of a token of an issuer that the account has registered. */
  federated?: Federated
  /** When the token that shows it was signed, in epoch seconds, if a token of ours is all that does. */
  provenAt?: number
  /** Session tags. */
  principalTags?: Readonly<Record<string, string>>
}

/** An OpenID provider of the account of a role, and what a token of it says. */
export interface Federated {
  /** ARN of the provider. */
  provider: string
  /** Name of the issuer, as the provider has it. */
  issuer: string
  /** Values of condition keys, by the key in lower case without the issuer's name. */
  claims: ReadonlyMap<string, readonly string[]>
}

export interface AssumeRequest {
  identity: WebIdentity
  roleArn: string
  /** 2 to 64 of `[\w+=,.@-]`, checked by the caller. */
  sessionName: string
  /** 900 to 43 200, checked by the caller; the role's own maximum is checked here. */
  durationSeconds: number
  /** Region of the pool; chooses the regional endpoint of AWS STS, unless there is a list. */
  region: string
  /** The regions of AWS STS that may be asked, by the owner of the pool. Names that are no regions here are passed over. */
  stsRegions?: readonly string[] | undefined
  /** About where the client is, to choose among these. */
  position?: Position | undefined
  /** IP address of the client, for conditions on `aws:SourceIp`; left out where it is not known. */
  clientAddress?: string | undefined
  /** Bytes that a session token of the embedded STS has at least. */
  minimumTokenSize?: number | undefined
  /** What narrows the session below what the role allows. */
  narrowing: Narrowing
}

/**
 * Session policies of a request: what the role allows counts only as far as one of them allows it too. `guest` is the
 * standing scope-down of guests in the enhanced flow, in the form that the target understands; `own` is the pool
 * owner's instead.
 */
export type Narrowing =
  | { kind: 'none' }
  | { kind: 'guest' }
  | { kind: 'own'; policy?: string | undefined; policyArns: readonly string[] }

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
  /** Of a remote service: its URL, and its name for the exchange if it gave one. */
  upstream?: Upstream
}

/** Where an exchange with a remote service ended. */
export interface Upstream {
  endpoint: string
  requestId?: string | undefined
  /** Its error code, where the reason does not have it. */
  code?: string
  /** HTTP status of a refusal without an error code: such an answer is often not that of an STS. */
  status?: number
}

/** Why no credentials were issued. Nothing here repeats what another service wrote, except its sanitised error code. */
export type AssumeRejected =
  | { reason: 'invalid_role_arn' }
  | { reason: 'role_not_found' }
  /** `failed`: what each statement of the trust policy wanted and did not find, in a short text without any value. */
  | { reason: 'trust_denied'; failed: readonly string[] }
  | { reason: 'tag_session_denied'; failed: readonly string[] }
  /** `tag` is the key of the first that is wrong. */
  | {
      reason: 'invalid_tags'
      why: 'too_many' | 'key' | 'reserved_key' | 'duplicate_key' | 'value' | 'value_in_path'
      tag?: string
    }
  | { reason: 'duration_exceeds_role'; maximum: number }
  | { reason: 'sts_refused'; code: string; upstream: Upstream }
  | { reason: 'sts_throttled'; upstream: Upstream }
  | { reason: 'sts_unreachable'; why: 'timeout' | 'network' | 'redirect' | 'server_error'; upstream: Upstream }
  | { reason: 'sts_bad_answer'; why: 'oversized' | 'not_xml' | 'no_credentials' | 'expiration'; upstream: Upstream }
  /** The pool's own session policies cannot be used at this target. */
  | { reason: 'session_policy_unusable'; why: 'too_large' | 'managed_policy' | 'unsupported' }
  /** The account has no R2 access key in this deployment. */
  | { reason: 'r2_not_configured' }
  /** The role's ARN is not a grant, or its key may not grant this bucket. */
  | { reason: 'r2_grant_invalid'; why: string }
  /** A value that the path needs is missing, empty or could leave the user's own prefix. `variable` is its name. */
  | { reason: 'r2_path_unsafe'; variable: string; why: 'missing' | 'empty' | 'unsafe' }

/** A role as the account keeps it. */
export interface RoleRecord {
  arn: string
  /** `AROA…` */
  id: string
  /** Trust policy document, JSON. */
  trustPolicy: string
  /** Seconds. */
  maxSessionDuration: number
  /** Key and value. */
  tags: readonly (readonly [string, string])[]
}
