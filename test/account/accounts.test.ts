import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Accounts, type SamlProviderRecord } from '../../src/account/index.ts'

const arnOf = (account: string, name: string) => `arn:aws:iam::${account}:saml-provider/${name}`

function providerOf(account: string, name: string, entityId = 'https://idp.example.com'): SamlProviderRecord {
  const metadata = { entityId, certificates: ['AAAA'], validUntil: 2_000_000_000_000 }
  return { arn: arnOf(account, name), id: 'SAMLP1', metadata, tags: [['a', 'b']], createdAt: 1 }
}

let accounts = 0

/** An account of its own, and isolates that know it and share a clock. */
function bed() {
  const account = String(++accounts).padStart(12, '0')
  const clock = { now: 1_900_000_000_000 }
  const world = { now: () => clock.now } as never
  const isolate = () => new Accounts(env.ACCOUNT, world)
  const register = (name: string, entityId?: string) =>
    isolate().ask(account, (object) => object.createSamlProvider(providerOf(account, name, entityId), '<x/>', name))
  return { account, clock, isolate, register, arn: (name: string) => arnOf(account, name) }
}

async function samlOf(isolate: Accounts, account: string, arns: readonly string[]) {
  return (await isolate.providers(account, { saml: arns })).saml
}

describe('the SAML providers that an isolate knows', () => {
  it('are those that were asked for, as they were registered, without their documents', async () => {
    const { account, arn, isolate, register } = bed()
    await register('one')
    await register('two')
    expect(await samlOf(isolate(), account, [arn('two'), arn('none')])).toEqual([providerOf(account, 'two')])
    expect(await samlOf(isolate(), account, [])).toEqual([])
  })

  it('are asked for again after 30 seconds, and at once after a change of its own', async () => {
    const { account, arn, clock, isolate, register } = bed()
    await register('one')
    const [reader, writer] = [isolate(), isolate()]
    const entityOf = async (one: Accounts) => (await samlOf(one, account, [arn('one')]))[0]?.metadata.entityId
    expect([await entityOf(reader), await entityOf(writer)]).toEqual([
      'https://idp.example.com',
      'https://idp.example.com',
    ])

    const changed = { ...providerOf(account, 'one').metadata, entityId: 'https://new.example.com' }
    await writer.ask(account, (object) => object.replaceSamlMetadata(arn('one'), changed, '<y/>'))
    writer.forget(account)
    expect([await entityOf(reader), await entityOf(writer)]).toEqual([
      'https://idp.example.com',
      'https://new.example.com',
    ])
    clock.now += 29_999
    expect(await entityOf(reader)).toBe('https://idp.example.com')
    clock.now += 1
    expect(await entityOf(reader)).toBe('https://new.example.com')
  })

  it('are looked for again after a second if they were not there', async () => {
    const { account, arn, clock, isolate, register } = bed()
    const reader = isolate()
    expect(await samlOf(reader, account, [arn('late')])).toEqual([])
    await register('late')
    clock.now += 999
    expect(await samlOf(reader, account, [arn('late')])).toEqual([])
    clock.now += 1
    expect(await samlOf(reader, account, [arn('late')])).toEqual([providerOf(account, 'late')])
  })

  it('are all found, even more than it keeps in memory', async () => {
    const { account, arn, isolate, register } = bed()
    await register('first')
    await register('last')
    const names = ['first', ...Array.from({ length: 300 }, (_, n) => `none-${n}`), 'last']
    const reader = isolate()
    for (let again = 0; again < 2; again++)
      expect((await samlOf(reader, account, names.map(arn))).map((one) => one.arn).sort()).toEqual(
        [arn('first'), arn('last')].sort(),
      )
  })

  it('of an account that was never used are none, and asking stores nothing', async () => {
    const { account, arn, isolate } = bed()
    expect(await samlOf(isolate(), account, [arn('one')])).toEqual([])
    expect(await isolate().ask(account, (object) => object.samlProviders())).toEqual([])
    expect(await isolate().ask(account, (object) => object.samlMetadataDocument(arn('one')))).toBeUndefined()
  })
})

describe('the SAML providers of an account', () => {
  it('are created once, and a repeated call is told so again', async () => {
    const { account, isolate } = bed()
    const create = (operation: string) =>
      isolate().ask(account, (object) => object.createSamlProvider(providerOf(account, 'one'), '<x/>', operation))
    expect([await create('call-1'), await create('call-1'), await create('call-2')]).toEqual([
      'created',
      'created',
      'exists',
    ])
  })
})
