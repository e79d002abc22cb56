import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  SetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  AddClientIDToOpenIDConnectProviderCommand,
  EnableOutboundWebIdentityFederationCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { freePort } from '../../../tools/lib/local-service.ts'
import { faultOf } from '../../conformance/support/answers.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../conformance/support/service.ts'
import type { Check } from './access-checks.ts'
import type { Gateway } from './ceph-cluster.ts'
import { decisionOn, get, list, makeBucket, poolAt, put } from './ceph-pool.ts'
import { type CephStore, createRole, createUser, registerProvider, trustOf } from './ceph-store.ts'
import { assumeAtStore, s3Credentials, s3With } from './clients.ts'
import { type Bed, OBJECT } from './store-bed.ts'
import { startStorePool } from './store-pool.ts'
import { BUCKET, ROLE_AMR, ROLE_POLICIES, type RoleName } from './store-target.ts'

/** An account as Ceph names them. */
const RGW_ACCOUNT = 'RGW12345678901234567'

/** Rounds of calls at once, of which nearly each one has a call that the gateway refuses at first. */
const MOST_ROUNDS = 30

const REFUSED = 'InvalidIdentityPoolConfigurationException'

/** What docs/connect/ceph.md says of tenants, accounts, algorithms and settings of gateways. */
export const cephGatewayChecks = (store: () => CephStore): Readonly<Record<string, Check>> => ({
  'roles of a tenant that is named like the account are served, with the buckets of the tenant': async (bed) => {
    const { cluster } = store()
    const tenant = ['--uid', 'tenant-admin', '--tenant', LOCAL_ACCOUNT]
    const admin = await createUser(cluster, ...tenant)
    await cluster.admin('caps', 'add', ...tenant, '--caps', 'roles=*;oidc-provider=*')
    await makeBucket(s3With(bed.storeUrl, admin), BUCKET)
    await expectRolesOf(bed, store(), { admin, owner: LOCAL_ACCOUNT, bucket: BUCKET })
    expect(await cluster.admin('user', 'list')).toContainEqual(
      expect.stringMatching(`^${LOCAL_ACCOUNT}\\$oidc\\$us-east-1:`),
    )
  },

  'roles of an RGW account are served': async (bed) => {
    const { cluster } = store()
    await cluster.admin('account', 'create', '--account-id', RGW_ACCOUNT, '--account-name', 'identity')
    const root = ['--uid', 'account-root', '--account-id', RGW_ACCOUNT, '--account-root']
    const admin = await createUser(cluster, ...root)
    await makeBucket(s3With(bed.storeUrl, admin), 'account-files')
    await expectRolesOf(bed, store(), { admin, owner: RGW_ACCOUNT, bucket: 'account-files' })
  },

  'tokens of RS512 are accepted, also while the key set has keys of other kinds': async (bed) => {
    await withAlgorithm(bed, store(), 'RS512', async ({ ask, service }) => {
      expect(await ask()).toHaveProperty('Credentials')
      await service.enableOutbound()
      expect(await service.algorithms()).toEqual(expect.arrayContaining(['RS512', 'RS256', 'ES384']))
      expect(await ask()).toHaveProperty('Credentials')
    })
  },

  'tokens of ES256 are refused, and the log says why': async (bed) => {
    await withAlgorithm(bed, store(), 'ES256', async ({ ask }) => {
      expect(await faultOf(ask())).toMatchObject({ name: REFUSED })
      expect(await store().gateway.log()).toContain('Signature can not be validated with the JWKS present.')
    })
  },

  'a gateway that checks the thumbprint refuses an issuer at a port of its own': async (bed) =>
    withGateway(store(), { rgw_enable_jwks_url_verification: 'true' }, async (gateway) => {
      const refused = await faultOf(assumeAtStore(gateway.url, bed.target.roles.Users, await userToken(bed)))
      expect(refused).toMatchObject({ name: 'AccessDenied' })
      expect(await gateway.log()).toContain(`gethostbyname failed for host: ${new URL(bed.service.url).host}`)
    }),

  'a gateway without rgw_s3_auth_use_sts gives credentials and does not know them': async (bed) =>
    expectUnusable(bed, store(), { rgw_s3_auth_use_sts: 'false' }, { here: 'InvalidAccessKeyId', there: undefined }),

  'a gateway with another rgw_sts_key does not know the credentials of others': async (bed) =>
    expectUnusable(bed, store(), { rgw_sts_key: 'ponmlkjihgfedcba' }, { here: undefined, there: 'InvalidArgument' }),

  'calls that come at once for a new identity all get credentials': async (bed) => {
    const wasAskedAgain = () => bed.service.log.some((line) => line.includes('BucketAlreadyExists'))
    for (let round = 0; round < MOST_ROUNDS && !wasAskedAgain(); round += 1) {
      const { IdentityId } = await bed.app.send(new GetIdCommand({ IdentityPoolId: bed.pool }))
      const calls = [1, 2, 3, 4].map(() => bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId })))
      for (const answer of await Promise.all(calls)) expect(answer).toHaveProperty('Credentials')
    }
    expect(wasAskedAgain(), 'the gateway refused one of them at first').toBe(true)
  },

  'the code and request id of a refusal are in the record, and the log has the id': async (bed) => {
    const unknown = await bed.createPool(bed.target.roles)
    const { IdentityId } = await bed.app.send(new GetIdCommand({ IdentityPoolId: unknown }))
    const refused = await faultOf(bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId })))
    const { code, reason, upstream } = await decisionOn(refused, bed)
    expect({ code, reason }).toEqual({ code: 'AccessDenied', reason: 'sts_refused' })
    expect(upstream?.requestId).toMatch(/^tx/)
    expect(await store().gateway.log()).toContain(`request_id=${upstream?.requestId}`)
  },
})

interface Owner {
  /** May create providers and roles there. */
  admin: CephStore['admin']
  /** Tenant or account. */
  owner: string
  bucket: string
}

/** Users and guests of a pool get what is in the bucket, by roles of this owner. */
async function expectRolesOf(bed: Bed, { issuer }: CephStore, { admin, bucket, owner }: Owner): Promise<void> {
  const iam = new IAMClient({ region: LOCAL_REGION, endpoint: bed.storeUrl, credentials: admin })
  const provider = await registerProvider(iam, issuer, [bed.pool])
  expect(provider).toBe(`arn:aws:iam::${owner}:oidc-provider/${new URL(issuer).host}`)
  const own = await poolAt(bed, { iam, provider, issuer })
  await iam.send(
    new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: provider, ClientID: own.pool }),
  )
  const allowed = { Effect: 'Allow', Action: ['s3:ListBucket', 's3:PutObject'], Resource: '*' }
  const policy = { Version: '2012-10-17', Statement: [allowed] }
  const roles: Partial<Record<RoleName, string>> = {}
  for (const of of Object.keys(ROLE_AMR) as RoleName[]) roles[of] = await own.role({ name: of, of, policy })
  expect(roles).toEqual({ Users: `arn:aws:iam::${owner}:role/Users`, Guests: `arn:aws:iam::${owner}:role/Guests` })
  await own.give(roles)
  for (const s3 of [await own.s3('ada'), await own.s3()]) expect(await list(s3, undefined, bucket)).toEqual([])
}

/** Does something with another service that signs so. Ceph trusts it. */
async function withAlgorithm(
  bed: Bed,
  { iam }: CephStore,
  TOKEN_ALG: string,
  work: (signed: {
    /** A user asks it for credentials. */
    ask: () => Promise<unknown>
    service: { enableOutbound: () => Promise<unknown>; algorithms: () => Promise<string[]> }
  }) => Promise<void>,
): Promise<void> {
  const settings = { stsEndpoint: bed.storeUrl, profile: bed.target.profile, roles: bed.target.roles }
  const other = await startStorePool({ ...settings, vars: { TOKEN_ALG } })
  try {
    const { pool, service } = other
    const provider = await registerProvider(iam, service.url, [pool])
    const trust = trustOf({ issuer: service.url, provider, pool, amr: ROLE_AMR.Users })
    const authenticated = await createRole(iam, `Users-${TOKEN_ALG}`, trust, ROLE_POLICIES.Users)
    await other.operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles: { authenticated } }))
    await work({
      async ask() {
        const Logins = await other.loginOf('ada')
        const { IdentityId } = await other.app.send(new GetIdCommand({ IdentityPoolId: pool, Logins }))
        return other.app.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins }))
      },
      service: {
        enableOutbound: () => other.iam.send(new EnableOutboundWebIdentityFederationCommand({})),
        async algorithms() {
          const published = await fetch(`${service.url}/.well-known/jwks_uri`)
          return ((await published.json()) as { keys: { alg: string }[] }).keys.map(({ alg }) => alg)
        },
      },
    })
  } finally {
    await other.stop()
  }
}

/** Does something with another gateway of the cluster, which has other settings. */
async function withGateway(
  { cluster }: CephStore,
  settings: Record<string, string>,
  work: (gateway: Gateway) => Promise<void>,
): Promise<void> {
  const gateway = await cluster.startGateway(await freePort(), settings)
  try {
    await work(gateway)
  } finally {
    await gateway.stop()
  }
}

const userToken = async (bed: Bed) => bed.tokenOf(await bed.loginOf('ada'))

/**
 * Another gateway gives credentials. They are refused with these codes where it gave them (`here`), and at the first gateway
 * (`there`); `undefined` where they are accepted.
 */
async function expectUnusable(
  bed: Bed,
  store: CephStore,
  settings: Record<string, string>,
  codes: Record<'here' | 'there', string | undefined>,
): Promise<void> {
  await withGateway(store, settings, async ({ url }) => {
    const credentials = s3Credentials(await assumeAtStore(url, bed.target.roles.Users, await userToken(bed)))
    for (const [endpoint, code] of [
      [url, codes.here],
      [bed.storeUrl, codes.there],
    ] as const) {
      const s3 = s3With(endpoint, credentials)
      if (code === undefined) expect(await get(s3, OBJECT.Key)).toBe(OBJECT.Body)
      else expect(await faultOf(put(s3, 'unknown.txt'))).toMatchObject({ name: code })
    }
  })
}
