import type { PoolId } from '../../base/ids.ts'
import type { Erasable, ErasureTarget } from '../../pools/index.ts'
import { uuidOf } from '../../pools/index.ts'
import { boolean, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { invalidParameter, noSuchIdentityUnrecorded } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { mayReadSubjects } from '../permission/index.ts'
import {
  addressed,
  developerUser,
  identityIn,
  onPool,
  poolId,
  providerName,
  unrecordedIdentityId,
} from '../pool/index.ts'
import { checkReason, type Erasure, eraseUser as erase, erasedBefore, found } from './erasing.ts'
import { describeLogin } from './identity-details.ts'
import { MAX_IDS_IN_RECEIPT } from './limits.ts'
import { loginsNamed } from './named-login.ts'

/** A number or a name of a case, which says nothing of anybody: no blank, so that it is no sentence, and no sign of an e-mail address. */
const reason = string({ min: 1, max: 64, pattern: '[A-Za-z0-9][A-Za-z0-9._:/#-]*', unrecorded: true })

const input = structure({
  IdentityPoolId: required(poolId),
  // Not recorded, because the record would be a trace of whoever is erased.
  IdentityId: optional(unrecordedIdentityId),
  Provider: optional(providerName),
  Subject: optional(developerUser),
  Developer: optional(boolean()),
  Reason: optional(reason),
  DryRun: optional(boolean()),
})

/**
 * Erases a user: the identity, its logins, and all that led to it by merges; and gives a signed receipt of that. Once more is the
 * same receipt. Not of AWS's API.
 */
export const eraseUser = signedOperation({
  service: 'edge-identity',
  name: 'EraseUser',
  input,
  ...onPool,
  async run(input, context) {
    const { DryRun: isDry = false, IdentityPoolId, Reason } = input
    const pool = addressed(IdentityPoolId, context.caller)
    const target = targetOf(input, pool)
    checkReason(Reason, namedBy(target))
    const erasure = isDry ? await tried(target, pool, Reason, context) : await erase(target, pool, Reason, context)
    noteErasure(erasure, pool, Reason, context)
    return { IdentityPoolId, ...(await describe(erasure, pool, context)) }
  },
})

type Tried = Exclude<Erasure, { outcome: 'Erased' }> | { outcome: 'WouldErase'; erasable: Erasable }

/** What would come of it. */
async function tried(
  target: ErasureTarget,
  pool: PoolId,
  reason: string | undefined,
  context: SignedContext,
): Promise<Tried> {
  const erasable = await found(target, pool, context, true)
  if (erasable) {
    checkReason(reason, erasable)
    return { outcome: 'WouldErase', erasable }
  }
  return (await erasedBefore(target, pool, context, true)) as Tried
}

function targetOf({ Developer, IdentityId, Provider, Subject }: Value<typeof input>, pool: PoolId): ErasureTarget {
  const isLogin = Provider !== undefined && Subject !== undefined
  const isPart = Provider ?? Subject ?? Developer
  if (IdentityId === undefined ? !isLogin : isPart !== undefined)
    throw invalidParameter('Give either IdentityId, or Provider and Subject.')
  if (IdentityId !== undefined) return { identity: uuidOf(identityIn(pool, IdentityId, noSuchIdentityUnrecorded)) }
  return { logins: loginsNamed({ provider: Provider ?? '', subject: Subject ?? '', developer: Developer }) }
}

/** What a target says of the user, whoever is there. */
function namedBy(target: ErasureTarget): Pick<Erasable, 'identities' | 'logins'> {
  return 'identity' in target
    ? { identities: [target.identity], logins: [] }
    : { identities: [], logins: target.logins }
}

/** The record says which receipt there is, and never of whom. A reason is in it where it is known to name nobody. */
function noteErasure(
  erasure: Erasure | Tried,
  pool: PoolId,
  reason: string | undefined,
  { note }: SignedContext,
): void {
  const { outcome } = erasure
  const noted = { pool: pool.text, outcome, ...('noted' in erasure && { receipt: erasure.noted.jti }) }
  note({ decision: { ...noted, ...('erasable' in erasure && reason !== undefined && { case: reason }) } })
}

async function describe(erasure: Erasure | Tried, pool: PoolId, context: SignedContext): Promise<object> {
  const { outcome } = erasure
  const receipt = 'noted' in erasure ? { ReceiptId: erasure.noted.jti, Receipt: erasure.noted.receipt } : {}
  if (!('erasable' in erasure)) return { Outcome: outcome, ...receipt }
  const { identities, logins } = erasure.erasable
  const shows = await mayReadSubjects(pool, context)
  return {
    Outcome: outcome,
    IdentityIds: identities.slice(0, MAX_IDS_IN_RECEIPT).map((uuid) => `${pool.region}:${uuid}`),
    Identities: identities.length,
    Logins: await Promise.all(logins.map((login) => describeLogin(login, shows))),
    ...receipt,
  }
}
