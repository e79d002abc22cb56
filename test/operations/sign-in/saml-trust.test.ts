import { beforeAll, describe, expect, it } from 'vitest'
import { encode, identityProvider, type TestIdentityProvider } from '../../logins/saml/identity-provider.ts'
import { call, expectFault } from '../../support/client.ts'
import { iam } from '../support/callers.ts'
import { expectMisconfigured, getCredentials, poolWith, USER } from '../support/credentials.ts'
import { createPool, getId, identitiesOf } from '../support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, type Providers, startProviders } from '../support/providers.ts'

const arnOf = (name: string) => `arn:aws:iam::000000000000:saml-provider/${name}`
const SIGNATURE = ['NotAuthorizedException', 'Invalid login token. Response signature invalid'] as const

let oidc: Providers
/** Two identity providers of the same name, each with a key of its own. */
let corp: TestIdentityProvider
let stranger: TestIdentityProvider
beforeAll(async () => {
  oidc = await startProviders()
  ;[corp, stranger] = await Promise.all([identityProvider(Date.now()), identityProvider(Date.now())])
})

/** A login by an assertion of its own. */
const login = async (arn: string, idp: TestIdentityProvider, attributes: Record<string, string[]> = {}) => ({
  [arn]: encode(await idp.respond({ nameId: 'ann@example.com', attributes })),
})
const resolve = (IdentityPoolId: string, Logins: object) => call('GetId', { IdentityPoolId, Logins })

async function register(name: string, idp: TestIdentityProvider): Promise<string> {
  await iam('CreateSAMLProvider', { Name: name, SAMLMetadataDocument: idp.metadata })
  return arnOf(name)
}

describe('A SAML login', () => {
  it('is refused by the key of another identity provider of the same name, and makes no identity', async () => {
    const arn = await register('forged', corp)
    const pool = await createPool({ SamlProviderARNs: [arn] })
    expectFault(await resolve(pool, await login(arn, stranger)), ...SIGNATURE)
    expect(await identitiesOf(pool)).toEqual([])
  })

  it('goes by the metadata as they are when it comes, and finds its identity again', async () => {
    const arn = await register('rotated', corp)
    const pool = await createPool({ SamlProviderARNs: [arn] })
    const ann = await getId(pool, await login(arn, corp))
    await iam('UpdateSAMLProvider', { SAMLProviderArn: arn, SAMLMetadataDocument: stranger.metadata })
    expectFault(await resolve(pool, await login(arn, corp)), ...SIGNATURE)
    expect(await getId(pool, await login(arn, stranger))).toBe(ann)
    await iam('DeleteSAMLProvider', { SAMLProviderArn: arn })
    const unsupported = 'Token is not from a supported provider of this identity pool.'
    expectFault(await resolve(pool, await login(arn, stranger)), 'NotAuthorizedException', unsupported)
  })

  it('links to the user whom another login proves', async () => {
    const arn = await register('linked', corp)
    const pool = await createPool({ ...ALL_PROVIDERS, SamlProviderARNs: [arn] })
    const google = { [GOOGLE]: await oidc.token(GOOGLE, '1001') }
    const user = await getId(pool, google)
    expect(await getId(pool, { ...google, ...(await login(arn, corp)) })).toBe(user)
    expect(await getId(pool, await login(arn, corp))).toBe(user)
  })

  it('gives no role of another account, whatever the assertion offers', async () => {
    const arn = await register('foreign', corp)
    const pool = await poolWith({ Roles: { authenticated: USER } }, { SamlProviderARNs: [arn] })
    const user = await getId(pool, await login(arn, corp))
    const offered = [`arn:aws:iam::123456789012:role/admin,${arn}`]
    const logins = await login(arn, corp, { 'https://aws.amazon.com/SAML/Attributes/Role': offered })
    expectMisconfigured(await getCredentials(user, logins))
  })
})
