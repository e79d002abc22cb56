import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  COPY_IDLE_MS,
  COPY_NOTE_USE_MS,
  COPY_RENEWAL_MS,
  COPY_SERVES_MS,
  COPY_WAIT_MS,
  MAX_COPY_CHARS,
  RECORDS_MAX_AGE_MS,
} from '../../src/account/limits.ts'
import type { Answer, Question } from '../../src/account/questions.ts'
import { RecordsCopy } from '../../src/account/records-copy.ts'
import { inside, newAccount, provider, type RemoteAccount, remote, role, START } from './support.ts'

const ROLE = { ask: 'role', name: 'user' } as const
const PROVIDERS = { ask: 'oidcProviders' } as const
const idp = provider('idp.example.com')

let account: string
let object: RemoteAccount
let copy: string

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})
beforeEach(async () => {
  vi.setSystemTime(START)
  account = newAccount()
  copy = `${account}/apac-se`
  object = remote(account)
  await object.createRole(role('user'), 'op')
  await object.createOidcProvider(idp, 'op')
})

function thrownBy(work: () => unknown): string {
  try {
    return `nothing, but ${work()}`
  } catch (error) {
    return String(error)
  }
}

const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)
const ask = (...questions: Question[]) => remote(copy).copiedRecords(questions)
const describeAs = (description: string) => object.changeRole('user', { description })
const alarm = () => runDurableObjectAlarm(env.ACCOUNT.getByName(copy))
const nextAlarm = () => inside(copy, (_, storage) => storage.getAlarm())
const kept = () => inside(copy, (_, storage) => [...storage.kv.list()].map(([name]) => name))

async function described(): Promise<{ description: string | undefined; age: number }> {
  const [found] = await ask(ROLE)
  const { description } = (found?.answer ?? {}) as { description?: string }
  return { description, age: found?.age ?? Number.NaN }
}

describe('a copy of an account', () => {
  it('answers what the account says, with how long it has known it', async () => {
    await object.putRolePolicy('user', 'p', '{}')
    const questions: Question[] = [PROVIDERS, ROLE, { ask: 'rolePolicy', role: 'user', name: 'p' }]
    const answers = [[idp], role('user'), { roleArn: role('user').arn, document: '{}' }]
    expect(await ask(...questions)).toEqual(answers.map((answer) => ({ answer, age: 0 })))
    wait(COPY_SERVES_MS - 1)
    expect(await ask(...questions)).toEqual(answers.map((answer) => ({ answer, age: COPY_SERVES_MS - 1 })))
  })

  it('gives no answer that it has not heard from the account within 28 seconds', async () => {
    await describeAs('first')
    await described()
    await describeAs('second')
    wait(COPY_SERVES_MS - 1)
    expect(await described()).toEqual({ description: 'first', age: COPY_SERVES_MS - 1 })
    wait(1)
    expect(await described()).toEqual({ description: 'second', age: 0 })
    expect(COPY_SERVES_MS + COPY_WAIT_MS).toBeLessThanOrEqual(RECORDS_MAX_AGE_MS)
  })

  it('asks the account every 20 seconds by alarm, so that what it says is always young', async () => {
    await described()
    for (let n = 1; n <= 3; n++) {
      expect(await nextAlarm()).toBe(START + n * COPY_RENEWAL_MS)
      wait(COPY_RENEWAL_MS)
      await describeAs(`change ${n}`)
      await alarm()
      wait(COPY_RENEWAL_MS - 1)
      expect(await described()).toEqual({ description: `change ${n}`, age: COPY_RENEWAL_MS - 1 })
      wait(-COPY_RENEWAL_MS + 1)
    }
  })

  it('keeps its word when it is put to sleep between', async () => {
    await describeAs('first')
    await described()
    await describeAs('second')
    await evictDurableObject(env.ACCOUNT.getByName(copy))
    wait(COPY_SERVES_MS - 1)
    expect(await described()).toEqual({ description: 'first', age: COPY_SERVES_MS - 1 })
    await evictDurableObject(env.ACCOUNT.getByName(copy))
    wait(1)
    expect(await described()).toEqual({ description: 'second', age: 0 })
  })

  it('asks again when its clock has gone back', async () => {
    await describeAs('first')
    await described()
    await describeAs('second')
    wait(-3_600_000)
    expect(await described()).toEqual({ description: 'second', age: 0 })
    wait(COPY_SERVES_MS)
    await describeAs('third')
    expect(await described()).toEqual({ description: 'third', age: 0 })
  })

  it('forgets a record that is gone, and never keeps that there is none', async () => {
    const missing = { ask: 'role', name: 'late' } as const
    expect(await ask(missing)).toEqual([{ answer: undefined, age: 0 }])
    expect(await kept()).toEqual([])
    expect(await nextAlarm()).toBeNull()
    await object.createRole(role('late'), 'op 2')
    expect(await ask(missing)).toEqual([{ answer: role('late'), age: 0 }])
    await object.deleteRole('late')
    wait(COPY_RENEWAL_MS)
    await alarm()
    expect(await ask(missing)).toEqual([{ answer: undefined, age: 0 }])
    expect(await kept()).toEqual([])
  })

  it('takes a further record to what it has, no younger than that', async () => {
    await ask(ROLE)
    wait(10_000)
    expect(await ask(PROVIDERS)).toEqual([{ answer: [idp], age: 0 }])
    expect(await ask(PROVIDERS)).toEqual([{ answer: [idp], age: 10_000 }])
    await object.deleteOidcProvider(idp.arn)
    wait(COPY_SERVES_MS - 10_001)
    expect(await ask(PROVIDERS)).toEqual([{ answer: [idp], age: COPY_SERVES_MS - 1 }])
    wait(1)
    expect(await ask(PROVIDERS)).toEqual([{ answer: [], age: 0 }])
  })

  it('ends an hour after its last use, and leaves nothing behind', async () => {
    await ask(ROLE)
    wait(COPY_IDLE_MS - 1)
    await alarm()
    expect(await kept()).toEqual(['askedAt', 'items'])
    wait(1)
    await alarm()
    expect(await kept()).toEqual([])
    expect(await nextAlarm()).toBeNull()
  })

  it('lasts as long as it is used', async () => {
    await ask(ROLE)
    for (let n = 0; n < 8; n++) {
      wait(COPY_NOTE_USE_MS)
      await alarm()
      await ask(ROLE)
    }
    expect(await kept()).toEqual(['askedAt', 'items'])
    expect(8 * COPY_NOTE_USE_MS).toBeGreaterThan(COPY_IDLE_MS)
  })

  it('is not the account, which keeps no copy of itself', async () => {
    expect(await inside(account, (one) => thrownBy(() => one.copiedRecords([ROLE])))).toContain('no copy of itself')
    expect(await inside(account, (_, storage) => [...storage.kv.list()])).toEqual([])
    await ask(ROLE)
    expect(await remote(copy).role('user')).toBeUndefined()
  })
})

describe('a copy whose account', () => {
  const asked: number[] = []
  let answers: (questions: readonly Question[]) => Promise<Answer[]>
  const warned: string[] = []
  const log = { warn: (event: string) => void warned.push(event) }

  /** A copy over real storage; the account is ours. */
  async function within(work: (made: RecordsCopy, storage: DurableObjectStorage) => Promise<void>): Promise<void> {
    asked.length = warned.length = 0
    await inside(newAccount(), async (_, storage) => {
      const options = { storage, now: () => Date.now(), log }
      const watched = (questions: readonly Question[]) => {
        asked.push(questions.length)
        return answers(questions)
      }
      await work(new RecordsCopy({ ...options, ask: watched }), storage)
    })
  }
  const fails = () => Promise.reject(new Error('away'))

  it('does not answer serves until it is too old, and asks again later', async () => {
    answers = async () => [role('user')]
    await within(async (made, storage) => {
      await made.answer([ROLE])
      answers = fails
      wait(COPY_RENEWAL_MS)
      await made.renew()
      expect(warned).toEqual(['account_copy_not_renewed'])
      expect(await storage.getAlarm()).toBe(START + 2 * COPY_RENEWAL_MS)
      wait(COPY_SERVES_MS - COPY_RENEWAL_MS - 1)
      expect(await made.answer([ROLE])).toEqual([{ answer: role('user'), age: COPY_SERVES_MS - 1 }])
      wait(1)
      await expect(made.answer([ROLE])).rejects.toThrow('away')
    })
  })

  it('answers late is not believed to have answered later than it was asked', async () => {
    const slow = Promise.withResolvers<Answer[]>()
    answers = () => slow.promise
    await within(async (made) => {
      const first = made.answer([ROLE])
      wait(5_000)
      slow.resolve([role('user')])
      expect(await first).toEqual([{ answer: role('user'), age: 0 }])
      expect(await made.answer([ROLE])).toEqual([{ answer: role('user'), age: 5_000 }])
    })
  })

  it('answers in another order keeps the younger answer', async () => {
    const early = Promise.withResolvers<Answer[]>()
    answers = () => early.promise
    await within(async (made) => {
      const first = made.answer([ROLE])
      wait(5_000)
      answers = async () => [{ ...role('user'), description: 'younger' }]
      await made.answer([ROLE])
      early.resolve([role('user')])
      expect(await first).toEqual([{ answer: role('user'), age: 0 }])
      expect(await made.answer([ROLE])).toEqual([{ answer: { ...role('user'), description: 'younger' }, age: 0 }])
    })
  })

  it('is overtaken by an alarm gives no further record the age of that alarm', async () => {
    answers = async () => [role('user')]
    await within(async (made) => {
      await made.answer([ROLE])
      wait(15_000)
      const slow = Promise.withResolvers<Answer[]>()
      answers = () => slow.promise
      const further = made.answer([PROVIDERS])
      wait(5_000)
      answers = async () => [role('user')]
      await made.renew()
      slow.resolve([[idp]])
      expect(await further).toEqual([{ answer: [idp], age: 0 }])
      answers = async () => [[]]
      expect(await made.answer([PROVIDERS])).toEqual([{ answer: [], age: 0 }])
    })
  })

  it('has more than a copy keeps is asked each time, for what is wanted', async () => {
    const long = (name: string) => ({ ...role(name), trustPolicy: 'x'.repeat(MAX_COPY_CHARS - 2_000) })
    answers = async (questions) => questions.map((one) => long((one as { name: string }).name))
    const other = { ask: 'role', name: 'other' } as const
    await within(async (made, storage) => {
      await made.answer([ROLE])
      await made.answer([other])
      expect(await made.answer([other])).toEqual([{ answer: long('other'), age: 0 }])
      expect(asked).toEqual([1, 1])
      await made.answer([ROLE])
      await made.answer([ROLE, other])
      expect(asked).toEqual([1, 1, 1, 1])
      answers = async () => [{ ...role('user'), trustPolicy: 'x'.repeat(MAX_COPY_CHARS) }]
      wait(COPY_SERVES_MS)
      await made.answer([ROLE])
      expect([...storage.kv.list()]).toEqual([])
    })
  })

  it('lacks what is asked for costs it one question, and no row of the copy', async () => {
    answers = async (questions) => questions.map((one) => (one === ROLE ? role('user') : undefined))
    await within(async (made, storage) => {
      await made.answer([ROLE])
      const before = [...storage.kv.list()]
      wait(1_000)
      for (let n = 0; n < 5; n++) await made.answer([{ ask: 'role', name: `invented-${n}` }])
      expect(asked).toEqual([1, 1, 1, 1, 1, 1])
      expect([...storage.kv.list()]).toEqual(before)
      expect(await storage.getAlarm()).toBe(START + COPY_RENEWAL_MS)
    })
  })
})
