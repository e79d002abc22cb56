import { describe, expect, it } from 'vitest'
import { OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault } from '../../support/client.ts'
import { createPool, getId, type ListedPools, stateOf, succeeded } from '../support/pools.ts'

const FULL = {
  IdentityPoolName: 'before',
  AllowUnauthenticatedIdentities: true,
  AllowClassicFlow: true,
  SupportedLoginProviders: { 'accounts.google.com': 'client1' },
  DeveloperProviderName: 'login.example.app',
  OpenIdConnectProviderARNs: ['arn:aws:iam::000000000000:oidc-provider/idp.example.com'],
  CognitoIdentityProviders: [{ ProviderName: 'cognito-idp.us-east-1.amazonaws.com/us-east-1_A', ClientId: 'client1' }],
  SamlProviderARNs: ['arn:aws:iam::000000000000:saml-provider/corp'],
  IdentityPoolTags: { team: 'identity' },
}

const MINIMAL = { IdentityPoolName: 'after', AllowUnauthenticatedIdentities: false }

const update = (IdentityPoolId: string, settings: object, options = {}) =>
  call('UpdateIdentityPool', { IdentityPoolId, ...settings }, options)

const described = async (IdentityPoolId: string) => succeeded(await call('DescribeIdentityPool', { IdentityPoolId }))

describe('UpdateIdentityPool', () => {
  it('replaces all settings, but keeps the developer provider and the tags that are left out', async () => {
    const pool = await createPool(FULL)
    const { DeveloperProviderName, IdentityPoolTags } = FULL
    const expected = { IdentityPoolId: pool, ...MINIMAL, DeveloperProviderName, IdentityPoolTags }
    expect(succeeded(await update(pool, MINIMAL))).toEqual(expected)
    const { AllowUnauthenticatedIdentities: _, ...silent } = MINIMAL
    expect(succeeded(await update(pool, silent))).toEqual(expected)
    expect(await described(pool)).toEqual(expected)
  })

  it('answers and keeps every member that is supplied', async () => {
    const pool = await createPool(MINIMAL)
    const expected = { IdentityPoolId: pool, ...FULL }
    expect(succeeded(await update(pool, FULL))).toEqual(expected)
    expect(await described(pool)).toEqual(expected)
  })

  it('takes a description as its input, as Terraform and the console send it back', async () => {
    const pool = await createPool(FULL)
    const before = await described(pool)
    expect(succeeded(await call('UpdateIdentityPool', before))).toEqual(before)
  })

  it.each([
    [true, undefined],
    [false, undefined],
    [undefined, true],
    [undefined, false],
    [true, false],
  ])('changes AllowClassicFlow from %s to %s', async (before, after) => {
    const pool = await createPool({ ...MINIMAL, AllowClassicFlow: before })
    await update(pool, { ...MINIMAL, AllowClassicFlow: after })
    expect((await described(pool)).AllowClassicFlow).toBe(after)
  })

  it('clears lists, maps and tags that are supplied empty', async () => {
    const pool = await createPool(FULL)
    const empty = {
      SupportedLoginProviders: {},
      OpenIdConnectProviderARNs: [],
      CognitoIdentityProviders: [],
      SamlProviderARNs: [],
      IdentityPoolTags: {},
    }
    const { DeveloperProviderName } = FULL
    await update(pool, { ...MINIMAL, ...empty })
    expect(await described(pool)).toEqual({ IdentityPoolId: pool, ...MINIMAL, ...empty, DeveloperProviderName })
  })

  it('leaves roles alone', async () => {
    const Roles = { authenticated: 'arn:aws:iam::000000000000:role/app-user' }
    const pool = await createPool(FULL)
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })
    await update(pool, MINIMAL)
    expect(succeeded(await call('GetIdentityPoolRoles', { IdentityPoolId: pool }))).toEqual({
      IdentityPoolId: pool,
      Roles,
    })
  })

  it('renames the pool in lists too', async () => {
    const region = 'eu-north-1'
    const pool = await createPool(MINIMAL, { region })
    await update(pool, { ...MINIMAL, IdentityPoolName: 'renamed' }, { region })
    const listed = await call<ListedPools>('ListIdentityPools', { MaxResults: 10 }, { region })
    expect(succeeded(listed)).toEqual({ IdentityPools: [{ IdentityPoolId: pool, IdentityPoolName: 'renamed' }] })
  })

  it('holds from the next call on', async () => {
    const pool = await createPool()
    await getId(pool)
    await update(pool, MINIMAL)
    const refused = await call('GetId', { IdentityPoolId: pool })
    expectFault(refused, 'NotAuthorizedException', 'Unauthenticated access is not supported for this identity pool.')
    await update(pool, { ...MINIMAL, AllowUnauthenticatedIdentities: true })
    await getId(pool)
  })

  it('sets a developer provider once, and takes the same name again', async () => {
    const pool = await createPool(MINIMAL)
    const named = { ...MINIMAL, DeveloperProviderName: 'login.example.app' }
    expect(succeeded(await update(pool, named))).toEqual({ IdentityPoolId: pool, ...named })
    expect(succeeded(await update(pool, named))).toEqual({ IdentityPoolId: pool, ...named })
  })

  it.each([
    [
      'another developer provider',
      { DeveloperProviderName: 'other' },
      'InvalidParameterException',
      'The developer provider name of an identity pool cannot be changed.',
    ],
    [
      'a user pool that is none',
      { CognitoIdentityProviders: [{}] },
      'InvalidParameterException',
      'Invalid Cognito Identity Provider',
    ],
    [
      'a foreign SAML provider',
      { SamlProviderARNs: ['arn:aws:iam::123456789012:saml-provider/x'] },
      'NotAuthorizedException',
      'Identity provider arn:aws:iam::123456789012:saml-provider/x is not valid for account 000000000000',
    ],
    [
      'no name',
      { IdentityPoolName: undefined },
      'ValidationException',
      "1 validation error detected: Value null at 'identityPoolName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a text for a boolean',
      { AllowUnauthenticatedIdentities: 'true' },
      'SerializationException',
      'STRING_VALUE can not be converted to an Boolean',
    ],
  ])('refuses %s, and changes nothing', async (_what, change, code, message) => {
    const pool = await createPool(FULL)
    const before = await stateOf(pool)
    expectFault(await update(pool, { ...MINIMAL, ...change }), code, message)
    expect(await stateOf(pool)).toEqual(before)
  })

  it("neither finds nor changes another account's or region's pool", async () => {
    const pool = await createPool(FULL)
    const before = await stateOf(pool)
    const message = `IdentityPool '${pool}' not found.`
    expectFault(await update(pool, MINIMAL, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
    expectFault(await update(pool, MINIMAL, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
    expect(await stateOf(pool)).toEqual(before)
  })

  it('does not find a pool that there is not', async () => {
    const unknown = 'us-east-1:00000000-0000-4000-8000-000000000000'
    expectFault(await update(unknown, MINIMAL), 'ResourceNotFoundException', `IdentityPool '${unknown}' not found.`)
  })
})
