import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectXmlFault, LOCAL_ACCOUNT, query } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { poolWith, USER, type VendedAnswer } from '../support/credentials.ts'
import { getId, succeeded } from '../support/pools.ts'
import { OIDC, type Providers, startProviders } from '../support/providers.ts'
import { AWS_STS, RemoteSts, STORE } from '../support/remote-sts.ts'
import { simulate } from '../support/simulations.ts'

const OF_STORE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/store/photos`
const OF_AWS = `arn:aws:iam::${LOCAL_ACCOUNT}:role/store/aws-after-all`
const TARGETS = {
  STS_ENDPOINT: 'embedded',
  STS_TARGET_store: JSON.stringify({
    endpoint: STORE,
    profile: 'minio',
    roles: [`arn:aws:iam::${LOCAL_ACCOUNT}:role/store/*`],
  }),
  STS_TARGET_aws: JSON.stringify({ endpoint: 'aws', roles: [OF_AWS] }),
}

let idp: Providers
let sts: RemoteSts
let log: CapturedLog
let serve: Serve
beforeAll(async () => {
  idp = await startProviders()
  sts = new RemoteSts(idp.network)
  serve = await deploy(TARGETS)
})
beforeEach(() => {
  sts.reset()
  idp.network.asked.length = 0
  log = captureLog()
})
afterEach(() => log.restore())

/** A user of a pool whose users have this role. */
async function userWith(authenticated: string) {
  const pool = await poolWith({ Roles: { authenticated } })
  const Logins = { [OIDC]: await idp.token(OIDC, 'ann') }
  return { pool, Logins, IdentityId: await getId(pool, Logins) }
}

describe('one deployment with several STS', () => {
  it.each([
    ['the store that its path names', OF_STORE, STORE, [STORE]],
    ['AWS, by the role itself, although its path is of the store', OF_AWS, 'aws', [AWS_STS]],
    ['the embedded STS, where nothing names it', USER, 'embedded', []],
  ])('asks for a role %s', async (_, role, broker, asked) => {
    const { IdentityId, Logins } = await userWith(role)
    idp.network.asked.length = 0
    const answer = await call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId, Logins }, { serve })
    expect(succeeded(answer).Credentials.AccessKeyId).toMatch(/^\w{16,}$/)
    expect(idp.network.asked).toEqual(asked)
    expect(log.records().at(-1)?.additionalEventData).toMatchObject({ broker, role })
  })

  it('says of a simulated login which roles another STS decides about', async () => {
    for (const [role, code] of [
      [OF_STORE, 'DecidedByRemoteSts'],
      [USER, 'Issued'],
    ] as const) {
      const { Logins, pool } = await userWith(role)
      expect(succeeded(await simulate(pool, { Logins }, { serve })).Answer).toMatchObject({ Code: code })
    }
  })

  it('serves AssumeRoleWithWebIdentity for roles of the embedded STS alone', async () => {
    const { IdentityId, Logins } = await userWith(USER)
    const { Token } = succeeded(await call<{ Token: string }>('GetOpenIdToken', { IdentityId, Logins }, { serve }))
    const assume = (RoleArn: string) =>
      query(
        'sts',
        { Action: 'AssumeRoleWithWebIdentity', RoleArn, RoleSessionName: 'web', WebIdentityToken: Token },
        { serve, signed: false },
      )
    expect((await assume(USER)).status).toBe(200)
    const elsewhere = 'This deployment does not serve STS. Call the STS that it is configured with.'
    expectXmlFault(await assume(OF_STORE), 403, 'AccessDenied', elsewhere)
  })
})
