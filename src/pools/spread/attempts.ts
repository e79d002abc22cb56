import type { World } from '../../base/world.ts'
import type { ProvenLogin } from '../identities.ts'
import { carryOut } from './carry-out.ts'
import type { Gathered, Shown } from './gathered.ts'
import { Busy } from './interruptions.ts'
import { CLAIM_LIFE_MS, MAX_ATTEMPTS, MAX_PAUSE_MS } from './limits.ts'
import { objectOf, type Spread } from './map.ts'
import { slotOfIdentity, slotOfLogin } from './slots.ts'
import type { TakeStep } from './step.ts'

export interface AttemptOptions {
  spread: Spread
  take: TakeStep
  world: Pick<World, 'now' | 'random' | 'uuid'>
  /** Waits so many milliseconds. */
  pause: (milliseconds: number) => Promise<void>
}

/** What an attempt has decided: the outcome, once what was noted on the way is carried out. */
interface Decided<T> {
  gathered: Gathered
  /** The logins that the request has proven. */
  logins: Shown
  outcome: T
  dryRun?: boolean | undefined
  operation?: string | undefined
  evenBlocked?: boolean | undefined
}

/** Lets the rules decide on what is gathered, and carries that out, until nobody comes between. */
export async function attempts<T>(
  { pause, spread, take, world }: AttemptOptions,
  decide: (name: string, attempt: number) => Promise<Decided<T>>,
): Promise<T> {
  const name = nameOf(world.uuid())
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await pause((attempt / MAX_ATTEMPTS) * MAX_PAUSE_MS * ((world.random(1)[0] ?? 0) / 256))
    const own = `${name}/${attempt}`
    // What is reserved while looking is good for as long as that is remembered if it is refused, and that may begin at once.
    const deadline = world.now() + CLAIM_LIFE_MS
    const { dryRun, gathered, outcome, ...rest } = await decide(own, attempt)
    if (dryRun) return outcome
    for (const unused of gathered.unused()) await take({ step: 'drop', ...unused })
    const together = (login: ProvenLogin, uuid: string) => isTogether(login, uuid, spread)
    const done = await carryOut({ gathered, ...rest, name: own, deadline, together }, take)
    if (done === 'done') return outcome
  }
  throw new Busy()
}

/** Whether a login and an identity are in one object. */
export function isTogether(login: ProvenLogin, uuid: string, spread: Spread): boolean {
  return objectOf(spread, slotOfLogin(login)) === objectOf(spread, slotOfIdentity(uuid))
}

/**
 * Names a call after 62 random bits of a UUID: short, because each login keeps its claim. A call that begins again needs a new
 * name, or it would take what it has linked for a reservation.
 */
export function nameOf(uuid: string): string {
  return uuid.slice(19).replaceAll('-', '')
}
