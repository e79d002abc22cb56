import { describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { resultOf } from '../support/callers.ts'

const THUMBPRINT = '990f4193972f2becf12ddeda5237f9c952f20d9e'
const arnOf = (issuer: string, account = '000000000000') => `arn:aws:iam::${account}:oidc-provider/${issuer}`
const members = (name: string, values: readonly string[]) =>
  Object.fromEntries(values.map((value, index) => [`${name}.member.${index + 1}`, value]))
const tags = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)
const create = (issuer: string, params: Record<string, string> = {}, options = {}) =>
  call('CreateOpenIDConnectProvider', { Url: `https://${issuer}`, ...params }, options)
const on = (issuer: string, params: Record<string, string> = {}) => ({
  OpenIDConnectProviderArn: arnOf(issuer),
  ...params,
})
const get = (issuer: string) => call('GetOpenIDConnectProvider', on(issuer))

/** The result of a success, or `undefined` where the operation has none. */
function succeeded(answer: XmlAnswer, action: string) {
  expect(answer.status, answer.xml).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/xml')
  expect(answer.parsed[`${action}Response`].ResponseMetadata).toEqual({
    RequestId: answer.headers.get('x-amzn-RequestId'),
  })
  return resultOf(answer, action)
}
const described = async (issuer: string) => succeeded(await get(issuer), 'GetOpenIDConnectProvider')
const clientsOf = async (issuer: string) => [(await described(issuer)).ClientIDList.member ?? []].flat()

describe('CreateOpenIDConnectProvider', () => {
  it('answers the ARN, and keeps what it was given', async () => {
    const answer = await create('idp.example.com/tenant-1', {
      ...members('ClientIDList', ['client-1', 'client-2', 'client-1']),
      ...members('ThumbprintList', [THUMBPRINT]),
      ...tags({ team: 'blue', stage: 'test' }),
    })
    const Tags = {
      member: [
        { Key: 'team', Value: 'blue' },
        { Key: 'stage', Value: 'test' },
      ],
    }
    expect(succeeded(answer, 'CreateOpenIDConnectProvider')).toEqual({
      OpenIDConnectProviderArn: arnOf('idp.example.com/tenant-1'),
      Tags,
    })
    expect(await described('idp.example.com/tenant-1')).toEqual({
      Url: 'idp.example.com/tenant-1',
      ClientIDList: { member: ['client-1', 'client-2'] },
      ThumbprintList: { member: THUMBPRINT },
      CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      Tags,
    })
  })

  it('needs nothing but a URL', async () => {
    const answer = await create('bare.example.com')
    expect(succeeded(answer, 'CreateOpenIDConnectProvider')).toEqual({
      OpenIDConnectProviderArn: arnOf('bare.example.com'),
    })
    expect(await described('bare.example.com')).toMatchObject({ Url: 'bare.example.com', ClientIDList: '' })
  })

  it('takes http on a loopback host in local mode', async () => {
    const answer = await call('CreateOpenIDConnectProvider', { Url: 'http://localhost:9000/oidc' })
    expect(succeeded(answer, 'CreateOpenIDConnectProvider')).toEqual({
      OpenIDConnectProviderArn: arnOf('localhost:9000/oidc'),
    })
  })

  it('refuses an issuer that is registered already, and leaves it as it was', async () => {
    await create('twice.example.com', members('ClientIDList', ['client-1']))
    const again = await create('twice.example.com', members('ClientIDList', ['client-2']))
    expectXmlFault(again, 409, 'EntityAlreadyExists', 'Provider with url https://twice.example.com already exists.')
    expect(await clientsOf('twice.example.com')).toEqual(['client-1'])
  })

  it('keeps the providers of accounts apart', async () => {
    await create('shared.example.com')
    const answer = await create('shared.example.com', {}, { signed: OTHER_ACCOUNT_KEY })
    expect(succeeded(answer, 'CreateOpenIDConnectProvider')).toEqual({
      OpenIDConnectProviderArn: arnOf('shared.example.com', OTHER_ACCOUNT),
    })
  })

  it.each([
    ['http://idp.example.com'],
    ['idp.example.com'],
    ['ftp://idp.example.com'],
    ['https://user:password@idp.example.com'],
    ['https://idp.example.com?a=b'],
    ['https://idp.example.com#top'],
    ['https://idp.example.com /x'],
    ['https://'],
    ['javascript:alert(1)'],
  ])('refuses the URL %s', async (Url) => {
    const answer = await call('CreateOpenIDConnectProvider', { Url })
    expectXmlFault(answer, 400, 'ValidationError', 'Invalid Open ID Connect Provider URL')
  })

  const over = Array.from({ length: 101 }, (_, n) => `client-${n}`)
  it.each([
    [
      'no URL',
      { Url: '' },
      'ValidationError',
      400,
      "1 validation error detected: Value '' at 'url' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a URL of 256 characters',
      { Url: `https://${'x'.repeat(248)}` },
      'ValidationError',
      400,
      `1 validation error detected: Value 'https://${'x'.repeat(248)}' at 'url' failed to satisfy constraint: Member must have length less than or equal to 255`,
    ],
    [
      'a thumbprint of another length',
      members('ThumbprintList', ['abc']),
      'ValidationError',
      400,
      "1 validation error detected: Value '[abc]' at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]",
    ],
    [
      'six thumbprints',
      members('ThumbprintList', Array(6).fill(THUMBPRINT)),
      'InvalidInput',
      400,
      'Thumbprint list must contain fewer than 5 entries.',
    ],
    [
      '101 clients',
      members('ClientIDList', over),
      'LimitExceeded',
      409,
      'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100',
    ],
  ])('refuses %s', async (_what, params, code, status, message) => {
    const before = (await call('ListOpenIDConnectProviders')).parsed.ListOpenIDConnectProvidersResponse
    expectXmlFault(await create('refused.example.com', params), status, code, message)
    const after = (await call('ListOpenIDConnectProviders')).parsed.ListOpenIDConnectProvidersResponse
    expect(after.ListOpenIDConnectProvidersResult).toEqual(before.ListOpenIDConnectProvidersResult)
  })

  it('stops at a hundred providers of an account', async () => {
    const listed = async () => {
      const answer = await call('ListOpenIDConnectProviders', {}, { signed: OTHER_ACCOUNT_KEY })
      return [resultOf(answer, 'ListOpenIDConnectProviders').OpenIDConnectProviderList.member ?? []].flat()
    }
    for (let n = (await listed()).length; n < 100; n++)
      succeeded(await create(`many-${n}.example.com`, {}, { signed: OTHER_ACCOUNT_KEY }), 'CreateOpenIDConnectProvider')
    const answer = await create('one-more.example.com', {}, { signed: OTHER_ACCOUNT_KEY })
    expectXmlFault(answer, 409, 'LimitExceeded', 'Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100')
    expect(await listed()).toHaveLength(100)
  })
})

describe('ListOpenIDConnectProviders', () => {
  it('answers the ARNs of the account alone', async () => {
    await create('listed.example.com')
    const { OpenIDConnectProviderList } = succeeded(
      await call('ListOpenIDConnectProviders'),
      'ListOpenIDConnectProviders',
    )
    const arns = OpenIDConnectProviderList.member.map(({ Arn }: { Arn: string }) => Arn)
    expect(arns).toContain(arnOf('listed.example.com'))
    expect(arns.every((arn: string) => arn.startsWith('arn:aws:iam::000000000000:'))).toBe(true)
  })
})

describe('AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider', () => {
  it('answer nothing, and may be repeated', async () => {
    await create('clients.example.com', members('ClientIDList', ['client-1']))
    for (const _ of ['once', 'again']) {
      const added = await call(
        'AddClientIDToOpenIDConnectProvider',
        on('clients.example.com', { ClientID: 'client-2' }),
      )
      expect(succeeded(added, 'AddClientIDToOpenIDConnectProvider')).toBeUndefined()
      expect(await clientsOf('clients.example.com')).toEqual(['client-1', 'client-2'])
    }
    for (const _ of ['once', 'again']) {
      const removed = await call(
        'RemoveClientIDFromOpenIDConnectProvider',
        on('clients.example.com', { ClientID: 'client-1' }),
      )
      expect(succeeded(removed, 'RemoveClientIDFromOpenIDConnectProvider')).toBeUndefined()
      expect(await clientsOf('clients.example.com')).toEqual(['client-2'])
    }
  })

  it('stop at a hundred clients', async () => {
    await create(
      'hundred.example.com',
      members(
        'ClientIDList',
        Array.from({ length: 100 }, (_, n) => `c${n}`),
      ),
    )
    const answer = await call('AddClientIDToOpenIDConnectProvider', on('hundred.example.com', { ClientID: 'more' }))
    expectXmlFault(answer, 409, 'LimitExceeded', 'Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100')
    expect(await clientsOf('hundred.example.com')).toHaveLength(100)
  })
})

describe('UpdateOpenIDConnectProviderThumbprint', () => {
  it('replaces all thumbprints', async () => {
    await create('thumbs.example.com', members('ThumbprintList', [THUMBPRINT]))
    const other = THUMBPRINT.replaceAll('9', '0')
    const answer = await call('UpdateOpenIDConnectProviderThumbprint', {
      ...on('thumbs.example.com'),
      ...members('ThumbprintList', [other]),
    })
    expect(succeeded(answer, 'UpdateOpenIDConnectProviderThumbprint')).toBeUndefined()
    expect((await described('thumbs.example.com')).ThumbprintList).toEqual({ member: other })
    const six = { ...on('thumbs.example.com'), ...members('ThumbprintList', Array(6).fill(THUMBPRINT)) }
    const refused = await call('UpdateOpenIDConnectProviderThumbprint', six)
    expectXmlFault(refused, 400, 'InvalidInput', 'Thumbprint list must contain fewer than 5 entries.')
    expect((await described('thumbs.example.com')).ThumbprintList).toEqual({ member: other })
  })
})

describe('Tags of a provider', () => {
  const listed = async (issuer: string) =>
    succeeded(await call('ListOpenIDConnectProviderTags', on(issuer)), 'ListOpenIDConnectProviderTags')

  it('are added, overwritten, listed and taken off', async () => {
    await create('tagged.example.com', tags({ team: 'blue' }))
    const tagged = await call('TagOpenIDConnectProvider', {
      ...on('tagged.example.com'),
      ...tags({ team: 'red', stage: 'test' }),
    })
    expect(succeeded(tagged, 'TagOpenIDConnectProvider')).toBeUndefined()
    const both = [
      { Key: 'stage', Value: 'test' },
      { Key: 'team', Value: 'red' },
    ]
    expect(await listed('tagged.example.com')).toEqual({ Tags: { member: both }, IsTruncated: 'false' })
    const keys = { ...on('tagged.example.com'), ...members('TagKeys', ['team', 'none']) }
    expect(succeeded(await call('UntagOpenIDConnectProvider', keys), 'UntagOpenIDConnectProvider')).toBeUndefined()
    expect(await listed('tagged.example.com')).toEqual({ Tags: { member: both[0] }, IsTruncated: 'false' })
  })

  it('come in pages, sorted by key', async () => {
    await create('paged.example.com', tags({ c: '3', a: '1', b: '2' }))
    const params = on('paged.example.com', { MaxItems: '2' })
    const page = async (more: Record<string, string> = {}) =>
      succeeded(await call('ListOpenIDConnectProviderTags', { ...params, ...more }), 'ListOpenIDConnectProviderTags')
    const first = await page()
    const [a, b, c] = ['a', 'b', 'c'].map((Key, index) => ({ Key, Value: String(index + 1) }))
    expect(first).toEqual({ Tags: { member: [a, b] }, IsTruncated: 'true', Marker: expect.any(String) })
    expect(await page({ Marker: first.Marker })).toEqual({ Tags: { member: c }, IsTruncated: 'false' })
    await create('unpaged.example.com')
    const other = on('unpaged.example.com', { Marker: first.Marker })
    expectXmlFault(await call('ListOpenIDConnectProviderTags', other), 400, 'ValidationError', 'Invalid Marker')
  })

  it('have each key once in a request; its case tells keys apart', async () => {
    const both = { ...tags({ team: 'a', Team: 'b' }) }
    succeeded(await create('cases.example.com', both), 'CreateOpenIDConnectProvider')
    expect((await listed('cases.example.com')).Tags.member).toHaveLength(2)
    const twice = { ...both, 'Tags.member.2.Key': 'team' }
    for (const answer of [
      await create('twice-tagged.example.com', twice),
      await call('TagOpenIDConnectProvider', on('cases.example.com', twice)),
    ])
      expectXmlFault(answer, 400, 'InvalidInput', 'Duplicate tag keys found.')
  })

  it('are at most fifty', async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`t${n}`, 'v']))
    await create('fifty.example.com', tags(many))
    const answer = await call('TagOpenIDConnectProvider', { ...on('fifty.example.com'), ...tags({ more: 'v' }) })
    expectXmlFault(answer, 409, 'LimitExceeded', 'Cannot exceed quota for TagsPerResource: 50')
    expect((await listed('fifty.example.com')).Tags.member).toHaveLength(50)
  })
})

describe('DeleteOpenIDConnectProvider', () => {
  it('answers nothing, also for a provider that is gone', async () => {
    await create('gone.example.com')
    for (const _ of ['once', 'again']) {
      const answer = await call('DeleteOpenIDConnectProvider', on('gone.example.com'))
      expect(succeeded(answer, 'DeleteOpenIDConnectProvider')).toBeUndefined()
    }
    const message = `OpenIDConnect Provider not found for arn ${arnOf('gone.example.com')}`
    expectXmlFault(await get('gone.example.com'), 404, 'NoSuchEntity', message)
  })
})

describe.each<[string, Record<string, string>]>([
  ['GetOpenIDConnectProvider', {}],
  ['AddClientIDToOpenIDConnectProvider', { ClientID: 'c' }],
  ['RemoveClientIDFromOpenIDConnectProvider', { ClientID: 'c' }],
  ['UpdateOpenIDConnectProviderThumbprint', members('ThumbprintList', [THUMBPRINT])],
  ['TagOpenIDConnectProvider', tags({ a: 'b' })],
  ['UntagOpenIDConnectProvider', members('TagKeys', ['a'])],
  ['ListOpenIDConnectProviderTags', {}],
])('%s', (action, params) => {
  it.each([
    ['a provider that there is not', arnOf('none.example.com')],
    ["another account's provider", arnOf('idp.example.com/tenant-1', OTHER_ACCOUNT)],
    ['a provider by the name in capitals', arnOf('IDP.example.com/tenant-1')],
  ])('does not find %s', async (_what, arn) => {
    const answer = await call(action, { ...params, OpenIDConnectProviderArn: arn })
    expectXmlFault(answer, 404, 'NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`)
  })

  it('refuses an ARN of something else', async () => {
    const arn = 'arn:aws:iam::000000000000:saml-provider/corp'
    const answer = await call(action, { ...params, OpenIDConnectProviderArn: arn })
    expectXmlFault(answer, 400, 'InvalidInput', `${arn} is not the ARN of an OpenID Connect provider.`)
  })

  it('needs a signature', async () => {
    const answer = await call(action, { ...params, ...on('idp.example.com/tenant-1') }, { signed: false })
    expectXmlFault(answer, 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })
})
