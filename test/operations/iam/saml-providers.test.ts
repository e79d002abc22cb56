import { beforeAll, describe, expect, it } from 'vitest'
import { identityProvider } from '../../logins/saml/identity-provider.ts'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { resultOf } from '../support/callers.ts'

const arnOf = (name: string, account = '000000000000') => `arn:aws:iam::${account}:saml-provider/${name}`
const tags = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )

/** Metadata of two identity providers. */
let metadata: string
let otherMetadata: string
beforeAll(async () => {
  const made = await Promise.all([identityProvider(Date.now()), identityProvider(Date.now())])
  ;[metadata, otherMetadata] = made.map((idp) => idp.metadata) as [string, string]
})

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)
const create = (Name: string, params: Record<string, string> = {}, options = {}) =>
  call('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadata, ...params }, options)
const on = (name: string) => ({ SAMLProviderArn: arnOf(name) })

function succeeded(answer: XmlAnswer, action: string) {
  expect(answer.status, answer.xml).toBe(200)
  return resultOf(answer, action)
}
const described = async (name: string) => succeeded(await call('GetSAMLProvider', on(name)), 'GetSAMLProvider')
const gone = (arn: string) => [404, 'NoSuchEntity', `Manifest not found for arn ${arn}`] as const
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

describe('CreateSAMLProvider', () => {
  it('answers the ARN, and keeps the metadata letter by letter', async () => {
    const Tags = { member: { Key: 'team', Value: 'blue' } }
    const answer = await create('corp._-1', tags({ team: 'blue' }))
    expect(succeeded(answer, 'CreateSAMLProvider')).toEqual({ SAMLProviderArn: arnOf('corp._-1'), Tags })
    const provider = await described('corp._-1')
    expect(provider).toEqual({
      SAMLProviderUUID: expect.stringMatching(/^SAMLP\w+$/),
      SAMLMetadataDocument: expect.any(String),
      CreateDate: expect.stringMatching(DATE),
      ValidUntil: expect.stringMatching(DATE),
      Tags,
    })
    expect(provider.SAMLMetadataDocument).toBe(metadata)
  })

  it('refuses a name that is taken, and leaves that provider as it was', async () => {
    await create('taken')
    const before = await described('taken')
    const again = await create('taken', { SAMLMetadataDocument: otherMetadata })
    expectXmlFault(again, 409, 'EntityAlreadyExists', 'Provider with name taken already exists.')
    expect(await described('taken')).toEqual(before)
  })

  it('keeps the providers of accounts apart', async () => {
    await create('shared')
    const answer = await create('shared', {}, { signed: OTHER_ACCOUNT_KEY })
    expect(succeeded(answer, 'CreateSAMLProvider')).toEqual({ SAMLProviderArn: arnOf('shared', OTHER_ACCOUNT) })
  })

  it.each([
    [
      'metadata that is no XML',
      { SAMLMetadataDocument: 'x'.repeat(1000) },
      'InvalidInput',
      'Could not parse metadata.',
    ],
    [
      'metadata of nobody',
      { SAMLMetadataDocument: `<a>${' '.repeat(1000)}</a>` },
      'InvalidInput',
      'Could not parse metadata.',
    ],
    ['encryption', { AssertionEncryptionMode: 'Required' }, 'InvalidInput', 'Encrypted assertions are not supported.'],
    ['a decryption key', { AddPrivateKey: 'secret' }, 'InvalidInput', 'Encrypted assertions are not supported.'],
    [
      'a name with a slash',
      { Name: 'a/b' },
      'ValidationError',
      "1 validation error detected: Value 'a/b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w._-]+",
    ],
    [
      'metadata that is too short',
      { SAMLMetadataDocument: 'x' },
      'ValidationError',
      "1 validation error detected: Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000",
    ],
  ])('refuses %s', async (_what, params, code, message) => {
    expectXmlFault(await create('refused', params), 400, code, message)
    expectXmlFault(await call('GetSAMLProvider', on('refused')), ...gone(arnOf('refused')))
  })
})

describe('UpdateSAMLProvider', () => {
  it('replaces the metadata and nothing else', async () => {
    await create('updated', tags({ team: 'blue' }))
    const before = await described('updated')
    const answer = await call('UpdateSAMLProvider', { ...on('updated'), SAMLMetadataDocument: otherMetadata })
    expect(succeeded(answer, 'UpdateSAMLProvider')).toEqual({ SAMLProviderArn: arnOf('updated') })
    expect(await described('updated')).toEqual({ ...before, SAMLMetadataDocument: otherMetadata })
  })

  it.each([
    ['nothing to update', {}, 'There is nothing to update.'],
    ['metadata that is no XML', { SAMLMetadataDocument: 'x'.repeat(1000) }, 'Could not parse metadata.'],
  ])('refuses %s, and changes nothing', async (what, params, message) => {
    const name = what.replaceAll(' ', '-')
    await create(name)
    const before = await described(name)
    expectXmlFault(await call('UpdateSAMLProvider', { ...on(name), ...params }), 400, 'InvalidInput', message)
    expect(await described(name)).toEqual(before)
  })
})

describe('ListSAMLProviders', () => {
  it('answers the providers of the account alone', async () => {
    await create('listed')
    const { SAMLProviderList } = succeeded(await call('ListSAMLProviders'), 'ListSAMLProviders')
    const listed: { Arn: string }[] = [SAMLProviderList.member].flat()
    const dates = { ValidUntil: expect.stringMatching(DATE), CreateDate: expect.stringMatching(DATE) }
    expect(listed).toContainEqual({ Arn: arnOf('listed'), ...dates })
    expect(listed.every(({ Arn }) => Arn.startsWith('arn:aws:iam::000000000000:'))).toBe(true)
  })
})

describe('Tags of a SAML provider', () => {
  it('are added, overwritten, listed and taken off', async () => {
    await create('tagged', tags({ team: 'blue' }))
    const listed = async () => succeeded(await call('ListSAMLProviderTags', on('tagged')), 'ListSAMLProviderTags')
    const tagged = await call('TagSAMLProvider', { ...on('tagged'), ...tags({ team: 'red', stage: 'test' }) })
    expect(succeeded(tagged, 'TagSAMLProvider')).toBeUndefined()
    const both = [
      { Key: 'team', Value: 'red' },
      { Key: 'stage', Value: 'test' },
    ]
    expect(await listed()).toEqual({ Tags: { member: both }, IsTruncated: 'false' })
    const untagged = await call('UntagSAMLProvider', { ...on('tagged'), 'TagKeys.member.1': 'stage' })
    expect(succeeded(untagged, 'UntagSAMLProvider')).toBeUndefined()
    expect(await listed()).toEqual({ Tags: { member: both[0] }, IsTruncated: 'false' })
  })
})

describe('DeleteSAMLProvider', () => {
  it('answers nothing, and the provider is gone', async () => {
    await create('deleted')
    expect(succeeded(await call('DeleteSAMLProvider', on('deleted')), 'DeleteSAMLProvider')).toBeUndefined()
    for (const action of ['GetSAMLProvider', 'DeleteSAMLProvider'])
      expectXmlFault(await call(action, on('deleted')), ...gone(arnOf('deleted')))
  })
})

describe.each<[string, () => Record<string, string>]>([
  ['GetSAMLProvider', () => ({})],
  ['UpdateSAMLProvider', () => ({ SAMLMetadataDocument: metadata })],
  ['DeleteSAMLProvider', () => ({})],
  ['TagSAMLProvider', () => tags({ a: 'b' })],
  ['UntagSAMLProvider', () => ({ 'TagKeys.member.1': 'a' })],
  ['ListSAMLProviderTags', () => ({})],
])('%s', (action, params) => {
  it.each([
    ['a provider that there is not', arnOf('none')],
    ["another account's provider", arnOf('shared', OTHER_ACCOUNT)],
    ['a provider by the name in capitals', arnOf('SHARED')],
  ])('does not find %s', async (_what, arn) => {
    expectXmlFault(await call(action, { ...params(), SAMLProviderArn: arn }), ...gone(arn))
  })

  it('refuses an ARN of something else, and a call without a signature', async () => {
    const arn = 'arn:aws:iam::000000000000:oidc-provider/idp.example.com'
    const answer = await call(action, { ...params(), SAMLProviderArn: arn })
    expectXmlFault(answer, 400, 'InvalidInput', `${arn} is not the ARN of a SAML provider.`)
    const unsigned = await call(action, { ...params(), ...on('shared') }, { signed: false })
    expectXmlFault(unsigned, 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })
})
