import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Account } from '../../../src/account/index.ts'
import { COPY_SERVES_MS, RECORDS_MIN_AGE_MS } from '../../../src/account/limits.ts'
import { TroubledNamespace } from '../../pools/troubled-namespace.ts'
import { call, expectFault, LOCAL_ACCOUNT } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { iam } from '../support/callers.ts'
import { expectMisconfigured, poolWith, USER, type VendedAnswer } from '../support/credentials.ts'
import { getId, identitiesOf, succeeded } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, registerOidcProvider, startProviders } from '../support/providers.ts'

const TOKYO = { latitude: '35.69', longitude: '139.69', continent: 'AS' }

let idp: Providers
let edge: TroubledNamespace<Account>
beforeAll(async () => {
  idp = await startProviders()
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => {
  vi.useRealTimers()
})
beforeEach(() => {
  edge = new TroubledNamespace(env.ACCOUNT)
})

const wait = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** A new isolate with copies, near Tokyo. */
async function isolate(): Promise<{ serve: Serve; from: Readonly<Record<string, string>> }> {
  return { serve: await deploy({ RECORD_COPIES: 'near', ACCOUNT: edge.namespace }), from: TOKYO }
}

const calls = () => edge.calls.splice(0).map((one) => one.replace(LOCAL_ACCOUNT, 'account'))
const NEAR = 'account/apac-ne.copiedRecords'

const trustOf = (audience: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': audience } },
    },
  })

describe('Where records are kept near the users', () => {
  it('an account far away is not asked, and what it takes back is honoured for 30 seconds at most', async () => {
    const pool = await poolWith({ Roles: { authenticated: USER } }, { OpenIdConnectProviderARNs: [OIDC_ARN] })
    await iam('CreateRole', { RoleName: 'app-user', AssumeRolePolicyDocument: trustOf(pool) })
    const login = async () => ({ [OIDC]: await idp.token(OIDC, 'ann') })
    const user = await getId(pool, await login())
    const credentials = async (at: { serve: Serve; from: Readonly<Record<string, string>> }) =>
      call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId: user, Logins: await login() }, at)
    succeeded(await credentials(await isolate()))
    expect(calls()).toEqual([NEAR, NEAR])

    await iam('UpdateAssumeRolePolicy', { RoleName: 'app-user', PolicyDocument: trustOf('us-east-1:another') })
    wait(COPY_SERVES_MS - 1)
    succeeded(await credentials(await isolate()))
    wait(1)
    expectMisconfigured(await credentials(await isolate()))

    await iam('DeleteOpenIDConnectProvider', { OpenIDConnectProviderArn: OIDC_ARN })
    wait(COPY_SERVES_MS)
    expect(new Set(calls())).toEqual(new Set([NEAR]))
    const unsupported = 'Token is not from a supported provider of this identity pool.'
    expectFault(await credentials(await isolate()), 'NotAuthorizedException', unsupported)
    const stranger = { IdentityPoolId: pool, Logins: { [OIDC]: await idp.token(OIDC, 'bob') } }
    expectFault(await call('GetId', stranger, await isolate()), 'NotAuthorizedException', unsupported)
    expect(await identitiesOf(pool)).toEqual([expect.objectContaining({ IdentityId: user })])

    await registerOidcProvider(OIDC, ['oidc-client'])
    wait(RECORDS_MIN_AGE_MS)
    expect(succeeded(await call('GetId', stranger, await isolate()))).toBeTruthy()
  })
})
