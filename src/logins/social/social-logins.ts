import { base64url, sha256, utf8 } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { subjectOf } from '../claims.ts'
import { MAX_OPAQUE_TOKEN_CHARS } from '../limits.ts'
import type { Login, LoginRejected, SocialProvider, TrustedProvider, VerifiedLogin } from '../login.ts'
import { socialProviderFor } from '../providers.ts'
import { createShortMemory } from '../short-memory.ts'
import { type SignedTokenDeps, verifySignedToken } from '../signed-token.ts'
import { amazonUser } from './amazon.ts'
import type { FoundUser, SocialDeps } from './ask.ts'
import { facebookUser } from './facebook.ts'
import { twitterUser } from './twitter.ts'

export interface SocialLogins {
  /** Judges a login under the key of a social provider. */
  verify(login: Login, trusted: readonly TrustedProvider[]): Promise<Result<VerifiedLogin, LoginRejected>>
}

/**
 * Logins whose token only the provider can read, so that each is a question to the provider: whose is it, and was it made
 * for the app that the pool lists? The second half is what keeps a token that some other app was given from being a
 * login here.
 *
 * A good answer is remembered for a short while, under a hash of everything that it rests on. Refusals never are.
 */
export function createSocialLogins(deps: SocialDeps & SignedTokenDeps): SocialLogins {
  const proven = createShortMemory<VerifiedLogin>('socialAnswers', deps.world)

  async function verify({ provider: key, token }: Login, trusted: readonly TrustedProvider[]) {
    const provider = socialProviderFor(key, trusted)
    if (!provider) return err({ reason: 'provider_not_listed', provider: key })
    if (provider.kind === 'digits') return err({ reason: 'provider_shut_down', provider: key })
    if (provider.kind === 'facebook' && hasThreeParts(token))
      return limitedLogin({ provider: key, token }, provider.appId)
    if (!isPossible(token)) return err({ reason: 'impossible_token', provider: key })

    const name = base64url.encode(await sha256(utf8(JSON.stringify([provider, token]))))
    const known = proven.recall(name)
    if (known) return ok(known)
    const found = await userOf(provider, token, deps)
    if (!found.ok) return found
    const login = loginOf(key, provider, found.value)
    if (!login) return err({ reason: 'provider_unreachable', provider: key, detail: 'bad_answer' })
    proven.remember(name, login, found.value.rememberSeconds)
    return ok(login)
  }

  /** Facebook's Limited Login gives no access token but an ID token, which is the same login. */
  async function limitedLogin(login: Login, appId: string): Promise<Result<VerifiedLogin, LoginRejected>> {
    const verified = await verifySignedToken(login, [{ kind: 'facebook', clientIds: [appId] }], deps)
    return verified.ok ? ok(withCognitoClaims(verified.value)) : verified
  }

  return { verify }
}

type AskedProvider = Exclude<SocialProvider, { kind: 'digits' }>

function userOf(provider: AskedProvider, token: string, deps: SocialDeps) {
  switch (provider.kind) {
    case 'facebook':
      return facebookUser(provider, token, deps)
    case 'amazon':
      return amazonUser(provider, token, deps)
    case 'twitter':
      return twitterUser(provider, token, deps)
  }
}

function loginOf(key: string, provider: AskedProvider, { id }: FoundUser): VerifiedLogin | undefined {
  const subject = subjectOf({ sub: id })
  const clientId = provider.kind === 'twitter' ? provider.consumerKey : provider.appId
  return subject === undefined
    ? undefined
    : withCognitoClaims({ provider: key, subject, clientId, kind: provider.kind, claims: {} })
}

/** Rules and attribute maps see these three (Amazon Cognito guide, "Using role-based access control"). */
function withCognitoClaims(login: VerifiedLogin): VerifiedLogin {
  return { ...login, claims: { iss: login.provider, aud: login.clientId, sub: login.subject } }
}

function hasThreeParts(token: string): boolean {
  return token.split('.', 4).length === 3
}

/** Visible ASCII: what a header can carry. */
function isPossible(token: string): boolean {
  return token.length <= MAX_OPAQUE_TOKEN_CHARS && /^[\x21-\x7e]+$/.test(token)
}
