import { parseArn } from '../../base/arn.ts'
import { seconds } from '../../base/world.ts'
import { mayBeAudience } from '../../credentials/index.ts'
import { AUDIENCE_TOKEN_SECONDS } from '../../tokens/index.ts'
import type { SignedContext } from '../operation.ts'
import { tokenAudienceOf } from '../pool/index.ts'
import { type Grant, type Identified, roleForToken, roleRecord, sessionFor, tokenClaims } from '../sign-in/index.ts'
import { inPascalCase } from './judge-role.ts'

/** What a token for another relying party would be by the settings of the pool, and by the policies of the role. */
export interface JudgedToken {
  ByPool: object
  /** Only where the embedded STS would give the role. */
  ByRole?: object
}

/** Whether an identity would have a token for this audience. Nothing is signed. */
export async function judgeToken(
  audience: string,
  identified: Identified,
  grant: Grant,
  context: SignedContext,
): Promise<JudgedToken> {
  if (mayBeAudience(audience, context.issuer) === 'no') return { ByPool: denied('audience_reserved') }
  const { accounts } = context
  const { enabled } = await accounts.outbound(identified.pool.account, undefined)
  if (!enabled) return { ByPool: denied('federation_disabled') }
  const ByRole = await judgeByRole(audience, identified, grant, context)
  return { ByPool: judgeByPool(audience, identified), ...(ByRole && { ByRole }) }
}

const denied = (reason: string) => ({ Allowed: false, Reason: reason })

function judgeByPool(audience: string, { guest, pool }: Identified): object {
  const listed = tokenAudienceOf(pool, audience)
  if (!listed) return denied('audience_not_listed')
  if (guest && !listed.guests) return denied('audience_not_for_guests')
  const { claims, maxSeconds, subject } = listed
  return { Allowed: true, Subject: subject, Claims: claims, MaxSeconds: maxSeconds }
}

/** As of a session that begins now, for a token of the usual length that is signed with RS256. */
async function judgeByRole(
  audience: string,
  identified: Identified,
  { role, tags }: Grant,
  context: SignedContext,
): Promise<object | undefined> {
  const { caller, sts, world } = context
  const arn = parseArn(role)
  const record = await roleRecord(role, context)
  if (arn?.service !== 'iam' || !record || sts.forRole(role).kind === 'remote') return undefined
  const claims = tokenClaims(identified, tags)
  const session = await sessionFor(identified, role, claims, context)
  const simulated = {
    account: arn.account,
    arn: `arn:${arn.partition}:sts::${arn.account}:assumed-role/${role.slice(role.lastIndexOf('/') + 1)}/simulated`,
    userId: `${record.id}:simulated`,
    audience: claims.aud,
    subject: claims.sub,
    issuedAt: seconds(world.now()),
    narrowed: session.ok && session.value.narrowing.kind !== 'none',
    claims: { amr: claims.amr, tags },
  }
  const asked = {
    algorithm: 'RS256',
    audiences: [audience],
    durationSeconds: AUDIENCE_TOKEN_SECONDS,
    requestTags: [],
    region: caller.region,
  }
  const judged = await roleForToken(simulated, asked, context)
  if (!judged.ok) return { Allowed: false, ...inPascalCase(judged.error) }
  return { Allowed: true, Subject: judged.value.subject, Claims: judged.value.claims }
}
