import { faultsOf } from '../check.ts'
import type { ProvenLogin } from '../identities.ts'
import type { Checked, CheckPosition, Holder, Way } from './check-step.ts'
import { type Checking, loginOf, someAtOnce } from './checking.ts'
import { isStill } from './gather.ts'
import { CHECK_IDENTITIES, CLAIM_MEMORY_MS } from './limits.ts'
import { objectOf, slotsFrom } from './map.ts'
import { beforeSlot, boundsOf, SLOTS, slotOfIdentity, slotOfLogin } from './slots.ts'

/** A login of an identity, and what leads to it. */
interface Held {
  login: ProvenLogin
  identity: string
  claim: string
  way: Way | undefined
}

type Verdict =
  | { is: 'good' | 'pending' }
  /** Another identity has it too, and the way leads there. */
  | { is: 'anothers'; other: string }
  /** Nothing leads to it, or only what nobody confirms. */
  | { is: 'unreachable' }

/** Checks the next identities of one object, with their logins; where to go on, if there are more. */
export async function checkIdentities(after: string, checking: Checking): Promise<CheckPosition | undefined> {
  const { spread, tag } = checking.options
  const [slots] = slotsFrom(after === '' ? 0 : slotOfIdentity(after), spread)
  if (!slots) return undefined
  const [, last] = slots
  const range = { ...boundsOf(slots, tag, after), limit: CHECK_IDENTITIES }
  const { identities } = await checking.take({ step: 'check_identities', ...range })
  checking.forgetAll()
  checking.remember(identities)
  const done = await checkPage(identities, checking)
  if (done !== undefined) return { walk: 'identities', after: done }
  if (identities.length === CHECK_IDENTITIES) return { walk: 'identities', after: identities.at(-1)?.row.uuid ?? after }
  return last === SLOTS - 1 ? undefined : { walk: 'identities', after: beforeSlot(tag, last + 1) }
}

/** The last identity that was checked, if not all were. */
async function checkPage(identities: readonly Checked[], checking: Checking): Promise<string | undefined> {
  const settled = (await Promise.all(identities.map(({ row }) => unfrozen(row.uuid, checking)))).flatMap(
    (one) => one ?? [],
  )
  await checking.know(settled.flatMap(({ row }) => row.forward ?? []))
  const held = await withWays(settled, checking)
  const verdicts = new Map<Held, Verdict>()
  for (const one of held) verdicts.set(one, await judge(one, checking))
  const unreachable = held.filter((one) => verdicts.get(one)?.is === 'unreachable')
  const others = await holdersOf(unreachable, checking)
  for (const one of settled) {
    checking.counts.identities++
    checking.counts.logins += one.members.length
    await checkRow(one, checking)
    for (const login of held) {
      if (login.identity !== one.row.uuid) continue
      await carryOut(login, verdicts.get(login) ?? { is: 'pending' }, others.get(login) ?? [], checking)
    }
    if (checking.isEnough && one !== settled.at(-1)) return one.row.uuid
  }
  return undefined
}

/** An identity that is in no merge, or that can be left to it. */
async function unfrozen(uuid: string, checking: Checking): Promise<Checked | undefined> {
  const seen = await checking.settled(uuid)
  if (!seen || isStill(seen)) return seen
  if (seen.overdue)
    checking.found({ kind: 'merge_unfinished', identity: uuid, other: seen.row.frozen_for ?? undefined }, false)
  else checking.counts.pending++
  return undefined
}

async function checkRow({ members, row }: Checked, checking: Checking): Promise<void> {
  for (const fault of faultsOf(row, members)) {
    const mayRepair = checking.options.repair && fault.kind === 'state_wrong'
    const settled = mayRepair && (await checking.take({ step: 'check_settle', identity: row.uuid })).kind === 'done'
    checking.found(fault, settled)
  }
  if (row.forward === null) return
  // Who wins a merge is changed by it, at the latest a moment after the loser.
  const winner = await checking.identity(row.forward)
  if (winner && winner.row.modified_at + CLAIM_MEMORY_MS < row.modified_at)
    checking.found({ kind: 'merge_lost', identity: row.uuid, other: row.forward }, false)
}

/** The logins of identities, with what leads to them: one call of each object that has some of their slots. */
async function withWays(identities: readonly Checked[], checking: Checking): Promise<Held[]> {
  const { spread } = checking.options
  const held = identities.flatMap(({ members, row }) =>
    members.map(
      (member): Held => ({ login: loginOf(member), identity: row.uuid, claim: member.claim, way: undefined }),
    ),
  )
  const indexes = [...Map.groupBy(held, ({ login }) => objectOf(spread, slotOfLogin(login))).values()]
  await someAtOnce(indexes, async (own) => {
    const { ways } = await checking.take({ step: 'check_index', logins: own.map(({ login }) => login) })
    own.forEach((one, index) => {
      one.way = ways[index]
    })
  })
  await checking.know(held.flatMap(({ identity, way }) => (way && way.identity !== identity ? way.identity : [])))
  return held
}

async function judge({ claim, identity, login, way }: Held, checking: Checking): Promise<Verdict> {
  if (!way) return { is: 'unreachable' }
  if (way.identity === identity && way.claim === claim) return { is: 'good' }
  const holder = await checking.holder(login, way)
  if (holder.kind === 'moving') return { is: 'pending' }
  if (holder.kind === 'held') return holder.by === identity ? { is: 'good' } : { is: 'anothers', other: holder.by }
  return { is: way.young ? 'pending' : 'unreachable' }
}

/** Which other identities have logins that nothing leads to. Every object is asked, so all logins at once. */
async function holdersOf(held: readonly Held[], checking: Checking): Promise<Map<Held, Holder[]>> {
  const found = new Map<Held, Holder[]>(held.map((one) => [one, []]))
  if (held.length === 0) return found
  const logins = held.map(({ login }) => login)
  const answers = await checking.everywhere((slots) => checking.take({ step: 'check_holders', slots, logins }))
  for (const { holders } of answers)
    for (const [index, one] of held.entries()) {
      const holder = holders[index]
      if (holder && holder.identity !== one.identity) found.get(one)?.push(holder)
    }
  return found
}

/** Reports what is wrong with a login and puts it right, unless that has changed meanwhile. */
async function carryOut(held: Held, verdict: Verdict, others: readonly Holder[], checking: Checking): Promise<void> {
  if (verdict.is === 'good') return
  const isPending = verdict.is === 'pending' || others.some(({ frozen }) => frozen)
  if (isPending || !(await isStillSo(held, verdict, checking))) {
    checking.counts.pending++
    return
  }
  const { identity, login } = held
  const named = { identity, provider: login.provider }
  const { repair } = checking.options
  if (verdict.is === 'anothers') {
    const { other } = verdict
    checking.found({ kind: 'login_of_another', ...named, other }, repair && (await release(held, other, checking)))
  } else if (others.length > 0) {
    const [{ identity: other } = { identity: undefined }] = others
    checking.found({ kind: 'login_disputed', ...named, other }, repair && (await releaseAll(held, others, checking)))
  } else {
    checking.found({ kind: 'member_without_route', ...named }, repair && (await reach(held, checking)))
  }
}

/** What was read at several objects may have been true at different times. It is looked at again before it counts. */
async function isStillSo(
  { claim, identity, login, way }: Held,
  verdict: Verdict,
  checking: Checking,
): Promise<boolean> {
  if (verdict.is === 'anothers' && way) {
    checking.forgetAll()
    const holder = await checking.holder(login, way)
    if (holder.kind !== 'held' || holder.by !== verdict.other) return false
  }
  return checking.has(identity, login, claim)
}

/** Takes the login off, which the other identity keeps. One claim at both: the other has won a merge against this one. */
async function release({ claim, identity, login, way }: Held, other: string, checking: Checking): Promise<boolean> {
  const forward = way?.claim === claim ? other : undefined
  const { kind } = await checking.take({ step: 'check_release', login, identity, claim, forward })
  checking.forgetAll()
  return kind === 'done'
}

/** Takes the login off every identity that has it. */
async function releaseAll({ claim, identity, login }: Held, others: readonly Holder[], checking: Checking) {
  const all = [{ identity, claim }, ...others]
  const released = await Promise.all(
    all.map((one) => checking.take({ step: 'check_release', login, identity: one.identity, claim: one.claim })),
  )
  checking.forgetAll()
  return released.every(({ kind }) => kind === 'done')
}

/** Writes the way to a login, in the place of one that nobody confirms. */
async function reach({ claim, identity, login, way }: Held, checking: Checking): Promise<boolean> {
  if (way) {
    const holder = await checking.holder(login, way)
    if (holder.kind !== 'nobody' || !(await checking.refuse(login, way.claim, holder.end))) return false
  }
  const instead = way?.claim
  const { kind } = await checking.take({ step: 'check_point', login, identity, claim, instead })
  if (kind !== 'done') return false
  // The login may have been taken off just now, and nobody else would take the way to it off any more.
  if (await checking.refuse(login, claim, identity)) await checking.take({ step: 'drop', login, claim })
  return true
}
