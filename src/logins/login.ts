/**
 * One provider a pool trusts, with everything needed to judge its tokens. Built by the caller from pool settings and
 * account records. Several entries may share a name: one per client id of a user pool, or Google both built in and as
 * an OIDC provider.
 */
export type TrustedProvider =
  /** `name` is `cognito-idp.<region>.amazonaws.com/<user pool id>`. */
  | { kind: 'user_pool'; name: string; clientIds: readonly string[]; serverSideTokenCheck: boolean }
  /** `name` is the issuer without its scheme, character for character. */
  | { kind: 'oidc'; arn: string; name: string; clientIds: readonly string[] }
  | { kind: 'google'; clientIds: readonly string[] }
  | { kind: 'apple'; clientIds: readonly string[] }
  /** Listed by the pool, but no kind of proof here can judge it. */
  | { kind: 'unsupported'; name: string }

export type SupportedProvider = Exclude<TrustedProvider, { kind: 'unsupported' }>

/** A login as a caller presents it: the provider's key and the proof. */
export interface Login {
  provider: string
  token: string
}

/** A login whose token is true: issued by that provider, for a client the pool lists, to this subject, and in force. */
export interface VerifiedLogin {
  provider: string
  /** The provider's stable id of the user. */
  subject: string
  /** The client id that matched: `azp` where the token has one, else its audience. */
  clientId: string
  kind: SupportedProvider['kind']
  /** The OIDC provider's ARN; absent for other kinds. */
  arn?: string
  /** The signed claims, untouched. */
  claims: Readonly<Record<string, unknown>>
}

export type Claims = VerifiedLogin['claims']

/** Why an issuer's keys could not be had. Short codes, so that nothing an upstream wrote is ever shown. */
export type KeysFailure =
  | 'bad_url'
  | 'network'
  | 'timeout'
  | 'redirect'
  | 'status'
  | 'too_large'
  | 'not_json'
  | 'discovery_issuer'
  | 'discovery_jwks_uri'
  | 'bad_key_set'
  | 'too_many_keys'
  | 'no_usable_key'

/** Why a login is refused. Times are Unix seconds. Texts from the token are cut short, and the token is in none. */
export type LoginRejected =
  | { reason: 'unsupported_provider'; provider: string }
  | { reason: 'not_a_jwt' }
  /** The token was issued by this service, or by Amazon Cognito's own identity pools. */
  | { reason: 'own_token' }
  | { reason: 'issuer_mismatch'; issuer: string }
  | { reason: 'provider_not_listed'; provider: string }
  /** Absent, or not of the type its specification gives it. */
  | { reason: 'missing_claim'; claim: 'iss' | 'aud' | 'sub' | 'exp' | 'iat' | 'nbf' }
  | { reason: 'expired'; now: number; exp: number }
  | { reason: 'not_yet_valid'; now: number; claim: 'iat' | 'nbf'; from: number }
  | { reason: 'critical_header' }
  | { reason: 'algorithm'; alg: string }
  /** The pool wants the user pool asked about sign-out, and no public API can be asked with an ID token. */
  | { reason: 'server_side_check_unavailable' }
  | { reason: 'keys_unavailable'; issuer: string; detail: KeysFailure }
  | { reason: 'unknown_key'; kid?: string }
  | { reason: 'signature' }
  | { reason: 'audience'; found: readonly string[]; kind: SupportedProvider['kind'] }
  | { reason: 'token_use'; found: string }
  | { reason: 'subject' }
