import type { PoolId } from '../../base/ids.ts'
import { type Erasable, type ErasureTarget, erase, lookToErase, type ProvenLogin } from '../../pools/index.ts'
import { invalidParameter, noSuchPool, rateExceeded, stillGrowing } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { identityText, lastNoted, loginText, type Noted, note } from './erasure-journal.ts'
import { MAX_ERASURE_TURNS } from './limits.ts'

/** What became of an erasure. */
export type Erasure =
  | { outcome: 'Erased'; erasable: Erasable; noted: Noted }
  /** It was erased before, and the journal still knows. */
  | { outcome: 'AlreadyErased'; noted: Noted }
  /** Nobody is there, and the journal knows nothing. */
  | { outcome: 'AlreadyGone' }

/** A user who is there; nothing, if nobody is. */
export async function found(
  target: ErasureTarget,
  pool: PoolId,
  { caller, pools }: SignedContext,
  dryRun = false,
): Promise<Erasable | undefined> {
  const looked = await lookToErase(pools, pool, caller.account, target, dryRun)
  if (looked.kind === 'growing') throw stillGrowing('erase')
  if (looked.kind !== 'found') throw noSuchPool(pool.text)
  return looked.erasable
}

/**
 * Erases a user, if they are there: first it is noted in the journal, then it is done, and then the receipt is given out. What comes
 * to the user meanwhile is noted as well before it goes. A call that ends in the middle is finished by the next one of the same
 * user, and by a check of the pool.
 */
export async function eraseUser(
  target: ErasureTarget,
  pool: PoolId,
  reason: string | undefined,
  context: SignedContext,
): Promise<Erasure> {
  let known: Erasable | undefined
  let noted: Noted | undefined
  for (let turn = 0; turn < MAX_ERASURE_TURNS; turn++) {
    const there = await found(known ? { identity: known.root, anyway: true } : target, pool, context)
    if (!there && !known) return erasedBefore(target, pool, context)
    if (there && !(known && isWithin(there, known))) {
      checkReason(reason, there)
      known = known ? union(known, there) : there
      noted = await note(known, pool, reason, context)
    }
    if (known && noted && (await eraseKnown(known, pool, context))) return { outcome: 'Erased', erasable: known, noted }
  }
  throw rateExceeded()
}

/** A reason must be no trace of the user: it is in the receipt, and in the record of the call. */
export function checkReason(
  reason: string | undefined,
  { identities, logins }: Pick<Erasable, 'identities' | 'logins'>,
): void {
  const text = reason?.toLowerCase()
  const names = [...identities, ...logins.map(({ subject }) => subject)].map((name) => name.toLowerCase())
  if (text !== undefined && names.some((name) => name.length >= MIN_NAME_CHARS && text.includes(name)))
    throw invalidParameter('Reason must not name the user. Give the number of a case.')
}

/** A shorter name is in many a number by chance. */
const MIN_NAME_CHARS = 4

/** The receipt of whoever is not there any more. What a call that ended in the middle has left is erased first. */
export async function erasedBefore(
  target: ErasureTarget,
  pool: PoolId,
  context: SignedContext,
  dryRun = false,
): Promise<Erasure> {
  const noted = await lastNoted(textsOf(target, pool), pool, context)
  if (!noted) return { outcome: 'AlreadyGone' }
  const { identities, root } = noted
  const logins = 'logins' in target ? [...target.logins] : []
  if (!dryRun && !(await finish({ root, identities, logins }, pool, context))) throw rateExceeded()
  return { outcome: 'AlreadyErased', noted }
}

/** Erases what is left of somebody who was noted. */
async function finish(known: Erasable, pool: PoolId, context: SignedContext): Promise<boolean> {
  for (let turn = 0; turn < MAX_ERASURE_TURNS; turn++) {
    const left = await found({ identity: known.root, anyway: true }, pool, context)
    if (!left && turn > 0) return true
    if (await eraseKnown(left ? union(known, left) : known, pool, context)) return true
  }
  return false
}

async function eraseKnown(known: Erasable, pool: PoolId, { caller, pools }: SignedContext): Promise<boolean> {
  const { kind } = await erase(pools, pool, caller.account, known)
  if (kind === 'growing') throw stillGrowing('erase')
  if (kind === 'no_pool') throw noSuchPool(pool.text)
  return kind === 'erased'
}

function textsOf(target: ErasureTarget, pool: PoolId): string[] {
  return 'identity' in target
    ? [identityText(pool, target.identity)]
    : target.logins.map((login) => loginText(pool, login))
}

function isWithin(some: Erasable, all: Erasable): boolean {
  const [ids, logins] = [new Set(all.identities), new Set(all.logins.map(keyOf))]
  return some.identities.every((uuid) => ids.has(uuid)) && some.logins.every((login) => logins.has(keyOf(login)))
}

function union(a: Erasable, b: Erasable): Erasable {
  const logins = new Map([...a.logins, ...b.logins].map((login) => [keyOf(login), login]))
  return { root: b.root, identities: [...new Set([...a.identities, ...b.identities])], logins: [...logins.values()] }
}

const keyOf = ({ developer, provider, subject }: ProvenLogin) => JSON.stringify([provider, subject, developer])
