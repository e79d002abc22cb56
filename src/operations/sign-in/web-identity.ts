import { regionOf } from '../../base/ids.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { seconds } from '../../base/world.ts'
import { vendsOf } from '../../credentials/index.ts'
import { unverifiedIssuer } from '../../logins/index.ts'
import { Fault } from '../../protocol/index.ts'
import { verifyOwnToken } from '../../tokens/index.ts'
import type { RequestContext } from '../operation.ts'
import { type StopReason, whyStopped } from './acting.ts'
import { webIdentityOf } from './claims.ts'
import { judgeFederatedToken } from './federated-token.ts'
import { WEB_IDENTITY_TOLERANCE_SECONDS } from './limits.ts'
import { currentRing } from './signing.ts'
import type { NoHolder, TokenHolder } from './token-holder.ts'
import { roleRecord } from './vend.ts'
import { tokenFault } from './web-identity-faults.ts'

/** Who holds a token: an identity of a pool by one of ours, else somebody whom a registered provider of the role's account knows. */
export async function judgeWebIdentity(
  { roleArn, token }: { roleArn: string; token: string },
  context: RequestContext,
): Promise<Result<TokenHolder, NoHolder>> {
  const fault = notServed(roleArn, context)
  if (fault) return err({ why: {}, fault })
  const issuer = unverifiedIssuer(token)
  if (issuer !== undefined && issuer !== context.issuer) return judgeFederatedToken({ issuer, roleArn, token }, context)
  return judgeOwnToken(token, context)
}

/** The fault for a role of another STS than the embedded one, whoever asks for it. */
export function notServed(roleArn: string, { sts }: Pick<RequestContext, 'sts'>): Fault | undefined {
  if (sts.forRole(roleArn).kind === 'embedded') return undefined
  return new Fault('AccessDenied', 'This deployment does not serve STS. Call the STS that it is configured with.')
}

async function judgeOwnToken(token: string, context: RequestContext): Promise<Result<TokenHolder, NoHolder>> {
  const { issuer, world } = context
  const view = await currentRing(context)
  const options = { view, issuer, now: world.now(), clockToleranceSeconds: WEB_IDENTITY_TOLERANCE_SECONDS }
  const verified = await verifyOwnToken(token, options)
  if (!verified.ok) return err({ why: { ...verified.error }, fault: tokenFault(verified.error, seconds(world.now())) })
  const { aud, iat, sub } = verified.value
  const region = regionOf(aud)
  return ok({
    identity: { ...webIdentityOf(verified.value), provenAt: iat },
    actor: { kind: 'web_identity', subject: sub, issuer },
    region,
    provider: 'cognito-identity.amazonaws.com',
    noted: { region, decision: { pool: aud, identity: sub } },
  })
}

/**
 * Why the identity behind a token of ours may act no more, where that has to be asked: for credentials of R2, which open something by
 * themselves and cannot be recalled. A session of the embedded STS opens nothing before its pool was asked.
 */
export async function whyHolderStopped(
  { identity }: TokenHolder,
  roleArn: string,
  context: RequestContext,
): Promise<StopReason | undefined> {
  const { audience: pool, federated, provenAt = 0, subject } = identity
  const role = federated ? undefined : await roleRecord(roleArn, context)
  const vends = role && vendsOf(role)
  if (!vends?.ok || vends.value.kind === 'session') return undefined
  return whyStopped({ pool, identity: subject, provenAt }, context)
}
