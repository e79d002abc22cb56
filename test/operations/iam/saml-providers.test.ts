import { beforeAll, describe, expect, it } from 'vitest'
import { ENTITY_ID, identityProvider } from '../../logins/saml/identity-provider.ts'
import { OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { resultOf } from '../support/callers.ts'

let metadata: string
let otherMetadata: string

beforeAll(async () => {
  metadata = (await identityProvider(Date.now())).metadata
  otherMetadata = (await identityProvider(Date.now())).metadata
})

const arnOf = (name: string, account = '000000000000') => `arn:aws:iam::${account}:saml-provider/${name}`
const tags = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)
const create = (Name: string, params: Record<string, string> = {}, options = {}) =>
  call('CreateSAMLProvider', { Name, SAMLMetadataDocument: metadata, ...params }, options)
const on = (name: string, params: Record<string, string> = {}) => ({ SAMLProviderArn: arnOf(name), ...params })

/** The result of a success, or `undefined` where the operation has none. */
function succeeded(answer: XmlAnswer, action: string) {
  expect(answer.status, answer.xml).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/xml')
  expect(answer.parsed[`${action}Response`].ResponseMetadata).toEqual({
    RequestId: answer.headers.get('x-amzn-RequestId'),
  })
  return resultOf(answer, action)
}
const described = async (name: string) => succeeded(await call('GetSAMLProvider', on(name)), 'GetSAMLProvider')
const tagsOf = async (name: string) =>
  succeeded(await call('ListSAMLProviderTags', on(name)), 'ListSAMLProviderTags').Tags

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/

describe('CreateSAMLProvider', () => {
  it('answers the ARN, and keeps the document and the tags', async () => {
    const answer = await create('kept', tags({ team: 'blue', stage: 'test' }))
    const Tags = {
      member: [
        { Key: 'team', Value: 'blue' },
        { Key: 'stage', Value: 'test' },
      ],
    }
    expect(succeeded(answer, 'CreateSAMLProvider')).toEqual({ SAMLProviderArn: arnOf('kept'), Tags })
    expect(await described('kept')).toEqual({
      SAMLProviderUUID: expect.stringMatching(/^SAMLP[A-Z2-7]{17}$/),
      SAMLMetadataDocument: metadata,
      CreateDate: expect.stringMatching(DATE),
      ValidUntil: expect.stringMatching(DATE),
      Tags,
    })
  })

  it('lasts a hundred years, unless its metadata says otherwise', async () => {
    succeeded(await create('lasting'), 'CreateSAMLProvider')
    const { CreateDate, ValidUntil } = await described('lasting')
    expect(ValidUntil).toBe(String(Number(CreateDate.slice(0, 4)) + 100) + CreateDate.slice(4))
    const dated = metadata.replace('<EntityDescriptor', '$& validUntil="2031-02-03T04:05:06Z"')
    succeeded(await create('dated', { SAMLMetadataDocument: dated }), 'CreateSAMLProvider')
    expect(await described('dated')).toMatchObject({ ValidUntil: '2031-02-03T04:05:06Z', SAMLMetadataDocument: dated })
  })

  it('takes one name once, whatever its metadata', async () => {
    succeeded(await create('once'), 'CreateSAMLProvider')
    expectXmlFault(
      await create('once', { SAMLMetadataDocument: otherMetadata }),
      409,
      'EntityAlreadyExists',
      'Provider with name once already exists.',
    )
    expect(await described('once')).toMatchObject({ SAMLMetadataDocument: metadata })
  })

  it.each([
    ['is no metadata', () => '<x>'.padEnd(1000, ' ').concat('</x>')],
    ['is no XML', () => 'x'.repeat(1000)],
    ['has a document type', () => `<!DOCTYPE EntityDescriptor>${metadata}`],
    ['has no certificate', () => metadata.replace(/<KeyDescriptor.*<\/KeyDescriptor>/, '').padEnd(1000)],
  ])('refuses a document that %s', async (_what, document) => {
    const answer = await create('unread', { SAMLMetadataDocument: document() })
    expectXmlFault(answer, 400, 'InvalidInput', 'Could not parse metadata.')
    expectXmlFault(
      await call('GetSAMLProvider', on('unread')),
      404,
      'NoSuchEntity',
      `Manifest not found for arn ${arnOf('unread')}`,
    )
  })

  it('refuses a document that is too short or too long without repeating it', async () => {
    expectXmlFault(
      await create('short', { SAMLMetadataDocument: 'x'.repeat(999) }),
      400,
      'ValidationError',
      "1 validation error detected: Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000",
    )
    expectXmlFault(
      await create('long', { SAMLMetadataDocument: 'x'.repeat(500_001) }),
      400,
      'ValidationError',
      "1 validation error detected: Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length less than or equal to 500000",
    )
  })

  it('keeps a document of the greatest length', async () => {
    const document = metadata + ' '.repeat(500_000 - metadata.length)
    succeeded(await create('longest', { SAMLMetadataDocument: document }), 'CreateSAMLProvider')
    const { xml } = await call('GetSAMLProvider', on('longest'))
    expect(xml).toContain(`&lt;/EntityDescriptor&gt;${' '.repeat(500_000 - metadata.length)}<`)
  })

  it('refuses a name that no ARN may have', async () => {
    expectXmlFault(
      await create('no/slash'),
      400,
      'ValidationError',
      "1 validation error detected: Value 'no/slash' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w._-]+",
    )
  })

  it.each([{ AssertionEncryptionMode: 'Required' }, { AssertionEncryptionMode: 'Allowed' }, { AddPrivateKey: 'x' }])(
    'refuses encryption: %o',
    async (params) => {
      const answer = await create('encrypted', params as Record<string, string>)
      expectXmlFault(answer, 400, 'InvalidInput', 'Encrypted assertions are not supported.')
    },
  )
})

describe('ListSAMLProviders', () => {
  it('lists the providers of the account in order of name, and none of another', async () => {
    const options = { signed: OTHER_ACCOUNT_KEY }
    const list = async () =>
      succeeded(await call('ListSAMLProviders', {}, options), 'ListSAMLProviders').SAMLProviderList
    expect(await list()).toBe('')
    for (const name of ['b', 'a']) succeeded(await create(name, {}, options), 'CreateSAMLProvider')
    const entry = (name: string) => ({
      Arn: arnOf(name, OTHER_ACCOUNT),
      ValidUntil: expect.stringMatching(DATE),
      CreateDate: expect.stringMatching(DATE),
    })
    expect(await list()).toEqual({ member: [entry('a'), entry('b')] })
  })
})

describe('UpdateSAMLProvider', () => {
  it('has no private key that it could take away', async () => {
    await create('keyless')
    const answer = await call('UpdateSAMLProvider', on('keyless', { RemovePrivateKey: 'A'.repeat(22) }))
    expectXmlFault(answer, 400, 'InvalidInput', 'Encrypted assertions are not supported.')
  })

  it('replaces the document and keeps everything else', async () => {
    succeeded(await create('updated', tags({ team: 'blue' })), 'CreateSAMLProvider')
    const before = await described('updated')
    const answer = await call('UpdateSAMLProvider', on('updated', { SAMLMetadataDocument: otherMetadata }))
    expect(succeeded(answer, 'UpdateSAMLProvider')).toEqual({ SAMLProviderArn: arnOf('updated') })
    expect(await described('updated')).toEqual({ ...before, SAMLMetadataDocument: otherMetadata })
  })

  it('changes nothing by a document that cannot be read', async () => {
    succeeded(await create('safe'), 'CreateSAMLProvider')
    const answer = await call('UpdateSAMLProvider', on('safe', { SAMLMetadataDocument: 'x'.repeat(1000) }))
    expectXmlFault(answer, 400, 'InvalidInput', 'Could not parse metadata.')
    expect(await described('safe')).toMatchObject({ SAMLMetadataDocument: metadata })
  })

  it('refuses to change nothing', async () => {
    succeeded(await create('unchanged'), 'CreateSAMLProvider')
    const answer = await call('UpdateSAMLProvider', on('unchanged'))
    expectXmlFault(answer, 400, 'InvalidInput', 'There is nothing to update.')
  })
})

describe('tags of a SAML provider', () => {
  it('are added, overwritten, taken away and listed', async () => {
    succeeded(await create('tagged'), 'CreateSAMLProvider')
    expect(await tagsOf('tagged')).toBe('')
    succeeded(await call('TagSAMLProvider', on('tagged', tags({ a: '1', b: '2' }))), 'TagSAMLProvider')
    succeeded(await call('TagSAMLProvider', on('tagged', tags({ a: '3' }))), 'TagSAMLProvider')
    const first = await call('ListSAMLProviderTags', on('tagged', { MaxItems: '1' }))
    expect(succeeded(first, 'ListSAMLProviderTags')).toEqual({
      Tags: { member: { Key: 'a', Value: '3' } },
      IsTruncated: 'true',
      Marker: expect.any(String),
    })
    expect(await tagsOf('tagged')).toEqual({
      member: [
        { Key: 'a', Value: '3' },
        { Key: 'b', Value: '2' },
      ],
    })
    succeeded(await call('UntagSAMLProvider', on('tagged', { 'TagKeys.member.1': 'a' })), 'UntagSAMLProvider')
    expect(await tagsOf('tagged')).toEqual({ member: { Key: 'b', Value: '2' } })
  })

  it('are fifty at most', async () => {
    succeeded(await create('full'), 'CreateSAMLProvider')
    const fifty = tags(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, ''])))
    succeeded(await call('TagSAMLProvider', on('full', fifty)), 'TagSAMLProvider')
    expectXmlFault(
      await call('TagSAMLProvider', on('full', tags({ more: '' }))),
      409,
      'LimitExceeded',
      'Cannot exceed quota for TagsPerResource: 50',
    )
  })
})

describe('DeleteSAMLProvider', () => {
  it('deletes, and a later provider of that name is another', async () => {
    succeeded(await create('deleted'), 'CreateSAMLProvider')
    const { SAMLProviderUUID } = await described('deleted')
    succeeded(await call('DeleteSAMLProvider', on('deleted')), 'DeleteSAMLProvider')
    succeeded(await create('deleted', { SAMLMetadataDocument: otherMetadata }), 'CreateSAMLProvider')
    const after = await described('deleted')
    expect(after.SAMLMetadataDocument).toBe(otherMetadata)
    expect(after.SAMLProviderUUID).not.toBe(SAMLProviderUUID)
  })
})

describe('an operation on a SAML provider', () => {
  const OPERATIONS: [string, () => Record<string, string>][] = [
    ['GetSAMLProvider', () => ({})],
    ['UpdateSAMLProvider', () => ({ SAMLMetadataDocument: metadata })],
    ['DeleteSAMLProvider', () => ({})],
    ['TagSAMLProvider', () => tags({ a: '1' })],
    ['UntagSAMLProvider', () => ({ 'TagKeys.member.1': 'a' })],
    ['ListSAMLProviderTags', () => ({})],
  ]

  it.each(OPERATIONS)('that is not there is refused: %s', async (operation, params) => {
    for (const arn of [arnOf('nobody'), arnOf('kept', OTHER_ACCOUNT)])
      expectXmlFault(
        await call(operation, { SAMLProviderArn: arn, ...params() }),
        404,
        'NoSuchEntity',
        `Manifest not found for arn ${arn}`,
      )
  })

  it.each(OPERATIONS)('is refused for the ARN of something else: %s', async (operation, params) => {
    const arn = `arn:aws:iam::000000000000:oidc-provider/${new URL(ENTITY_ID).host}`
    expectXmlFault(
      await call(operation, { SAMLProviderArn: arn, ...params() }),
      400,
      'InvalidInput',
      `${arn} is not the ARN of a SAML provider.`,
    )
  })
})

describe('an account', () => {
  it('has a hundred SAML providers at most', async () => {
    const listed = succeeded(await call('ListSAMLProviders'), 'ListSAMLProviders').SAMLProviderList.member
    for (let n = listed.length; n < 100; n++) succeeded(await create(`filler-${n}`), 'CreateSAMLProvider')
    expectXmlFault(
      await create('one-more'),
      409,
      'LimitExceeded',
      'Cannot exceed quota for SAMLProvidersPerAccount: 100',
    )
  })
})
