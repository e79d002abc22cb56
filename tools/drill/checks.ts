import { setTimeout as sleep } from 'node:timers/promises'
import type { Issuer } from '../bench/issuer.ts'
import { type Client, connect, Refused } from '../lib/client.ts'
import { LOCAL_KEY } from '../lib/local-service.ts'
import { tokensOf } from './calls.ts'
import type { Login, People } from './people.ts'

/** An identity as the service describes it. */
export interface Described {
  IdentityId: string
  Logins?: string[]
  CreationDate: number
  LastModifiedDate: number
}

export interface CheckWays {
  url: string
  poolId: string
  issuers: readonly [Issuer, Issuer]
  people: People
  progress: (line: string) => void
}

const PAGE = 60
const AT_ONCE = 24
const TELL_EVERY = 25_000
/** Every so many milliseconds the growth is looked at, and a server that is down is asked again. */
const AGAIN_MS = 250
/** A server that does not answer for so long will not. */
const GIVE_UP_MS = 120_000

/** Asks a server that may be down just now. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + GIVE_UP_MS
  for (;;)
    try {
      return await ask()
    } catch (error) {
      const isFinal = error instanceof Refused && !/TooManyRequests|InternalError|status 5/.test(error.code)
      if (isFinal || Date.now() > deadline) throw error
      await sleep(AGAIN_MS)
    }
}

/** Everybody in the pool, by ListIdentities. */
export async function listed({ poolId, url }: Pick<CheckWays, 'poolId' | 'url'>): Promise<Described[]> {
  const client = connect(url, LOCAL_KEY)
  const all: Described[] = []
  let NextToken: string | undefined
  do {
    const input = { IdentityPoolId: poolId, MaxResults: PAGE, NextToken }
    const page = await patiently(() => client.signed('ListIdentities', input))
    all.push(...page.Identities)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  return all
}

/** What is not as it was, or not as those have been told who made calls: none, if all is well. */
export async function faultsOf(
  ways: CheckWays,
  before: ReadonlyMap<string, Described>,
  unknownGuests: number,
): Promise<string[]> {
  const faults = new Faults()
  const all = await listed(ways)
  ways.progress(`  ListIdentities: ${all.length} identities`)
  checkList(all, ways, unknownGuests, faults)
  await checkDescriptions(before, all, ways, faults)
  await checkLogins(ways, faults)
  await checkPool(ways, faults)
  return faults.told
}

/** Lists nobody twice, and everybody who is known; those whom nobody knows are guests that an attempt without an answer made. */
function checkList(all: readonly Described[], { people }: CheckWays, unknownGuests: number, faults: Faults): void {
  const known = new Set([...people.everybody()].map(([id]) => id))
  const seen = new Set<string>()
  let strangers = 0
  for (const { IdentityId: id, Logins } of all) {
    if (seen.has(id)) faults.add(`ListIdentities has ${id} twice`)
    seen.add(id)
    if (known.has(id)) continue
    strangers++
    if (Logins) faults.add(`ListIdentities has ${id}, whom nobody knows, with logins`)
  }
  for (const id of known) if (!seen.has(id)) faults.add(`ListIdentities lacks ${id}`)
  if (strangers > unknownGuests) faults.add(`${strangers} identities are unknown, and ${unknownGuests} may be`)
}

/** DescribeIdentity and ListIdentities say the same, and of those whom no call has changed what they said before. */
async function checkDescriptions(
  before: ReadonlyMap<string, Described>,
  all: readonly Described[],
  { issuers, people, progress, url }: CheckWays,
  faults: Faults,
): Promise<void> {
  const client = connect(url, LOCAL_KEY)
  const now = new Map(all.map((each) => [each.IdentityId, each]))
  await forEach([...people.everybody()], 'DescribeIdentity', progress, async ([id, logins]) => {
    const described = await told(client, id)
    const names = described.Logins?.toSorted() ?? []
    const expected = logins.map((issuer) => (issuers[issuer] as Issuer).name).sort()
    if (!isSame(names, expected)) faults.add(`${id} has logins of [${names}] and not of [${expected}]`)
    if (!isSame(described, now.get(id))) faults.add(`${id} is described and listed differently`)
    const old = before.get(id)
    if (old && !people.changed.has(id) && !isSame(described, old)) faults.add(`${id} is not described as before`)
  })
}

async function told(client: Client, IdentityId: string): Promise<Partial<Described>> {
  try {
    return await client.signed('DescribeIdentity', { IdentityId })
  } catch (error) {
    if (error instanceof Refused) return { Logins: [error.code] }
    throw error
  }
}

/** Every login leads to its identity. */
async function checkLogins({ issuers, people, poolId, progress, url }: CheckWays, faults: Faults): Promise<void> {
  const client = connect(url, LOCAL_KEY)
  const all = people.users.flatMap(({ id, logins }) => logins.map((login): [string, Login] => [id, login]))
  await forEach(all, 'GetId of logins', progress, async ([id, login]) => {
    const Logins = await tokensOf([login], issuers)
    const { IdentityId } = await client.publicly('GetId', { IdentityPoolId: poolId, Logins })
    if (IdentityId !== id) faults.add(`${login.subject} of issuer ${login.issuer} is ${IdentityId} and not ${id}`)
  })
}

/** The pool agrees with itself. */
async function checkPool({ poolId, progress, url }: CheckWays, faults: Faults): Promise<void> {
  const { own } = connect(url, LOCAL_KEY)
  const checked: Record<string, number> = {}
  let NextToken: string | undefined
  do {
    const input = { IdentityPoolId: poolId, NextToken }
    const page = await patiently(() => own('CheckPool', input))
    for (const [what, count] of Object.entries<number>(page.Checked)) checked[what] = (checked[what] ?? 0) + count
    for (const finding of page.Findings) faults.add(`CheckPool: ${JSON.stringify(finding)}`)
    NextToken = page.NextToken
  } while (NextToken !== undefined)
  progress(`  CheckPool: ${JSON.stringify(checked)}`)
}

async function forEach<T>(
  all: readonly T[],
  what: string,
  progress: CheckWays['progress'],
  work: (one: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) {
      await work(all[index] as T)
      if ((index + 1) % TELL_EVERY === 0) progress(`  ${what}: ${index + 1} of ${all.length}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  progress(`  ${what}: all ${all.length}`)
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Faults that are told, and how many more there are. */
class Faults {
  readonly #told: string[] = []
  #more = 0

  add(fault: string): void {
    if (this.#told.length < MOST_TOLD) this.#told.push(fault)
    else this.#more++
  }

  get told(): string[] {
    return this.#more > 0 ? [...this.#told, `and ${this.#more} more faults`] : this.#told
  }
}

const MOST_TOLD = 40
