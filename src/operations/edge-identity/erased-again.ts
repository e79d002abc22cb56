import { dayOf } from '../../base/days.ts'
import type { PoolId } from '../../base/ids.ts'
import { type ErasableRow, erase, eraseLogin, lookToErase, rowsToErase } from '../../pools/index.ts'
import { noSuchPool, stillGrowing } from '../faults.ts'
import type { SignedContext } from '../operation.ts'
import { identityText, loginText, marksOf } from './erasure-journal.ts'
import { MAX_ERASURE_TURNS } from './limits.ts'

/** Somebody who was erased and is there: after a restoration, or because an erasure did not come to its end. */
export interface Returned {
  kind: 'erased_identity' | 'erased_login'
  uuid: string
  provider?: string | undefined
  repaired: boolean
}

export interface ReturnedPage {
  found: Returned[]
  /** After which identity to go on, if there are more. */
  next: string | undefined
}

/** Whether anybody was erased in this pool, as far as the journal goes back. */
export function wasAnybodyErased(pool: PoolId, { accounts, caller }: SignedContext): Promise<boolean> {
  return accounts.read(caller.account, (account) => account.hasErasures(pool.text))
}

/**
 * Compares some identities of a pool, after one, with the journal of what was erased; with `repair` they are erased again. An
 * identity is known by its id, which nobody gets twice. A login may have been linked anew since, so one is only taken for
 * erased that was linked on a day before.
 */
export async function checkReturned(
  pool: PoolId,
  after: string,
  repair: boolean,
  context: SignedContext,
): Promise<ReturnedPage> {
  const { accounts, caller, pools } = context
  const page = await rowsToErase(pools, pool, caller.account, after)
  if (page.kind === 'growing') throw stillGrowing('check it')
  if (page.kind !== 'page') throw noSuchPool(pool.text)
  const texts = page.rows.flatMap((row) => textsOf(row, pool))
  const marks = await marksOf(texts, context)
  const names = marks.map(({ mark }) => mark)
  const erased = new Map(await accounts.read(caller.account, (account) => account.erasuresAmong(pool.text, names)))
  const when = new Map(texts.map((text, index) => [text, erased.get(names[index] ?? '')]))
  const found: Returned[] = []
  for (const row of page.rows) found.push(...(await checkRow(row, when, { pool, repair, context })))
  return { found, next: page.next }
}

interface Options {
  pool: PoolId
  repair: boolean
  context: SignedContext
}

async function checkRow(
  { members, uuid }: ErasableRow,
  when: ReadonlyMap<string, number | undefined>,
  { context, pool, repair }: Options,
): Promise<Returned[]> {
  if (when.get(identityText(pool, uuid)) !== undefined)
    return [{ kind: 'erased_identity', uuid, repaired: repair && (await eraseAgain(uuid, pool, context)) }]
  const found: Returned[] = []
  for (const { linkedDay, ...login } of members) {
    const erasedAt = when.get(loginText(pool, login))
    if (erasedAt === undefined || linkedDay === undefined || linkedDay >= dayOf(erasedAt)) continue
    const { caller, pools } = context
    const repaired = repair && (await eraseLogin(pools, pool, caller.account, uuid, login)).kind === 'erased'
    if (repaired) await keep([loginText(pool, login)], pool, context)
    found.push({ kind: 'erased_login', uuid, provider: login.provider, repaired })
  }
  return found
}

/** Erases somebody who was erased; and the journal goes on knowing them, because another restoration may bring them back. */
async function eraseAgain(uuid: string, pool: PoolId, context: SignedContext): Promise<boolean> {
  const { caller, pools } = context
  for (let turn = 0; turn < MAX_ERASURE_TURNS; turn++) {
    const looked = await lookToErase(pools, pool, caller.account, { identity: uuid, anyway: true })
    if (looked.kind !== 'found') return false
    // Another row of the same user came first.
    if (!looked.erasable) return true
    const { identities, root } = looked.erasable
    await keep(
      [...new Set([uuid, root, ...identities])].map((one) => identityText(pool, one)),
      pool,
      context,
    )
    const { kind } = await erase(pools, pool, caller.account, looked.erasable)
    if (kind === 'erased') return true
    if (kind !== 'changed') return false
  }
  return false
}

async function keep(texts: readonly string[], pool: PoolId, context: SignedContext): Promise<void> {
  const { accounts, caller } = context
  const marks = (await marksOf(texts, context)).map(({ mark }) => mark)
  await accounts.ask(caller.account, (account) => account.keepErasures(pool.text, marks))
}

function textsOf({ members, uuid }: ErasableRow, pool: PoolId): string[] {
  return [identityText(pool, uuid), ...members.map((login) => loginText(pool, login))]
}
