import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { exportPool } from '../../tools/identity/export.ts'

const POOLS = 40
const IDENTITIES = 30
const PAGE = 3

interface Identity {
  id: string
  state: string
  changed: number
  logins: { provider: string; subject: string }[]
  forward?: string
}

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A pool in which users sign in, link, merge and are deleted all the time, by the rules of the service. */
class LivelyPool {
  now = 1_000_000
  readonly #identities = new Map<string, Identity>()
  /** Logins of those who were deleted. */
  readonly #freed: Identity['logins'] = []
  readonly #chance: () => number
  #made = 0

  constructor(seed: number) {
    let state = seed
    this.#chance = () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state / 2_147_483_648
    }
    for (let n = 0; n < IDENTITIES; n++) this.#make([{ provider: 'idp', subject: `user-${n}` }])
  }

  get all(): Identity[] {
    return [...this.#identities.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  live(): void {
    this.now += 120_000
    const users = this.all.filter(({ state }) => state === 'user')
    if (users.length < 5) {
      this.#make([{ provider: 'idp', subject: `late-${this.#made}` }])
      return
    }
    const one = () => users[Math.floor(this.#chance() * users.length)] as Identity
    const [a, b, kind] = [one(), one(), this.#chance()]
    if (kind < 0.45 && a !== b) this.#merge(a, b)
    else if (kind < 0.6)
      this.#put({ ...a, logins: [...a.logins, { provider: 'mail', subject: `mail-${this.#made++}` }] })
    else if (kind < 0.75) this.#put({ ...a, state: 'disabled', logins: [] })
    else if (kind < 0.9) {
      // Nobody is deleted twice: of that a backup can know nothing.
      if (a.logins.some((login) => this.#freed.includes(login))) return
      this.#freed.push(...a.logins)
      this.#identities.delete(a.id)
    } else {
      const login = this.#freed.find((freed) => !this.all.some(({ logins }) => logins.includes(freed)))
      this.#make(login ? [login] : [])
    }
  }

  page({ After = '', ChangedSince = 0 }: { After?: string; ChangedSince?: number }): object {
    const left = this.all.filter(({ changed, id }) => id > After && changed >= ChangedSince)
    const page = left.slice(0, PAGE)
    return {
      SettingsVersion: After === '' ? 1 : undefined,
      Time: this.now,
      Lines: page.map((one) => JSON.stringify(this.#shown(one))).join('\n'),
      Next: left.length > PAGE ? page.at(-1)?.id : undefined,
    }
  }

  #shown(one: Identity): Identity {
    let end = one.forward
    while (end !== undefined && this.#identities.get(end)?.forward !== undefined)
      end = this.#identities.get(end)?.forward
    const { forward, ...rest } = one
    return end !== undefined && this.#identities.has(end) ? { ...rest, forward: end } : rest
  }

  #make(logins: Identity['logins']): void {
    const id = `us-east-1:0f1e2d3c-0000-8${Math.floor(this.#chance() * 4096)
      .toString(16)
      .padStart(3, '0')}-8000-${String(this.#made++).padStart(12, '0')}`
    this.#put({ id, state: logins.length > 0 ? 'user' : 'guest', changed: 0, logins })
  }

  #merge(loser: Identity, survivor: Identity): void {
    this.#put({ ...loser, state: 'disabled', logins: [], forward: survivor.id })
    this.#put({ ...survivor, logins: [...survivor.logins, ...loser.logins] })
  }

  #put(identity: Identity): void {
    this.#identities.set(identity.id, { ...identity, changed: this.now })
  }
}

/** Exports a pool that lives on until this many calls were made. */
async function exported(pool: LivelyPool, file: string, lively: number): Promise<Identity[]> {
  vi.spyOn(console, 'log').mockReturnValue()
  let calls = 0
  const own = async (_: string, input: object) => {
    if (calls++ < lively) for (let n = 0; n < 3; n++) pool.live()
    return pool.page(input)
  }
  await exportPool('us-east-1:0f1e2d3c-0000-4000-8000-000000000000', file, true, own)
  vi.restoreAllMocks()
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line))
}

it('an export of a pool that changes all the time is one that can be imported', async () => {
  for (let seed = 1; seed <= POOLS; seed++) {
    const file = await exported(new LivelyPool(seed), join(folder, `lively-${seed}`), Number.POSITIVE_INFINITY)
    const ids = file.map(({ id }) => id)
    expect(ids, `seed ${seed}`).toEqual([...new Set(ids)].toSorted())
    const keys = file.flatMap(({ logins }) => logins.map(({ provider, subject }) => `${provider}/${subject}`))
    expect(new Set(keys).size, `seed ${seed}`).toBe(keys.length)
    const ends = new Set(file.filter(({ forward }) => forward === undefined).map(({ id }) => id))
    for (const { forward, logins, state } of file) {
      expect(state === 'user', `seed ${seed}`).toBe(logins.length > 0)
      if (forward !== undefined) expect(ends.has(forward) && state === 'disabled', `seed ${seed}`).toBe(true)
    }
  }
})

it('what changed while it was read is as it was at the end', async () => {
  for (let seed = 1; seed <= POOLS; seed++) {
    const pool = new LivelyPool(seed)
    const file = await exported(pool, join(folder, `quiet-${seed}`), IDENTITIES / PAGE)
    const there = new Map(file.map((one) => [one.id, one]))
    for (const one of pool.all) {
      const found = there.get(one.id)
      expect({ state: found?.state, logins: found?.logins }, `seed ${seed}, ${one.id}`).toEqual({
        state: one.state,
        logins: one.logins,
      })
    }
  }
})
