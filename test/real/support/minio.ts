import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { goProgram } from './go-programs.ts'
import { type Program, runProgram, startProgram, waitUntil } from './programs.ts'
import { ROLE_POLICIES, type RunningStore, type StoreTarget, type WantedStore } from './store-target.ts'

/** The program; `undefined` where it is not installed. */
const MINIO = goProgram('minio')

const ADMIN = { accessKeyId: 'minioadministrator', secretAccessKey: 'minioadministratorsecret' }

/** A bucket in which everybody has a folder that is named after the identity. */
export const HOMES = 'homes'
const OWN_FOLDER = {
  Effect: 'Allow',
  Action: ['s3:GetObject', 's3:PutObject'],
  Resource: [`arn:aws:s3:::${HOMES}/\${jwt:sub}/*`],
}

/** Policies by name, which the role of the pool has. */
const POLICIES = { users: ROLE_POLICIES.Users, homes: { Version: '2012-10-17', Statement: [OWN_FOLDER] } }

const ONE_ROLE = 'MinIO has one role for a client id, which guests and users share'
const NOT_YET = 'arn:minio:iam:::role/not-yet-known'

/** MinIO on one drive, as docs/connect/minio.md sets it up. */
export const minioTarget: StoreTarget = {
  name: 'MinIO',
  missing: MINIO === undefined ? 'the program minio is not installed' : undefined,
  profile: 'minio',
  roles: { Users: NOT_YET, Guests: NOT_YET },
  codes: { expired: 'InvalidParameterValue', forged: 'InvalidParameterValue', untrusted: '' },
  cannot: {
    'a guest is refused what the role of guests does not allow': ONE_ROLE,
    'a guest is refused the role of users in the basic flow': ONE_ROLE,
  },
  start,
}

/** The ARN of the role that stands for a client id, as the page computes it. */
export function roleOf(clientId: string): string {
  return `arn:minio:iam:::role/${createHash('sha1').update(clientId).digest('base64url')}`
}

async function start({ folder, issuer, pool, port }: WantedStore): Promise<RunningStore & Program> {
  if (MINIO === undefined) throw new Error('minio is not installed.')
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    MINIO_ROOT_USER: ADMIN.accessKeyId,
    MINIO_ROOT_PASSWORD: ADMIN.secretAccessKey,
    MINIO_BROWSER: 'off',
    MINIO_UPDATE: 'off',
    MINIO_IDENTITY_OPENID_ENABLE_APP: 'on',
    MINIO_IDENTITY_OPENID_CONFIG_URL_APP: `${issuer}/.well-known/openid-configuration`,
    MINIO_IDENTITY_OPENID_CLIENT_ID_APP: pool,
    MINIO_IDENTITY_OPENID_ROLE_POLICY_APP: Object.keys(POLICIES).join(','),
  }
  const minio = startProgram(MINIO, ['server', `${folder}/drive`, '--address', `127.0.0.1:${port}`], {
    cwd: folder,
    env,
  })
  try {
    await waitUntil(() => putPolicies(`http://127.0.0.1:${port}`), minio, 'minio')
    const role = roleOf(pool)
    return { ...minio, version: await versionOf(MINIO), admin: ADMIN, roles: { Users: role, Guests: role } }
  } catch (error) {
    await minio.stop()
    throw error
  }
}

/** Gives MinIO its policies, as `mc admin policy create` does; `false` while it does not take them yet. */
async function putPolicies(url: string): Promise<boolean> {
  const admin = new AwsClient({ ...ADMIN, service: 's3', region: 'us-east-1', retries: 0 })
  for (const [name, policy] of Object.entries(POLICIES)) {
    const request = { method: 'PUT', body: JSON.stringify(policy) }
    const { ok } = await admin.fetch(`${url}/minio/admin/v3/add-canned-policy?name=${name}`, request)
    if (!ok) return false
  }
  return true
}

/** A release says its name. What `go install` built has the version of its module, which Go reads. */
async function versionOf(program: string): Promise<string> {
  const release = /\bRELEASE\.\S+/.exec(await runProgram(program, ['--version']))?.[0]
  if (release !== undefined) return `MinIO ${release}`
  const built = await runProgram('go', ['version', '-m', program]).catch(() => '')
  return `MinIO ${/\tmod\t\S+\t(\S+)/.exec(built)?.[1] ?? 'of an unknown version'}`
}
