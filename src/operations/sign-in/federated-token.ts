import type { OidcProvider } from '../../account/index.ts'
import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { issuerName } from '../../base/issuer-name.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { claimsByKey, isWorkload, parseRoleArn, tagsInToken, type WebIdentity } from '../../credentials/index.ts'
import { isSameProvider, type LoginRejected, type VerifiedLogin } from '../../logins/index.ts'
import type { RequestContext } from '../operation.ts'
import { MAX_RECORDED_CLIENTS, MAX_SHOWN_ISSUER_CHARS, STS_REGION } from './limits.ts'
import type { NoHolder, TokenHolder } from './token-holder.ts'
import { notOfOperators, printable } from './verify-logins.ts'
import { federatedTokenFault, noProvider, tagsMalformed } from './web-identity-faults.ts'

/**
 * Who holds a token of an OpenID provider that the account of the role has registered, or why that account does not take it. The token
 * is judged as a login is: by issuer, audience, times, algorithm and signature, with keys from the same caches. Whoever it is, it is
 * no identity of a pool.
 */
export async function judgeFederatedToken(
  { issuer, roleArn, token }: { issuer: string; roleArn: string; token: string },
  context: RequestContext,
): Promise<Result<TokenHolder, NoHolder>> {
  const provider = await registeredProvider(issuer, roleArn, context)
  if (!provider) return err({ why: { reason: 'not_ours' }, fault: noProvider(shownIssuer(issuer)) })
  const { arn, clientIds, url } = provider
  const name = issuerName(url)
  const judged = await context.logins.verify({ provider: name, token }, [{ kind: 'oidc', arn, name, clientIds }])
  const verdict = notOfOperators(judged, context)
  if (!verdict.ok) return err(refused(verdict.error, provider))
  const identity = federatedIdentity(verdict.value, arn, name)
  if (!identity) return err({ why: { provider: arn, reason: 'invalid_tags', why: 'form' }, fault: tagsMalformed() })
  return ok({
    identity,
    actor: { kind: 'web_identity', subject: await recordedSubject(name, identity.subject), issuer: arn },
    region: STS_REGION,
    provider: arn,
    noted: { decision: { provider: arn } },
  })
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

function refused(rejected: LoginRejected, { arn, clientIds }: OidcProvider): NoHolder {
  const { reason, ...found } = rejected
  const expected = reason === 'audience' && { expected: clientIds.slice(0, MAX_RECORDED_CLIENTS) }
  return { why: { provider: arn, reason, ...printable(found), ...expected }, fault: federatedTokenFault(rejected) }
}

/** A subject as records may have it: what names no workload may be the address of a person, and only its hash is kept. */
async function recordedSubject(issuer: string, subject: string): Promise<string> {
  return isWorkload(issuer, subject) ? subject : `sha256:${hex(await sha256(utf8(subject)))}`
}

/** The issuer that a token names, if it looks like one: whoever mixes tokens up may have put anything there. */
function shownIssuer(issuer: string): string | undefined {
  return issuer.length <= MAX_SHOWN_ISSUER_CHARS && /^https?:\/\/[\w.:/~%-]+$/.test(issuer) ? issuer : undefined
}
