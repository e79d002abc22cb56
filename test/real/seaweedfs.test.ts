import { randomBytes } from 'node:crypto'
import { LOCAL_ACCOUNT } from '../conformance/support/service.ts'
import { ADMIN, startCluster, startGateway, versionOf, weed } from './support/seaweedfs.ts'
import { storeChecks } from './support/store-checks.ts'
import { ROLE_AMR, ROLE_POLICIES, type RoleName, type RunningStore, type WantedStore } from './support/store-target.ts'

const roleArn = (name: RoleName) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`
const NAMES = Object.keys(ROLE_AMR) as RoleName[]

/** The file of docs/connect/seaweedfs.md. */
function iamConfig({ issuer, pool }: WantedStore): object {
  const trust = (name: RoleName) => ({
    Effect: 'Allow',
    Principal: { Federated: 'identity' },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: { 'oidc:aud': pool, 'oidc:amr': ROLE_AMR[name] } },
  })
  return {
    sts: {
      tokenDuration: '1h',
      maxSessionLength: '12h',
      issuer: 'seaweedfs-sts',
      signingKey: randomBytes(32).toString('base64'),
      accountId: LOCAL_ACCOUNT,
    },
    providers: [
      {
        name: 'identity',
        type: 'oidc',
        enabled: true,
        config: { issuer, clientId: pool, allowedPrincipalTagKeys: ['username', 'client'] },
      },
    ],
    policy: { defaultEffect: 'Deny', storeType: 'memory' },
    roles: NAMES.map((name) => ({
      roleName: name,
      roleArn: roleArn(name),
      trustPolicy: { Version: '2012-10-17', Statement: [trust(name)] },
      attachedPolicies: [name],
    })),
    policies: NAMES.map((name) => ({ name, document: ROLE_POLICIES[name] })),
  }
}

async function start(wanted: WantedStore): Promise<RunningStore> {
  const cluster = await startCluster(wanted.folder)
  const gateway = await startGateway(cluster, wanted.port, iamConfig(wanted)).catch(async (error: unknown) => {
    await cluster.stop()
    throw error
  })
  const stop = async () => void (await Promise.all([gateway.stop(), cluster.stop()]))
  return { ...gateway, stop, admin: ADMIN, version: await versionOf(weed ?? '') }
}

storeChecks({
  name: 'SeaweedFS',
  missing: weed === undefined ? 'the program weed is not installed' : undefined,
  profile: 'seaweedfs',
  roles: { Users: roleArn('Users'), Guests: roleArn('Guests') },
  codes: { expired: 'ExpiredTokenException', forged: 'InvalidParameterValue', untrusted: 'AccessDenied' },
  start,
})
