import { jwtVerify } from 'jose'
import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import { CATALOGUE, canonicalName, type KeySource, nameOf, type ProviderHosts } from './catalogue.ts'
import { audienceRefused, checkParties, checkTimes, checkTokenUse, clientOf, subjectOf } from './claims.ts'
import { issuerOf } from './issuer.ts'
import type { KeySets } from './key-sets.ts'
import { CLOCK_GRACE_SECONDS } from './limits.ts'
import type { Claims, Login, LoginRejected, SignedProvider, VerifiedLogin } from './login.ts'
import { providerFor, wantsServerSideCheck } from './providers.ts'
import { isTypedForOtherUse, parseToken, shown, type TokenHeader } from './token.ts'
import { checkedAtUserPool, type UserPoolCheck } from './user-pool-check.ts'

export interface SignedTokenDeps {
  world: World
  keySets: KeySets
  hosts: ProviderHosts
  ownIssuer: string
  localMode: boolean
  userPoolCheck?: UserPoolCheck | undefined
  localIssuers?: ReadonlyMap<string, string> | undefined
}

/**
 * Verifies a login that is a signed token (JWT).
 *
 * The order is observable, since each step has its own refusal: is it a JWT, is it ours, is the issuer that of the key,
 * is the provider listed. Only then may anything be fetched. Required claims, times and algorithm come before the keys
 * because they cost nothing; audience, token use and subject are read from what the signature covers. Last, and only of
 * a token that is otherwise good, the user pool is asked, where the pool wants that.
 */
export async function verifySignedToken(
  { provider: key, token }: Login,
  trusted: readonly SignedProvider[],
  deps: SignedTokenDeps,
): Promise<Result<VerifiedLogin, LoginRejected>> {
  const { world, keySets, ownIssuer, localMode, userPoolCheck } = deps
  const parsed = parseToken(token)
  if (!parsed) return err({ reason: 'not_a_jwt' })
  const issuer = issuerOf(parsed.claims.iss, key, { ownIssuer, localMode })
  if (!issuer.ok) return issuer
  const provider = providerFor(key, parsed.claims, trusted)
  if (!provider) return err({ reason: 'provider_not_listed', provider: shown(key) })

  const now = seconds(world.now())
  const refused = checkParties(parsed.claims) ?? checkTimes(parsed.claims, now) ?? checkHeader(parsed.header, provider)
  if (refused) return err(refused)
  const check = serverSideCheck(provider, userPoolCheck)
  if (check === 'unavailable') return err({ reason: 'server_side_check_unavailable' })

  const signingKey = await keySets.find(keySourceOf(provider, issuer.value, deps), parsed.header)
  if (!signingKey.ok) return signingKey
  const claims = await signedClaims(token, signingKey.value, CATALOGUE[provider.kind].algorithms, now)
  if (!claims) return err({ reason: 'signature' })
  const login = accept(claims, provider)
  return login.ok && check !== 'not_wanted' ? checkedAtUserPool(login.value, check) : login
}

/** Where the keys are: where the provider has them, unless an issuer on this machine signs in its place. */
function keySourceOf(
  provider: SignedProvider,
  issuer: string,
  { hosts, localIssuers, localMode }: SignedTokenDeps,
): KeySource {
  if (provider.kind === 'oidc' && provider.keysUrl !== undefined)
    return { issuer, url: provider.keysUrl, document: 'keys' }
  const local = localMode ? localIssuers?.get(canonicalName(nameOf(provider))) : undefined
  if (local === undefined) return { issuer, ...CATALOGUE[provider.kind].keys(issuer, hosts) }
  return { issuer, url: `${local}/.well-known/openid-configuration`, document: 'discovery' }
}

function serverSideCheck(provider: SignedProvider, check: UserPoolCheck | undefined) {
  if (!wantsServerSideCheck(provider)) return 'not_wanted'
  return check ?? 'unavailable'
}

/** Judges the claims that the signature covers. */
function accept(claims: Claims, provider: SignedProvider): Result<VerifiedLogin, LoginRejected> {
  const clientId = clientOf(claims, provider.clientIds)
  if (clientId === undefined) return err(audienceRefused(claims, provider.kind))
  const refused = checkTokenUse(claims, provider)
  if (refused) return err(refused)
  const subject = subjectOf(claims)
  if (subject === undefined) return err({ reason: 'subject' })
  const arn = provider.kind === 'oidc' && { arn: provider.arn }
  return ok({ provider: nameOf(provider), subject, clientId, kind: provider.kind, ...arn, claims })
}

function checkHeader({ alg, hasCritical, typ }: TokenHeader, { kind }: SignedProvider): LoginRejected | undefined {
  const { algorithms }: { algorithms: readonly string[] } = CATALOGUE[kind]
  if (!algorithms.includes(alg)) return { reason: 'algorithm', alg: shown(alg) }
  if (hasCritical) return { reason: 'critical_header' }
  return typ !== undefined && isTypedForOtherUse(typ) ? { reason: 'token_type', found: shown(typ) } : undefined
}

async function signedClaims(
  token: string,
  key: CryptoKey,
  algorithms: readonly string[],
  now: number,
): Promise<Claims | undefined> {
  const options = {
    algorithms: [...algorithms],
    currentDate: new Date(now * 1000),
    clockTolerance: CLOCK_GRACE_SECONDS,
  }
  try {
    return (await jwtVerify(token, key, options)).payload
  } catch {
    return undefined
  }
}
