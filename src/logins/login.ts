import type { SamlFacts, SamlProvider, SamlRejected } from './saml/types.ts'

/**
 * One provider a pool trusts, with everything needed to judge its tokens. Built by the caller from pool settings and
 * account records. Several entries may share a name: one per client id of a user pool, or Google both built in and as
 * an OIDC provider.
 */
export type TrustedProvider =
  /** `name` is one of the user pool's names, such as `cognito-idp.<region>.amazonaws.com/<user pool id>`. */
  | { kind: 'user_pool'; name: string; clientIds: readonly string[]; serverSideTokenCheck: boolean }
  | OidcProvider
  | { kind: 'google'; clientIds: readonly string[] }
  | { kind: 'apple'; clientIds: readonly string[] }
  | SocialProvider
  | SamlProvider
  /** Listed by the pool, but no kind of proof here can judge it. */
  | { kind: 'unsupported'; name: string }

/**
 * `name` is the issuer without its scheme, as IAM has it: with a closing slash or without. `keysUrl`: its key set, where no
 * discovery document leads to it.
 */
export interface OidcProvider {
  kind: 'oidc'
  arn: string
  name: string
  clientIds: readonly string[]
  keysUrl?: string | undefined
}

/** A provider that is asked about each token, because only it can read them. */
export type SocialProvider =
  | { kind: 'facebook'; appId: string }
  /** `appId` is the OAuth client id or, in older pools, the app id. */
  | { kind: 'amazon'; appId: string }
  | { kind: 'twitter'; consumerKey: string; consumerSecret: string }
  /** Twitter's login by phone number, which shut down in 2017 and is still in the API. */
  | { kind: 'digits' }

/** A provider whose tokens are signed. Facebook is one too, for its Limited Login: its client id is the app id. */
export type SignedProvider =
  | Extract<TrustedProvider, { kind: 'user_pool' | 'oidc' | 'google' | 'apple' }>
  | { kind: 'facebook'; clientIds: readonly string[] }

export type SupportedProvider = Exclude<TrustedProvider, { kind: 'unsupported' | 'digits' }>

/** A login as a caller presents it: the provider's key and the proof. */
export interface Login {
  provider: string
  token: string
}

/** A login whose token is true: issued by that provider, for a client the pool lists, to this subject, and in force. */
export interface VerifiedLogin {
  /** The provider's name under which its logins are kept, whichever of its names the request and the token had. */
  provider: string
  /** The provider's stable id of the user. */
  subject: string
  /** The client id that matched: `azp` where the token has one, else its audience; an app id, or a consumer key. Empty for SAML. */
  clientId: string
  kind: SupportedProvider['kind']
  /** The OIDC provider's ARN; absent for other kinds. */
  arn?: string
  /**
   * The signed claims, untouched. Of Facebook, Amazon and Twitter: `iss`, `aud` and `sub`, as Cognito has them. Of SAML: the assertion's
   * attributes by name, `iss` (the entity id), `sub` (the NameID) and `aud` (the recipient).
   */
  claims: Readonly<Record<string, unknown>>
  /** Of a SAML login, and of it alone. */
  saml?: SamlFacts
}

export type Claims = VerifiedLogin['claims']

/** Why an address gave no answer of use. Short codes, so that nothing an upstream wrote is ever shown. */
export type FetchFailure = 'network' | 'timeout' | 'redirect' | 'status' | 'too_large' | 'not_json'

/** Why an issuer's keys could not be had. */
export type KeysFailure =
  | FetchFailure
  | 'bad_url'
  | 'discovery_issuer'
  | 'discovery_jwks_uri'
  | 'bad_key_set'
  | 'too_many_keys'
  | 'no_usable_key'

/** What in the settings of this deployment, or of the pool, keeps a provider from being asked. */
export type Misconfigured =
  | 'bad_url'
  /** The Facebook app demands proof of its secret, and this deployment has none. */
  | 'app_secret_required'
  | 'app_secret_refused'
  | 'consumer_secret_missing'
  /** The X app's plan lacks the endpoint. */
  | 'access_level'

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
  /** The header says that the token is for something else than to sign in. */
  | { reason: 'token_type'; found: string }
  | { reason: 'algorithm'; alg: string }
  /** The pool wants the user pool asked about its user, and this deployment has no AWS keys to ask with. */
  | { reason: 'server_side_check_unavailable' }
  /** The user pool was asked: the user is disabled or no longer there. */
  | { reason: 'signed_out_or_deleted' }
  | { reason: 'keys_unavailable'; issuer: string; detail: KeysFailure }
  | { reason: 'unknown_key'; kid?: string }
  | { reason: 'signature' }
  | { reason: 'audience'; found: readonly string[]; kind: SupportedProvider['kind'] }
  | { reason: 'token_use'; found: string }
  | { reason: 'subject' }
  /** Nothing that this provider hands out; it was not asked. */
  | { reason: 'impossible_token'; provider: string }
  /** The provider was asked, and does not vouch for the token. */
  | { reason: 'token_refused'; provider: string }
  /** Whether the token is good is not known. `temporary`: the provider said to try later. */
  | {
      reason: 'provider_unreachable'
      provider: string
      detail: FetchFailure | 'bad_answer' | 'temporary' | 'server_side_check'
    }
  | { reason: 'provider_rate_limited'; provider: string }
  | { reason: 'provider_misconfigured'; provider: string; detail: Misconfigured }
  | { reason: 'provider_shut_down'; provider: string }
  | SamlRejected
