import { describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { createPool, type ListedPools, succeeded } from '../support/pools.ts'

const POOL_ID = /^us-east-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const MINIMAL = { IdentityPoolName: 'my pool', AllowUnauthenticatedIdentities: false }

const FULL = {
  IdentityPoolName: 'All of it+=,.@-_ 1',
  AllowUnauthenticatedIdentities: true,
  AllowClassicFlow: true,
  SupportedLoginProviders: {
    'graph.facebook.com': '7346241598935555',
    'accounts.google.com': '1234.apps.googleusercontent.com',
    'api.twitter.com': 'consumerKey;consumerSecret',
    'www.amazon.com': 'amzn1.application.188a56d827a7d6555a8b67a5d',
    'www.digits.com': 'key;secret',
    'appleid.apple.com': 'com.example.app',
  },
  DeveloperProviderName: 'login.example.app',
  OpenIdConnectProviderARNs: ['arn:aws:iam::123456789012:oidc-provider/idp.example.com/tenant'],
  CognitoIdentityProviders: [
    {
      ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Zr231apJu',
      ClientId: '7lhlkkfbfb4q5kpp90urffao',
      ServerSideTokenCheck: false,
    },
    { ProviderName: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other', ClientId: 'client2' },
  ],
  SamlProviderARNs: ['arn:aws:iam::000000000000:saml-provider/corp'],
  IdentityPoolTags: { team: 'identity', 'cost:centre/é': '', 'a b_.:/=+-@': 'value' },
}

const create = (input: object) => call('CreateIdentityPool', input)

describe('CreateIdentityPool', () => {
  it('answers the id and what was supplied, and nothing else', async () => {
    const answer = await create(MINIMAL)
    expect(succeeded(answer)).toEqual({ IdentityPoolId: expect.stringMatching(POOL_ID), ...MINIMAL })
  })

  it('answers every member as it was supplied; user pools, clients and OIDC providers need not exist', async () => {
    const answer = await create(FULL)
    expect(succeeded(answer)).toEqual({ IdentityPoolId: expect.stringMatching(POOL_ID), ...FULL })
  })

  it('keeps empty lists and maps, which were supplied', async () => {
    const empty = {
      SupportedLoginProviders: {},
      OpenIdConnectProviderARNs: [],
      CognitoIdentityProviders: [],
      SamlProviderARNs: [],
      IdentityPoolTags: {},
    }
    expect(succeeded(await create({ ...MINIMAL, ...empty }))).toEqual({
      IdentityPoolId: expect.stringMatching(POOL_ID),
      ...MINIMAL,
      ...empty,
    })
  })

  it('takes no word on guests for no', async () => {
    expect(succeeded(await create({ IdentityPoolName: 'quiet' }))).toMatchObject({
      AllowUnauthenticatedIdentities: false,
    })
  })

  it.each([[true], [false]])('tells AllowClassicFlow %s from one that was never set', async (AllowClassicFlow) => {
    expect(succeeded(await create({ ...MINIMAL, AllowClassicFlow }))).toMatchObject({ AllowClassicFlow })
    expect(succeeded(await create(MINIMAL))).not.toHaveProperty('AllowClassicFlow')
  })

  it('ignores members it does not know, and takes null for absent', async () => {
    const answer = await create({ ...MINIMAL, Unknown: { a: 1 }, AllowClassicFlow: null, SamlProviderARNs: null })
    expect(succeeded(answer)).toEqual({ IdentityPoolId: expect.stringMatching(POOL_ID), ...MINIMAL })
  })

  it('makes another pool of the same name', async () => {
    const [first, second] = [await createPool(MINIMAL), await createPool(MINIMAL)]
    expect(first).not.toBe(second)
  })

  it('puts the pool into the region that the call was signed for', async () => {
    expect(await createPool({}, { region: 'eu-west-1' })).toMatch(/^eu-west-1:/)
    expect(await createPool({}, { region: 'local' })).toMatch(/^local:/)
  })

  const invalid = (finding: string) => `1 validation error detected: ${finding}`
  it.each([
    [
      'no name',
      { IdentityPoolName: undefined },
      'ValidationException',
      invalid("Value null at 'identityPoolName' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'a name with characters that names may not have',
      { IdentityPoolName: 'a/b' },
      'ValidationException',
      invalid(
        "Value 'a/b' at 'identityPoolName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+",
      ),
    ],
    [
      'a name that is too long',
      { IdentityPoolName: 'x'.repeat(129) },
      'ValidationException',
      invalid(
        `Value '${'x'.repeat(129)}' at 'identityPoolName' failed to satisfy constraint: Member must have length less than or equal to 128`,
      ),
    ],
    [
      'a number for a name',
      { IdentityPoolName: 1 },
      'SerializationException',
      'NUMBER_VALUE can not be converted to a String',
    ],
    [
      'an empty developer provider name',
      { DeveloperProviderName: '' },
      'ValidationException',
      "2 validation errors detected: Value '' at 'developerProviderName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'developerProviderName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w._-]+",
    ],
    [
      'a social provider that there is not',
      { SupportedLoginProviders: { 'login.example.com': 'id' } },
      'InvalidParameterException',
      'login.example.com is not a supported login provider.',
    ],
    [
      'a social provider that is a name of JavaScript',
      { SupportedLoginProviders: { constructor: 'id' } },
      'InvalidParameterException',
      'constructor is not a supported login provider.',
    ],
    [
      'a user pool without a name',
      { CognitoIdentityProviders: [{ ClientId: 'client1' }] },
      'InvalidParameterException',
      'Invalid Cognito Identity Provider',
    ],
    [
      'a user pool that is none',
      { CognitoIdentityProviders: [{ ProviderName: 'idp.example.com/pool', ClientId: 'client1' }] },
      'InvalidParameterException',
      'Invalid Cognito Identity Provider',
    ],
    [
      'a SAML provider of another account',
      { SamlProviderARNs: ['arn:aws:iam::123456789012:saml-provider/corp'] },
      'NotAuthorizedException',
      'Identity provider arn:aws:iam::123456789012:saml-provider/corp is not valid for account 000000000000',
    ],
    [
      'a SAML provider that is no ARN',
      { SamlProviderARNs: ['the provider named corp'] },
      'NotAuthorizedException',
      'Identity provider the provider named corp is not valid for account 000000000000',
    ],
    [
      'an OIDC provider that is a role',
      { OpenIdConnectProviderARNs: ['arn:aws:iam::000000000000:role/app'] },
      'NotAuthorizedException',
      'Identity provider arn:aws:iam::000000000000:role/app is not valid for account 000000000000',
    ],
    [
      'a tag key of AWS',
      { IdentityPoolTags: { 'AWS:owner': 'me' } },
      'InvalidParameterException',
      'Tag keys may not begin with aws: (AWS:owner).',
    ],
    [
      'a tag with characters that tags may not have',
      { IdentityPoolTags: { team: 'a<b' } },
      'InvalidParameterException',
      'The tag team has characters that tags may not have.',
    ],
    [
      'to be spread over five objects',
      { IdentityPoolTags: { 'edge-identity:shards': '5' } },
      'InvalidParameterException',
      'edge-identity:shards must be a power of two from 1 to 256.',
    ],
    [
      '51 tags',
      { IdentityPoolTags: numbered(51) },
      'InvalidParameterException',
      'A resource may have at most 50 tags.',
    ],
    [
      '51 user pools',
      { CognitoIdentityProviders: Array(51).fill({ ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_A' }) },
      'LimitExceededException',
      'An identity pool may have at most 50 user pool providers.',
    ],
  ])('refuses %s, and makes no pool', async (_what, change, code, message) => {
    const before = await poolsOfRegion()
    expectFault(await create({ ...MINIMAL, ...change }), code, message)
    expect(await poolsOfRegion()).toEqual(before)
  })

  it('refuses settings that are too large to keep, also as a change, and changes nothing', async () => {
    const arns = Array.from({ length: 500 }, (_, n) => `arn:aws:iam::000000000000:oidc-provider/${n}.example.com/`)
    const large = { ...MINIMAL, OpenIdConnectProviderARNs: arns.map((arn) => arn.padEnd(2040, 'x')) }
    const pool = await createPool(MINIMAL)
    const before = await poolsOfRegion()
    const message = 'The settings of the pool are too large.'
    expectFault(await create(large), 'LimitExceededException', message)
    const update = await call('UpdateIdentityPool', { ...large, IdentityPoolId: pool })
    expectFault(update, 'LimitExceededException', message)
    expect(await poolsOfRegion()).toEqual(before)
    const described = succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }))
    expect(described).toEqual({ IdentityPoolId: pool, ...MINIMAL })
  })

  it('needs a signature', async () => {
    const answer = await call('CreateIdentityPool', MINIMAL, { signed: false })
    expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  })
})

async function poolsOfRegion() {
  return succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }))
}

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'value']))
}
