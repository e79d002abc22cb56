import { areWithin, type Erasable, type ErasableRow, type ErasureTarget, isWithin } from '../erasure-table.ts'
import type { Member, ProvenLogin } from '../identities.ts'
import { someAtOnce } from './checking.ts'
import type { Drop } from './erase-step.ts'
import { settle } from './errands.ts'
import { gather, isStill, mergeOf } from './gather.ts'
import type { Hints } from './hints.ts'
import { Busy } from './interruptions.ts'
import { CHECK_IDENTITIES, ERASE_SLOTS, MAX_ATTEMPTS } from './limits.ts'
import { objectOf, type Slots, type Spread, slotsFrom, slotsOf } from './map.ts'
import { beforeSlot, boundsOf, SLOTS, slotOfIdentity } from './slots.ts'
import type { IdentitySeen, TakeStep } from './step.ts'

/**
 * How a user of a spread pool is erased. First the identity goes at its home, in one transaction with its logins: from then on it
 * wins no merge, so that what leads to it is all that ever will. Then goes everything that mentions one of the ids, object after
 * object. Whatever ends in the middle, the same call goes on from there.
 */

export interface SpreadHere {
  tag: string
  spread: Spread
  take: TakeStep
  hints?: Pick<Hints, 'forget'> | undefined
}

/** A user as they were seen at all objects. */
interface Seen extends Erasable {
  home: IdentitySeen | undefined
  /** Reservations of logins that they had lost just before, which are still to be dropped. */
  drops: readonly Drop[]
}

export async function erasableIn(
  here: SpreadHere,
  target: ErasureTarget,
  dryRun = false,
): Promise<Erasable | undefined> {
  const seen = await lookAt(here, target, dryRun)
  return seen && { root: seen.root, identities: seen.identities, logins: seen.logins }
}

/** Erases a user who is still as they were found. `changed`: something came to them meanwhile; some may be gone. */
export async function eraseIn(here: SpreadHere, erasable: Erasable): Promise<'erased' | 'changed'> {
  const { identities, logins, root } = erasable
  const seen = await lookAt(here, { identity: root })
  if (seen && (seen.root !== root || !isWithin(seen.identities, identities) || !areWithin(seen.logins, logins)))
    return 'changed'
  if (seen?.home) {
    const { members, row } = seen.home
    const step = { step: 'erase_home', identity: root, members, modifiedAt: row.modified_at } as const
    if ((await here.take(step)).kind === 'changed') return 'changed'
  }
  for (const drop of seen?.drops ?? []) await here.take({ step: 'drop', ...drop })
  if (!(await eraseRows(here, [...new Set([root, ...identities])]))) return 'changed'
  await dropStrangers([...logins, ...(seen?.drops ?? []).map(({ login }) => login)], here.take)
  for (const login of logins) here.hints?.forget(here.tag, login)
  return 'erased'
}

/** Takes a login off an identity that goes on to be, and drops the way to it. */
export async function eraseLoginIn(
  { take }: SpreadHere,
  identity: string,
  { claim, developer, provider, subject }: Member,
): Promise<'erased' | 'changed'> {
  const login = { provider, subject, developer }
  const { kind } = await take({ step: 'check_release', login, identity, claim })
  if (kind === 'changed') return 'changed'
  await take({ step: 'drop', login, claim })
  await dropStrangers([login], take)
  return 'erased'
}

/** Up to some identities after one, with their logins, out of the object that has it; and where to go on. */
export async function erasableRows(
  { spread, tag, take }: SpreadHere,
  after: string,
): Promise<{ rows: readonly ErasableRow[]; next: string | undefined }> {
  const [slots] = slotsFrom(after === '' ? 0 : slotOfIdentity(after), spread)
  if (!slots) return { rows: [], next: undefined }
  const [, last] = slots
  const { rows } = await take({ step: 'erase_check', ...boundsOf(slots, tag, after), limit: CHECK_IDENTITIES })
  if (rows.length === CHECK_IDENTITIES) return { rows, next: rows.at(-1)?.uuid }
  return { rows, next: last === SLOTS - 1 ? undefined : beforeSlot(tag, last + 1) }
}

async function lookAt(here: SpreadHere, target: ErasureTarget, dryRun = false): Promise<Seen | undefined> {
  const named =
    'identity' in target ? await namedBy(target, here.take) : await ownerOf(target.logins, here.take, dryRun)
  if (named === undefined) return undefined
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { home, root } = await endOf(named, here.take, dryRun)
    const leading = await leadingTo(root, here, dryRun)
    if (!leading) continue
    const { drops, uuids } = leading
    const identities = [...(home ? [root] : []), ...uuids]
    if (identities.length === 0 && drops.length === 0) return undefined
    const members = (home?.members ?? []).map(({ claim, ...login }) => login)
    return { root, identities, logins: members, home, drops }
  }
  throw new Busy()
}

/** An identity that was deleted leads on here, as it does not in a pool of one object. Nobody is called by it any more. */
async function namedBy(
  { anyway, identity }: Extract<ErasureTarget, { identity: string }>,
  take: TakeStep,
): Promise<string | undefined> {
  const { identities } = await take({ step: 'look', identities: [identity], logins: [] })
  const isDeleted = identities.some(({ row }) => row.uuid === identity && row.erased === 1)
  return isDeleted && !anyway ? undefined : identity
}

async function ownerOf(logins: readonly ProvenLogin[], take: TakeStep, dryRun: boolean): Promise<string | undefined> {
  for (const login of logins) {
    const [owner] = (await gather({ logins: [login], dryRun }, take)).owners([login])
    if (owner) return owner.uuid
  }
  return undefined
}

/** Where an identity leads to, whose merges are brought to their end first. */
async function endOf(
  uuid: string,
  take: TakeStep,
  dryRun: boolean,
): Promise<{ root: string; home: IdentitySeen | undefined }> {
  const seen = new Set<string>()
  let at = uuid
  for (let turn = 0; ; turn++) {
    const { identities } = await take({ step: 'look', identities: [at], logins: [] })
    const found = identities.find(({ row }) => row.uuid === at)
    if (found && !isStill(found) && !dryRun) {
      if (turn > MAX_TURNS) throw new Busy()
      await settle(mergeOf(found), take)
      continue
    }
    const next = found?.row.forward
    if (!next || seen.has(next)) return { root: at, home: found }
    seen.add(next)
    at = next
  }
}

/** Longer than any chain of merges that is not made on purpose. */
const MAX_TURNS = 10_000

/** All that leads to an identity, object by object, and over several of them; nothing if a merge had to be ended first. */
async function leadingTo(
  root: string,
  { spread, take }: SpreadHere,
  dryRun: boolean,
): Promise<{ uuids: string[]; drops: Drop[] } | undefined> {
  const found = new Set<string>()
  const drops: Drop[] = []
  for (let asked = [root]; asked.length > 0; ) {
    const answers = await someAtOnce(firstSlots(spread), (slots) =>
      take({ step: 'erase_leads', slots, identities: asked }),
    )
    const merges = dryRun ? [] : answers.flatMap((answer) => answer.merges)
    for (const merge of merges) await settle(merge, take)
    if (merges.length > 0) return undefined
    drops.push(...answers.flatMap((answer) => answer.drops))
    const uuids = answers.flatMap((answer) => answer.uuids)
    asked = [...new Set(uuids)].filter((uuid) => uuid !== root && !found.has(uuid))
    for (const uuid of asked) found.add(uuid)
  }
  return { uuids: [...found].sort(), drops }
}

/** Some slots of each object that has any. */
function firstSlots(spread: Spread): Slots[] {
  return Array.from({ length: spread.objects }, (_, number) => slotsOf(spread, number)).flatMap(([slots]) =>
    slots ? [slots] : [],
  )
}

/** Deletes all that mentions these identities, first what leads to them; `false` if something else has come to lead there. */
async function eraseRows({ spread, take }: SpreadHere, identities: readonly string[]): Promise<boolean> {
  const objects = Map.groupBy(slotsFrom(0, spread), ([first]) => objectOf(spread, first))
  const answers = await someAtOnce([...objects.values()], async (runs) => {
    for (const [index, slots] of runs.flatMap(inParts).entries()) {
      const { kind } = await take({ step: 'erase_rows', slots, identities, first: index === 0 })
      if (kind === 'changed') return false
    }
    return true
  })
  return answers.every((done) => done)
}

/** A run of slots in pieces whose routes an object looks through at once. */
function inParts([first, last]: Slots): Slots[] {
  const parts: Slots[] = []
  for (let at = first; at <= last; at += ERASE_SLOTS) parts.push([at, Math.min(at + ERASE_SLOTS - 1, last)])
  return parts
}

/** Drops what calls that were broken off have left of these logins: looking for a login drops a way that nobody confirms. */
async function dropStrangers(logins: readonly ProvenLogin[], take: TakeStep): Promise<void> {
  for (const login of logins) await gather({ logins: [login] }, take)
}
