import { InvalidIdentityPoolConfigurationException, TagResourceCommand } from '@aws-sdk/client-cognito-identity'
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { freePort } from '../../../tools/lib/local-service.ts'
import { faultOf } from '../../conformance/support/answers.ts'
import { LOCAL_REGION } from '../../conformance/support/service.ts'
import { recorded } from './audit-record.ts'
import { assumeAtStore, enhanced, type S3Credentials, s3Credentials, s3With, vended } from './clients.ts'
import { ADMIN, startGateway } from './seaweedfs.ts'
import type { GatewayBench } from './seaweedfs-bench.ts'
import { readAsBearer } from './seaweedfs-checks.ts'
import { MISTAKES, type Mistake } from './seaweedfs-mistakes.ts'
import { iamConfig, ROLES, trustOf } from './seaweedfs-page.ts'
import { OBJECT } from './store-bed.ts'
import { startStorePool } from './store-pool.ts'
import { BUCKET, ROLE_AMR } from './store-target.ts'

type FileCheck = (bench: GatewayBench) => Promise<void>

/** What docs/connect/seaweedfs.md says of files that differ from the one it shows. */
export const FILE_CHECKS: Readonly<Record<string, FileCheck>> = {
  ...Object.fromEntries(Object.entries(MISTAKES).map(([what, mistake]) => [`refused: ${what}`, refused(mistake)])),

  'several pools are a list of client ids': async (bench) => {
    const config = bench.config()
    const [provider] = config.providers
    Object.assign(provider?.config ?? {}, { clientId: undefined, clientIds: ['another', bench.pool] })
    await bench.withGateway(config, () => expectCredentials(bench))
  },

  'a provider that is not enabled is taken all the same': async (bench) => {
    const config = bench.config()
    for (const provider of config.providers) provider.enabled = false
    await bench.withGateway(config, () => expectCredentials(bench))
  },

  'without a condition on amr, a guest has the role of users': async (bench) => {
    const config = bench.config()
    const { StringEquals = {} } = trustOf('Users', config).Condition
    expect(StringEquals['oidc:amr']).toBe(ROLE_AMR.Users)
    delete StringEquals['oidc:amr']
    await bench.withGateway(config, async () => {
      const token = await bench.tokenOf()
      expect(await assumeAtStore(bench.storeUrl, ROLES.Users, token)).toHaveProperty('SessionToken')
    })
  },

  'the maximum of a role shortens a session without a word': async (bench) => {
    const config = bench.config()
    for (const role of config.roles) role.maxSessionDuration = 3600
    const Tags = { 'edge-identity:session-seconds': '7200' }
    await bench.operator.send(new TagResourceCommand({ ResourceArn: bench.poolArn, Tags }))
    await bench.withGateway(config, async () => {
      const Credentials = await vended(bench)
      const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000
      expect(Math.abs(seconds - 3600)).toBeLessThan(60)
    })
  },

  'the enhanced flow leaves guests S3 alone, whatever their role allows': async (bench) => {
    const config = bench.config()
    const all = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['*'], Resource: ['*'] }] }
    for (const policy of config.policies) policy.document = all
    await bench.withGateway(config, async () => {
      const usersOf = (credentials: S3Credentials) =>
        new IAMClient({ endpoint: bench.storeUrl, region: LOCAL_REGION, credentials, maxAttempts: 1 }).send(
          new ListUsersCommand({}),
        )
      const basic = s3Credentials(await assumeAtStore(bench.storeUrl, ROLES.Guests, await bench.tokenOf()))
      expect((await usersOf(basic)).Users).toBeDefined()
      expect(await faultOf(usersOf(enhanced(bench)))).toMatchObject({ name: 'AccessDenied' })
      await s3With(bench.storeUrl, enhanced(bench)).send(new PutObjectCommand({ ...OBJECT, Key: 'guest.txt' }))
    })
  },

  'with a role mapping, the OpenID token of a guest opens S3': async (bench) => {
    const config = bench.config()
    for (const { config: provider } of config.providers) provider.roleMapping = { rules: [], defaultRole: ROLES.Guests }
    await bench.withGateway(config, async () => {
      const answer = await readAsBearer(bench.storeUrl, await bench.tokenOf())
      expect([answer.status, await answer.text()]).toEqual([200, OBJECT.Body])
    })
  },

  'a policy claim puts the claim in the place of roles': async (bench) => {
    const config = bench.config()
    const sentinel = 'arn:aws:iam:::role/sts-claim-based'
    await bench.withGateway(config, async () => {
      const asked = assumeAtStore(bench.storeUrl, sentinel, await bench.tokenOf())
      expect(await faultOf(asked)).toMatchObject({ name: 'AccessDenied' })
    })
    for (const { config: provider } of config.providers) provider.policyClaim = 'sub'
    await bench.withGateway(config, async () => {
      const token = await bench.tokenOf()
      expect(await assumeAtStore(bench.storeUrl, sentinel, token)).toHaveProperty('SessionToken')
    })
  },

  'a session is known to gateways with the same signing key alone': async (bench) => {
    const config = bench.config()
    const other = { ...config, sts: { ...config.sts, signingKey: bench.config().sts.signingKey } }
    await bench.withGateway(config, async () => {
      const token = await bench.tokenOf(await bench.loginOf('ada'))
      const session = s3Credentials(await assumeAtStore(bench.storeUrl, ROLES.Users, token))
      for (const [file, known] of [
        [config, true],
        [other, false],
      ] as const) {
        const port = await freePort()
        const second = await startGateway(bench.cluster, port, file)
        const listed = s3With(`http://127.0.0.1:${port}`, session).send(new ListObjectsV2Command({ Bucket: BUCKET }))
        const answer = await listed
          .then(
            ({ Name }) => Name,
            ({ name }: Error) => name,
          )
          .finally(() => second.stop())
        expect(answer).toBe(known ? BUCKET : 'InvalidAccessKeyId')
      }
    })
  },

  ...Object.fromEntries(['RS512', 'ES256'].map((alg) => [`tokens signed with ${alg} are taken`, takes(alg)])),
}

function takes(TOKEN_ALG: string): FileCheck {
  return async ({ storeUrl, withGateway }) => {
    const vars = { TOKEN_ALG }
    const other = await startStorePool({ stsEndpoint: storeUrl, profile: 'seaweedfs', roles: ROLES, vars })
    try {
      const config = iamConfig({ issuer: other.service.url, pool: other.pool })
      await withGateway(config, async () => {
        expect(await vended(other)).toHaveProperty('SessionToken')
      })
    } finally {
      await other.stop()
    }
  }
}

function refused({ code, log, make, status }: Mistake): FileCheck {
  return async (bench) => {
    await bench.withGateway(make(bench.config()), async (gateway) => {
      const fault = await faultOf(vended(bench, await bench.loginOf('ada')))
      expect(fault).toBeInstanceOf(InvalidIdentityPoolConfigurationException)
      const { $metadata } = fault as InvalidIdentityPoolConfigurationException
      expect(await recorded(bench, $metadata.requestId ?? '')).toMatchObject({
        errorCode: 'InvalidIdentityPoolConfigurationException',
        additionalEventData: {
          reason: 'sts_refused',
          code,
          upstream: { endpoint: bench.storeUrl, ...(status && { status }) },
        },
      })
      expect(gateway.output()).toContain(log)
    })
  }
}

async function expectCredentials(bench: GatewayBench): Promise<void> {
  expect(await vended(bench, await bench.loginOf('ada'))).toHaveProperty('SessionToken')
  expect(await vended(bench)).toHaveProperty('SessionToken')
}

/** Puts the object there that everybody may read. */
export async function fillCluster(bench: GatewayBench): Promise<void> {
  await bench.withGateway(bench.config(), async () => {
    const s3 = s3With(bench.storeUrl, ADMIN)
    await s3.send(new CreateBucketCommand({ Bucket: OBJECT.Bucket }))
    await s3.send(new PutObjectCommand(OBJECT))
  })
}
