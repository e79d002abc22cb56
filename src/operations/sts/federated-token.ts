import type { OidcProvider } from '../../account/index.ts'
import type { Actor, Facts } from '../../audit/index.ts'
import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { issuerName } from '../../base/issuer-name.ts'
import { claimsByKey, isWorkload, parseRoleArn, tagsInToken, type WebIdentity } from '../../credentials/index.ts'
import { isSameProvider, type LoginRejected, type VerifiedLogin } from '../../logins/index.ts'
import type { RequestContext } from '../operation.ts'
import { notOfOperators, printable } from '../sign-in/index.ts'
import { federatedTokenFault, noProvider, tagsMalformed } from './faults.ts'
import { MAX_SHOWN_ISSUER_CHARS, STS_REGION } from './limits.ts'

/** Who brought a token, and what becomes known of that. */
export interface TokenHolder {
  identity: WebIdentity
  actor: Actor
  region: string
  /** As the answer has it. */
  provider: string
  noted: Facts
}

/**
 * Who holds a token of an OpenID provider that the account of the role has registered, or the fault for a token that it does not
 * take. The token is judged as a login is: by issuer, audience, times, algorithm and signature, with keys from the same caches. Whoever
 * it is, it is no identity of a pool.
 */
export async function holderOfFederatedToken(
  { issuer, roleArn, token }: { issuer: string; roleArn: string; token: string },
  context: RequestContext,
): Promise<TokenHolder> {
  const provider = await registeredProvider(issuer, roleArn, context)
  if (!provider) {
    context.note({ decision: { reason: 'not_ours' } })
    throw noProvider(shownIssuer(issuer))
  }
  const { arn, clientIds, url } = provider
  const name = issuerName(url)
  context.note({ decision: { provider: arn } })
  const judged = await context.logins.verify({ provider: name, token }, [{ kind: 'oidc', arn, name, clientIds }])
  const verdict = notOfOperators(judged, context)
  if (!verdict.ok) throw refused(verdict.error, provider, context)
  const identity = federatedIdentity(verdict.value, arn, name)
  if (!identity) {
    context.note({ decision: { reason: 'invalid_tags', why: 'form' } })
    throw tagsMalformed()
  }
  return {
    identity,
    actor: { kind: 'web_identity', subject: await recordedSubject(name, identity.subject), issuer: arn },
    region: STS_REGION,
    provider: arn,
    noted: {},
  }
}

/** The provider of the account of a role by this issuer, with or without a closing slash; the one that is written the same first. */
async function registeredProvider(
  issuer: string,
  roleArn: string,
  { accounts, knownAccounts, position }: RequestContext,
): Promise<OidcProvider | undefined> {
  const account = parseRoleArn(roleArn)?.account ?? ''
  // One without an access key has no records here, and its object is left alone.
  if (!knownAccounts.has(account)) return undefined
  const isMeant = ({ url }: OidcProvider) => isSameProvider(issuerName(url), issuerName(issuer))
  const found = await accounts.oidcProviders(account, isMeant, position)
  return found.find(({ url }) => issuerName(url) === issuerName(issuer)) ?? found[0]
}

function federatedIdentity(
  { claims, clientId, subject }: VerifiedLogin,
  provider: string,
  issuer: string,
): WebIdentity | undefined {
  const principalTags = tagsInToken(claims)
  if (!principalTags) return undefined
  const federated = { provider, issuer, claims: claimsByKey(issuer, clientId, claims) }
  return { subject, audience: clientId, amr: [], principalTags, federated }
}

function refused(rejected: LoginRejected, { clientIds }: OidcProvider, { note }: RequestContext) {
  const { reason, ...found } = rejected
  note({
    decision: { reason, ...printable(found), ...(reason === 'audience' && { expected: clientIds.slice(0, 10) }) },
  })
  return federatedTokenFault(rejected)
}

/** A subject as records may have it: what names no workload may be the address of a person, and only its hash is kept. */
async function recordedSubject(issuer: string, subject: string): Promise<string> {
  return isWorkload(issuer, subject) ? subject : `sha256:${hex(await sha256(utf8(subject)))}`
}

/** The issuer that a token names, if it looks like one: whoever mixes tokens up may have put anything there. */
function shownIssuer(issuer: string): string | undefined {
  return issuer.length <= MAX_SHOWN_ISSUER_CHARS && /^https?:\/\/[\w.:/~%-]+$/.test(issuer) ? issuer : undefined
}
