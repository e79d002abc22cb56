import { type Credentials, SetIdentityPoolRolesCommand } from '@aws-sdk/client-cognito-identity'
import {
  AddClientIDToOpenIDConnectProviderCommand,
  type CreateRoleCommandInput,
  type IAMClient,
} from '@aws-sdk/client-iam'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../conformance/support/service.ts'
import { recorded } from './audit-record.ts'
import { type CephStore, createRole, type Trust, trustOf } from './ceph-store.ts'
import { enhanced, s3With, vended } from './clients.ts'
import type { Bed } from './store-bed.ts'
import { BUCKET, ROLE_AMR, type RoleName } from './store-target.ts'

/** A role at Ceph, and for whom it is. */
interface WantedRole {
  name: string
  of: RoleName
  policy: object
  /** What is different from the trust policy of the page. */
  change?: (trust: Trust) => void
  settings?: Partial<CreateRoleCommandInput>
}

/** A pool beside that of the bed, whose roles a check chooses. */
export interface CephPool {
  pool: string
  arn: string
  /** Gives the ARN. */
  role(wanted: WantedRole): Promise<string>
  give(roles: Partial<Record<RoleName, string>>): Promise<void>
  /** Credentials of the enhanced flow: of a guest, or of a user. */
  credentials(user?: string): Promise<Credentials>
  s3(user?: string): Promise<S3Client>
  /** For any client of the SDK. */
  provider(user?: string): Promise<ReturnType<typeof enhanced>>
}

interface Place {
  iam: IAMClient
  /** ARN of the provider there. */
  provider: string
}

/** Makes such a pool, and adds it to the clients of the provider. */
export async function anotherPool(bed: Bed, store: CephStore): Promise<CephPool> {
  const made = await poolAt(bed, store)
  const client = { OpenIDConnectProviderArn: store.provider, ClientID: made.pool }
  await store.iam.send(new AddClientIDToOpenIDConnectProviderCommand(client))
  return made
}

/** Such a pool whose roles are at another place, such as a tenant. Whose provider knows it is left to the caller. */
export async function poolAt(bed: Bed, { issuer, ...there }: Place & { issuer: string }): Promise<CephPool> {
  const pool = await bed.createPool(bed.target.roles)
  const loginsOf = async (user?: string) => (user === undefined ? undefined : await bed.loginOf(user))
  const provider: CephPool['provider'] = async (user) => enhanced({ ...bed, pool }, await loginsOf(user))
  return {
    pool,
    arn: `arn:aws:cognito-identity:${LOCAL_REGION}:${LOCAL_ACCOUNT}:identitypool/${pool}`,
    async role({ change, name, of, policy, settings }) {
      const trust = trustOf({ issuer, provider: there.provider, pool, amr: ROLE_AMR[of] })
      change?.(trust)
      return createRole(there.iam, name, trust, policy, settings)
    },
    async give({ Guests, Users }) {
      const Roles = { ...(Users && { authenticated: Users }), ...(Guests && { unauthenticated: Guests }) }
      await bed.operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
    },
    credentials: async (user) => vended({ ...bed, pool }, await loginsOf(user)),
    provider,
    s3: async (user) => s3With(bed.storeUrl, await provider(user)),
  }
}

/** What the audit record of a refused request says of its decision. */
export async function decisionOn(refused: unknown, bed: Bed): Promise<Decision> {
  const { requestId = '' } = (refused as { $metadata: { requestId?: string } }).$metadata
  return ((await recorded(bed, requestId)) as { additionalEventData: Decision }).additionalEventData
}

interface Decision {
  reason?: string
  code?: string
  upstream?: { requestId?: string }
}

export const put = (s3: S3Client, Key: string, Tagging?: string) =>
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: `of ${Key}`, ...(Tagging && { Tagging }) }))

export const get = async (s3: S3Client, Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString()

export const remove = (s3: S3Client, Key: string) => s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }))

export const makeBucket = (s3: S3Client, Bucket: string) => s3.send(new CreateBucketCommand({ Bucket }))

export async function list(s3: S3Client, Prefix?: string, Bucket = BUCKET): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, ...(Prefix && { Prefix }) }))
  return Contents.map(({ Key = '' }) => Key)
}
