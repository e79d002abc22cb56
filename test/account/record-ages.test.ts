import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Account, Accounts } from '../../src/account/index.ts'
import { RECORDS_MAX_AGE_MS, RECORDS_MIN_AGE_MS } from '../../src/account/limits.ts'
import type { Question } from '../../src/account/questions.ts'
import { CACHE_BYTES } from '../../src/base/memory.ts'
import { Overloaded } from '../../src/base/objects.ts'
import type { World } from '../../src/base/world.ts'
import { platformError, TroubledNamespace } from '../pools/troubled-namespace.ts'
import { newAccount, provider, remote, role, START } from './support.ts'

const [a, b] = [provider('a.example.com'), provider('b.example.com')]
const user = role('user')

let now: number
let edge: TroubledNamespace<Account>
let accounts: Accounts
let account: string

beforeEach(async () => {
  now = START
  edge = new TroubledNamespace(env.ACCOUNT)
  accounts = new Accounts(edge.namespace, { now: () => now } as World)
  account = newAccount()
  await remote(account).createOidcProvider(a, 'op')
  await remote(account).createRole(user, 'op')
})

/** The OpenID Connect providers of an account that have these ARNs. */
async function oidc(of: string, arns: readonly string[]) {
  return (await accounts.providers(of, { oidc: arns })).oidc
}

/** Methods of the account's object that were called since the last time this was asked. */
function calls() {
  return edge.calls.splice(0).map((call) => call.slice(call.indexOf('.') + 1))
}

describe('what an isolate knows of an account', () => {
  it('is used for 30 seconds', async () => {
    expect(await oidc(account, [a.arn])).toEqual([a])
    expect(await accounts.role(account, user.arn)).toEqual(user)
    expect(calls()).toEqual(['records', 'records'])
    await remote(account).deleteOidcProvider(a.arn)
    await remote(account).deleteRole('user')
    now += RECORDS_MAX_AGE_MS - 1
    expect(await oidc(account, [a.arn])).toEqual([a])
    expect(await accounts.role(account, user.arn)).toEqual(user)
    expect(calls()).toEqual([])
    now += 1
    expect(await oidc(account, [a.arn])).toEqual([])
    expect(await accounts.role(account, user.arn)).toBeUndefined()
    expect(RECORDS_MAX_AGE_MS).toBe(30_000)
  })

  it('is asked for again when the clock of the isolate has gone back: how old it is is not known', async () => {
    const saml = 'arn:aws:iam::000000000000:saml-provider/gone'
    await oidc(account, [a.arn])
    await accounts.role(account, user.arn)
    await accounts.providers(account, { saml: [saml] })
    await accounts.rolePolicy(account, user.arn, 'p')
    await remote(account).deleteOidcProvider(a.arn)
    await remote(account).deleteRole('user')
    calls()
    now -= 3_600_000
    expect(await oidc(account, [a.arn])).toEqual([])
    expect(await accounts.role(account, user.arn)).toBeUndefined()
    await accounts.providers(account, { saml: [saml] })
    await accounts.rolePolicy(account, user.arn, 'p')
    expect(calls()).toEqual(['records', 'records', 'records', 'records'])
  })

  it('is asked for again after a second when a provider is missing', async () => {
    expect(await oidc(account, [a.arn, b.arn])).toEqual([a])
    await remote(account).createOidcProvider(b, 'op 2')
    calls()
    now += RECORDS_MIN_AGE_MS - 1
    expect(await oidc(account, [a.arn, b.arn])).toEqual([a])
    expect(calls()).toEqual([])
    now += 1
    expect(await oidc(account, [a.arn, b.arn])).toEqual([a, b])
    expect(calls()).toEqual(['records'])
    expect(RECORDS_MIN_AGE_MS).toBe(1_000)
  })

  it('is asked for again after a second when a role is missing', async () => {
    const late = role('late')
    expect(await accounts.role(account, late.arn)).toBeUndefined()
    await remote(account).createRole(late, 'op 2')
    calls()
    now += RECORDS_MIN_AGE_MS - 1
    expect(await accounts.role(account, late.arn)).toBeUndefined()
    expect(calls()).toEqual([])
    now += 1
    expect(await accounts.role(account, late.arn)).toEqual(late)
    expect(calls()).toEqual(['records'])
  })

  it('is asked for again at once after the isolate changed it', async () => {
    await oidc(account, [a.arn])
    await accounts.role(account, user.arn)
    await accounts.ask(account, (object) => object.deleteOidcProvider(a.arn))
    await accounts.ask(account, (object) => object.deleteRole('user'))
    accounts.forget(account)
    expect(await oidc(account, [a.arn])).toEqual([])
    expect(await accounts.role(account, user.arn)).toBeUndefined()
  })

  it('is of no use for another account', async () => {
    await oidc(account, [a.arn])
    expect(await oidc(newAccount(), [a.arn])).toEqual([])
  })

  it('is not needed for a pool that lists no provider', async () => {
    expect(await oidc(account, [])).toEqual([])
    expect(calls()).toEqual([])
  })

  it('holds providers in the order asked for', async () => {
    await remote(account).createOidcProvider(b, 'op 2')
    expect(await oidc(account, [b.arn, 'arn:other', a.arn])).toEqual([b, a])
  })
})

describe('a role', () => {
  it.each([
    ['under another path', 'arn:aws:iam::000000000000:role/app/user'],
    ['of another account', 'arn:aws:iam::111122223333:role/user'],
    ['in another partition', 'arn:aws-cn:iam::000000000000:role/user'],
    ['in another case', 'arn:aws:iam::000000000000:role/User'],
  ])('is not found by the ARN of one %s', async (_, arn) => {
    expect(await accounts.role(account, arn)).toBeUndefined()
  })
})

describe('what an isolate keeps in memory', () => {
  const long = (share: keyof typeof CACHE_BYTES) => 'x'.repeat(CACHE_BYTES[share] / 4)
  /** What is asked for, of `a`, `b`, `c`, `a`, `d` and then of all four. Of each kind, three have room. */
  async function asked(look: (accounts: Accounts, name: string) => Promise<unknown>) {
    const names: string[] = []
    const answer = async <T>(name: string, found: T) => {
      names.push(name)
      return found
    }
    const answerTo = (question: Question) => {
      switch (question.ask) {
        case 'oidcProviders':
          return [{ ...a, url: long('oidcProviders') }]
        case 'role':
          return answer(question.name, { arn: `arn/${question.name}`, trustPolicy: long('roles') })
        case 'rolePolicy':
          return answer(question.name, { roleArn: user.arn, document: long('rolePolicies') })
        case 'samlProvider':
          return answer(question.arn, { arn: question.arn, id: long('samlProviders') })
      }
    }
    const object = { records: (questions: Question[]) => Promise.all(questions.map(answerTo)) }
    const getByName = (name: string) => {
      if (name !== account) names.push(name)
      return object
    }
    const many = new Accounts({ getByName } as unknown as DurableObjectNamespace<Account>, { now: () => now } as World)
    for (const name of ['a', 'b', 'c', 'a', 'd']) await look(many, name)
    names.splice(0)
    for (const name of ['c', 'a', 'd', 'b']) await look(many, name)
    return names
  }

  it.each<[string, (accounts: Accounts, name: string) => Promise<unknown>]>([
    ['OpenID Connect providers of accounts', (many, name) => many.providers(name, { oidc: [a.arn] })],
    ['SAML providers', (many, name) => many.providers(account, { saml: [name] })],
    ['roles', (many, name) => many.role(account, `arn/${name}`)],
    ['inline policies', (many, name) => many.rolePolicy(account, user.arn, name)],
  ])('is so many bytes of %s; what was longest unused goes', async (_, look) => {
    expect(await asked(look)).toEqual(['b'])
  })

  it('is not what was read before a change and came after it', async () => {
    const answer = Promise.withResolvers<{ arn: string }>()
    const object = { records: async () => [await answer.promise], deleteRole: async () => 'done' }
    const getByName = () => object
    const many = new Accounts({ getByName } as unknown as DurableObjectNamespace<Account>, { now: () => now } as World)
    const early = many.role(account, 'arn/a')
    await many.remove(account, (one) => one.deleteRole('a'))
    answer.resolve({ arn: 'arn/a' })
    expect(await early).toEqual({ arn: 'arn/a' })
    Object.assign(object, { records: async () => [undefined] })
    expect(await many.role(account, 'arn/a')).toBeUndefined()
  })
})

describe('a call that the platform failed', () => {
  const reservation = () => accounts.ask(account, (object) => object.reservePool('us-east-1:a', 'us-east-1', 'shop'))

  it('is made once more on a fresh stub when that is allowed', async () => {
    edge.trouble({ after: platformError({ durableObjectReset: true }) })
    expect(await reservation()).toBe('reserved')
    expect(edge.stubs).toHaveLength(2)
    await remote(account).poolIsOpen('us-east-1:a', 'shop')
    expect((await remote(account).listPools('us-east-1', '', 10)).pools).toHaveLength(1)
  })

  it('leaves an overloaded account alone', async () => {
    edge.trouble({ before: platformError({ overloaded: true, retryable: true }) })
    await expect(async () => await reservation()).rejects.toBeInstanceOf(Overloaded)
    expect(calls()).toEqual(['reservePool'])
  })
})
