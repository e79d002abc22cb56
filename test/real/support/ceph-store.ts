import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  type CreateRoleCommandInput,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { LOCAL_REGION } from '../../conformance/support/service.ts'
import { type CephCluster, type Gateway, startCluster, versionOf } from './ceph-cluster.ts'
import { type CephPrograms, findCeph } from './ceph-programs.ts'
import { jsonOnPage } from './page-blocks.ts'
import { ROLE_AMR, ROLE_POLICIES, type RoleName, type RunningStore, type WantedStore } from './store-target.ts'

const found = findCeph()
const ceph: CephPrograms | undefined = typeof found === 'string' ? undefined : found

/** Why it cannot be started here; `undefined` where it can. */
export const CEPH_MISSING = typeof found === 'string' ? found : undefined
/** As `20.2.4`; `undefined` where there is none. */
export const CEPH_VERSION = ceph && versionOf(ceph)

/** The create call wants one, and the gateway does not look at it unless it is told to. */
const THUMBPRINT = 'A'.repeat(40)

export interface CephStore extends RunningStore {
  cluster: CephCluster
  gateway: Gateway
  issuer: string
  /** ARN of the provider that the issuer is there. */
  provider: string
  /** Signs with the keys of the user that may create providers and roles. */
  iam: IAMClient
}

/** Does what docs/connect/ceph.md tells to do at Ceph. */
export async function startCephStore({ folder, issuer, pool, port }: WantedStore): Promise<CephStore> {
  if (!ceph) throw new Error(CEPH_MISSING)
  const cluster = await startCluster(ceph, folder)
  try {
    const gateway = await cluster.startGateway(port)
    const admin = await createUser(cluster, '--uid', 'identity-admin')
    await cluster.admin('caps', 'add', '--uid', 'identity-admin', '--caps', 'roles=*;oidc-provider=*')
    const iam = new IAMClient({ region: LOCAL_REGION, endpoint: gateway.url, credentials: admin })
    const provider = await registerProvider(iam, issuer, [pool])
    for (const name of Object.keys(ROLE_AMR) as RoleName[])
      await createRole(iam, name, trustOf({ issuer, provider, pool, amr: ROLE_AMR[name] }), ROLE_POLICIES[name])
    const stop = () => cluster.stop()
    return { ...gateway, stop, admin, version: `Ceph ${CEPH_VERSION}`, cluster, gateway, iam, issuer, provider }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

interface CreatedUser {
  keys: [{ access_key: string; secret_key: string }]
}

/** A user of the gateway; gives its keys. */
export async function createUser(cluster: CephCluster, ...options: string[]): Promise<CephStore['admin']> {
  const created = (await cluster.admin('user', 'create', ...options, '--display-name', 'identity-admin')) as CreatedUser
  const [{ access_key: accessKeyId, secret_key: secretAccessKey }] = created.keys
  return { accessKeyId, secretAccessKey }
}

/** Gives the ARN of the provider. */
export async function registerProvider(iam: IAMClient, Url: string, ClientIDList: string[]): Promise<string> {
  const provider = { Url, ClientIDList, ThumbprintList: [THUMBPRINT] }
  return (await iam.send(new CreateOpenIDConnectProviderCommand(provider))).OpenIDConnectProviderArn ?? ''
}

export interface Trust {
  Version: string
  Statement: [
    { Effect: string; Principal: object; Action: string[]; Condition: { StringEquals: Record<string, string> } },
  ]
}

/** The trust policy of the page, for this pool. */
export function trustOf(of: { issuer: string; provider: string; pool: string; amr: string }): Trust {
  return JSON.parse(
    jsonOnPage('ceph.md', 'sts:TagSession')
      .replaceAll('arn:aws:iam:::oidc-provider/identity.example.com', of.provider)
      .replaceAll('identity.example.com', new URL(of.issuer).host)
      .replaceAll('us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9', of.pool)
      .replaceAll('"authenticated"', JSON.stringify(of.amr)),
  )
}

/** Gives the ARN of the role. */
export async function createRole(
  iam: IAMClient,
  RoleName: string,
  trust: Trust,
  policy: object,
  settings: Partial<CreateRoleCommandInput> = {},
): Promise<string> {
  const role = { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust), ...settings }
  const { Role } = await iam.send(new CreateRoleCommand(role))
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'files', PolicyDocument: JSON.stringify(policy) }))
  return Role?.Arn ?? ''
}
