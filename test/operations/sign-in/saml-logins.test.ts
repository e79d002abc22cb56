import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { encode, identityProvider, type TestIdentityProvider } from '../../logins/saml/identity-provider.ts'
import { call, expectFault, type JsonAnswer } from '../../support/client.ts'
import { callerOf, iam, signingKeyOf, type Vended } from '../support/callers.ts'
import { createPool, succeeded, succeededEmpty } from '../support/pools.ts'

const ROLE_ATTRIBUTE = 'https://aws.amazon.com/SAML/Attributes/Role'
const USED = 'Invalid login token. The SAML assertion has been used before.'
const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`

let idp: TestIdentityProvider
let arn: string
let pool: string

beforeAll(async () => {
  idp = await identityProvider(Date.now())
  const created = await iam('CreateSAMLProvider', { Name: 'staff', SAMLMetadataDocument: idp.metadata })
  arn = created.SAMLProviderArn
})

beforeEach(async () => {
  pool = await createPool({ SamlProviderARNs: [arn], AllowClassicFlow: true })
})

afterEach(() => {
  vi.useRealTimers()
})

type Roles = readonly string[]
const assertion = async (roles: Roles = [], nameId = 'ann@example.com', more: Record<string, readonly string[]> = {}) =>
  encode(
    await idp.respond({
      nameId,
      attributes: {
        ...more,
        ...(roles.length > 0 && { [ROLE_ATTRIBUTE]: roles.map((name) => `${role(name)},${arn}`) }),
      },
    }),
  )

const getId = (token: string): Promise<JsonAnswer<{ IdentityId: string }>> =>
  call('GetId', { IdentityPoolId: pool, Logins: { [arn]: token } })
const getCredentials = (
  IdentityId: string,
  token: string,
  more = {},
): Promise<JsonAnswer<{ IdentityId: string; Credentials: Vended }>> =>
  call('GetCredentialsForIdentity', { IdentityId, Logins: { [arn]: token }, ...more })

async function roleOf(answer: JsonAnswer<{ Credentials: Vended }>): Promise<string> {
  return (await callerOf(signingKeyOf(succeeded(answer).Credentials))).Arn
}

describe('A SAML assertion', () => {
  it('is good for one GetId and one GetCredentialsForIdentity, in the role that it offers', async () => {
    const token = await assertion(['staff'])
    const { IdentityId } = succeeded(await getId(token))
    expect(await roleOf(await getCredentials(IdentityId, token))).toBe(
      'arn:aws:sts::000000000000:assumed-role/staff/CognitoIdentityCredentials',
    )
    expectFault(await getId(token), 'NotAuthorizedException', USED)
    expectFault(await getCredentials(IdentityId, token), 'NotAuthorizedException', USED)
  })

  it('is used up by one of two calls at the same time', async () => {
    const token = await assertion()
    const answers = await Promise.all([getId(token), getId(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  it('is not used up by a call that was refused', async () => {
    const token = await assertion()
    const { IdentityId: other } = succeeded(await getId(await assertion([], 'bob@example.com')))
    expectFault(
      await getCredentials(other, token),
      'NotAuthorizedException',
      "Logins don't match. Please include at least one valid login for this identity or identity pool.",
    )
    const { IdentityId } = succeeded(await getId(token))
    expect(IdentityId).not.toBe(other)
  })

  it('is good for one UnlinkIdentity, whatever else it was used for', async () => {
    const token = await assertion()
    const { IdentityId } = succeeded(await getId(token))
    const unlink = (LoginsToRemove: string[]) =>
      call('UnlinkIdentity', { IdentityId, Logins: { [arn]: token }, LoginsToRemove })
    succeededEmpty(await unlink(['accounts.google.com']))
    expectFault(await unlink([arn]), 'NotAuthorizedException', USED)
  })

  it('is not used up by credentials that were refused for want of a role', async () => {
    const token = await assertion()
    const { IdentityId } = succeeded(await getId(await assertion()))
    expect((await getCredentials(IdentityId, token)).status).toBe(400)
    const roles = { IdentityPoolId: pool, Roles: { authenticated: role('staff') } }
    succeededEmpty(await call('SetIdentityPoolRoles', roles))
    expect(await roleOf(await getCredentials(IdentityId, token))).toMatch(/assumed-role\/staff\//)
  })

  it('finds the same identity again, by the name it gives the user', async () => {
    const first = succeeded(await getId(await assertion()))
    const again = succeeded(await getId(await assertion()))
    const other = succeeded(await getId(await assertion([], 'bob@example.com')))
    expect(again).toEqual(first)
    expect(other.IdentityId).not.toBe(first.IdentityId)
  })

  it('that offers several roles wants one of them named', async () => {
    const { IdentityId } = succeeded(await getId(await assertion()))
    expectFault(
      await getCredentials(IdentityId, await assertion(['staff', 'admin'])),
      'NotAuthorizedException',
      `The ambiguous role mapping rules for: ${arn} denied this request.`,
    )
    const chosen = await getCredentials(IdentityId, await assertion(['staff', 'admin']), {
      CustomRoleArn: role('admin'),
    })
    expect(await roleOf(chosen)).toBe('arn:aws:sts::000000000000:assumed-role/admin/CognitoIdentityCredentials')
    expectFault(
      await getCredentials(IdentityId, await assertion(['staff', 'admin']), { CustomRoleArn: role('root') }),
      'NotAuthorizedException',
      `Access to Role '${role('root')}' is forbidden.`,
    )
  })

  it('is judged by the rules of the pool where there are any', async () => {
    const rule = { Claim: 'department', MatchType: 'Equals', Value: 'legal', RoleARN: role('legal') }
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'Deny', RulesConfiguration: { Rules: [rule] } }
    const roles = { IdentityPoolId: pool, Roles: {}, RoleMappings: { [arn]: mapping } }
    succeededEmpty(await call('SetIdentityPoolRoles', roles))
    const { IdentityId } = succeeded(await getId(await assertion()))
    const legal = await assertion(['staff'], undefined, { department: ['legal'] })
    expect(await roleOf(await getCredentials(IdentityId, legal))).toMatch(/assumed-role\/legal\//)
    expectFault(
      await getCredentials(IdentityId, await assertion(['staff'])),
      'NotAuthorizedException',
      `The ambiguous role mapping rules for: ${arn} denied this request.`,
    )
  })

  it('is for the enhanced flow only', async () => {
    const { IdentityId } = succeeded(await getId(await assertion()))
    expectFault(
      await call('GetOpenIdToken', { IdentityId, Logins: { [arn]: await assertion() } }),
      'InvalidParameterException',
      'Basic (classic) flow is not supported with SAML, please use enhanced flow.',
    )
  })

  it('of a provider that the pool does not list is refused', async () => {
    pool = await createPool({ SupportedLoginProviders: { 'accounts.google.com': 'app' } })
    expectFault(
      await getId(await assertion()),
      'NotAuthorizedException',
      'Token is not from a supported provider of this identity pool.',
    )
  })

  it('that has expired is refused for its age, used or not', async () => {
    const token = await assertion()
    succeeded(await getId(token))
    vi.useFakeTimers({ now: Date.now() + 24 * 3_600_000, toFake: ['Date'] })
    const late = await getId(token)
    expect(late.headers.get('x-amzn-ErrorMessage')).toMatch(/^Invalid login token\. Token expired: \d{13} >= \d{13}$/)
  })
})

describe('A SAML response that is refused', () => {
  const MESSAGE = 'Invalid login token. '
  const refusedWith = async (answer: Parameters<TestIdentityProvider['respond']>[0], message: string) =>
    expectFault(await getId(encode(await idp.respond(answer))), 'NotAuthorizedException', MESSAGE + message)

  it('names the recipient that is not ours', () =>
    refusedWith(
      { recipient: 'https://sp.example.com/acs' },
      "The SAML response is addressed to another recipient than AWS's sign-in URL or this service: https://sp.example.com/acs",
    ))

  it("has AWS's words for an audience that is not ours", () =>
    refusedWith({ audience: 'urn:other' }, 'Response does not contain the required audience.'))

  it('names what its assertion lacks', () =>
    refusedWith(
      { rewrite: (xml) => xml.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') },
      'The SAML assertion has no AuthnStatement.',
    ))

  it("may be addressed to the sign-in URL with the provider's own id, as GetSAMLProvider has it", async () => {
    const { SAMLProviderUUID } = await iam('GetSAMLProvider', { SAMLProviderArn: arn })
    const recipient = `https://eu-central-1.signin.aws.amazon.com/saml/acs/${SAMLProviderUUID}`
    succeeded(await getId(encode(await idp.respond({ recipient, nameId: 'own-id' }))))
  })
})
