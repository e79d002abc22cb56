import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenForDeveloperIdentityCommand,
  InvalidIdentityPoolConfigurationException,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { faultOf } from '../../conformance/support/answers.ts'
import { assumeAtStore, enhanced, s3Credentials, s3With, vended } from './clients.ts'
import { forgedTokens } from './forged-tokens.ts'
import { type Bed, OBJECT, OTHER_OBJECT } from './store-bed.ts'
import { DEVELOPER } from './store-pool.ts'
import { type AccessCheckName, BUCKET, READ_ONLY } from './store-target.ts'

export type Check = (bed: Bed) => Promise<void>

/** What credentials are asked to last, which no default is. */
const SESSION_SECONDS = 1200

/** How far the clocks of the two may be apart, and how long a call may take. */
const LEEWAY_SECONDS = 60

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

export const ACCESS_CHECKS: Readonly<Record<AccessCheckName, Check>> = {
  'a user puts, gets and lists with credentials of the enhanced flow': async (bed) =>
    putGetAndList(s3With(bed.storeUrl, enhanced(bed, await bed.loginOf('ada'))), 'enhanced.txt'),

  'a user puts, gets and lists with credentials of the basic flow': async (bed) =>
    putGetAndList(await basicUser(bed, 'ada'), 'basic.txt'),

  'a guest gets with credentials of the enhanced flow': async (bed) =>
    expect(await textOf(s3With(bed.storeUrl, enhanced(bed)), OBJECT)).toBe(OBJECT.Body),

  'a guest gets with credentials of the basic flow': async (bed) =>
    expect(await textOf(await basicGuest(bed), OBJECT)).toBe(OBJECT.Body),

  'a guest is refused what the role of guests does not allow': async (bed) => {
    for (const guest of [s3With(bed.storeUrl, enhanced(bed)), await basicGuest(bed)]) {
      expect(await faultOf(put(guest, 'guest.txt'))).toMatchObject(DENIED)
      await put(guest, 'inbox/guest.txt')
      expect(await faultOf(list(guest))).toMatchObject(DENIED)
    }
  },

  'a user is refused a bucket that the role of users does not name': async (bed) => {
    const user = s3With(bed.storeUrl, enhanced(bed, await bed.loginOf('ada')))
    expect(await faultOf(textOf(user, OTHER_OBJECT))).toMatchObject(DENIED)
    expect(await faultOf(user.send(new PutObjectCommand({ ...OTHER_OBJECT, Key: 'ada.txt' })))).toMatchObject(DENIED)
    expect(await textOf(s3With(bed.storeUrl, bed.store.admin), OTHER_OBJECT)).toBe(OTHER_OBJECT.Body)
  },

  'a guest is refused the role of users in the basic flow': async ({ storeUrl, target, tokenOf }) => {
    const refused = await faultOf(assumeAtStore(storeUrl, target.roles.Users, await tokenOf()))
    expect(refused).toMatchObject({ name: target.codes.untrusted })
  },

  'credentials last as long as the pool says': async (bed) => {
    await withTags(bed, { 'edge-identity:session-seconds': String(SESSION_SECONDS) }, async () => {
      for (const Logins of [undefined, await bed.loginOf('ada')]) {
        const ends = (await vended(bed, Logins)).Expiration?.getTime() ?? 0
        expect(Math.abs(ends / 1000 - (Date.now() / 1000 + SESSION_SECONDS))).toBeLessThan(LEEWAY_SECONDS)
      }
    })
  },

  'a session policy of the pool narrows guests below their role': async (bed) => {
    await registerGuestPolicy(bed)
    await withTags(bed, { 'edge-identity:guest-policy': 'read-only' }, async () => {
      const guest = s3With(bed.storeUrl, enhanced(bed))
      expect(await textOf(guest, OBJECT)).toBe(OBJECT.Body)
      expect(await faultOf(put(guest, 'inbox/narrowed.txt'))).toMatchObject(DENIED)
    })
  },

  'a token that has expired is refused': async (bed) => {
    const { roles, codes } = bed.target
    const s3 = s3With(
      bed.storeUrl,
      s3Credentials(await assumeAtStore(bed.storeUrl, roles.Users, await short(bed, 600))),
    )
    expect(await textOf(s3, OBJECT)).toBe(OBJECT.Body)
    const token = await short(bed, 1)
    while (Date.now() / 1000 < Number(decodeJwt(token).exp) + 1) await sleep(200)
    expect(await faultOf(assumeAtStore(bed.storeUrl, roles.Users, token))).toMatchObject({ name: codes.expired })
  },

  'a forged token is refused': async ({ loginOf, storeUrl, target, tokenOf }) => {
    const token = await tokenOf(await loginOf('ada'))
    for (const [how, forged] of Object.entries(await forgedTokens(token))) {
      const refused = await faultOf(assumeAtStore(storeUrl, target.roles.Users, forged))
      expect(refused, how).toMatchObject({ name: target.codes.forged })
    }
    expect(await assumeAtStore(storeUrl, target.roles.Users, token)).toHaveProperty('SessionToken')
  },

  'a refusal of the store is InvalidIdentityPoolConfigurationException to the client': async (bed) => {
    const unknown = await bed.createPool(bed.target.roles)
    const { IdentityId } = await bed.app.send(new GetIdCommand({ IdentityPoolId: unknown }))
    const refused = await faultOf(bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId })))
    expect(refused).toBeInstanceOf(InvalidIdentityPoolConfigurationException)
    expect(refused).toMatchObject({
      message: 'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    })
  },
}

async function basicGuest(bed: Bed): Promise<S3Client> {
  const credentials = await assumeAtStore(bed.storeUrl, bed.target.roles.Guests, await bed.tokenOf())
  return s3With(bed.storeUrl, s3Credentials(credentials))
}

async function basicUser(bed: Bed, user: string): Promise<S3Client> {
  const token = await bed.tokenOf(await bed.loginOf(user))
  return s3With(bed.storeUrl, s3Credentials(await assumeAtStore(bed.storeUrl, bed.target.roles.Users, token)))
}

/** An OpenID token of a user of the backend, which ends so soon. */
async function short({ operator, pool }: Bed, TokenDuration: number): Promise<string> {
  const request = { IdentityPoolId: pool, Logins: { [DEVELOPER]: 'bob' }, TokenDuration }
  return (await operator.send(new GetOpenIdTokenForDeveloperIdentityCommand(request))).Token ?? ''
}

const put = (s3: S3Client, Key: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: `of ${Key}` }))
const list = (s3: S3Client) => s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))

async function textOf(s3: S3Client, { Bucket, Key }: { Bucket: string; Key: string }): Promise<string | undefined> {
  return (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()
}

async function putGetAndList(s3: S3Client, Key: string): Promise<void> {
  await put(s3, Key)
  expect(await textOf(s3, { Bucket: BUCKET, Key })).toBe(`of ${Key}`)
  expect((await list(s3)).Contents?.map((object) => object.Key)).toContain(Key)
}

/** Does something while the pool has these tags. */
async function withTags({ operator, poolArn }: Bed, Tags: Record<string, string>, work: () => Promise<void>) {
  await operator.send(new TagResourceCommand({ ResourceArn: poolArn, Tags }))
  try {
    await work()
  } finally {
    await operator.send(new UntagResourceCommand({ ResourceArn: poolArn, TagKeys: Object.keys(Tags) }))
  }
}

/** Registers a role here with the path and name of that of the store, and the policy that the pool names by its tag. */
async function registerGuestPolicy({ iam, pool, target }: Bed): Promise<void> {
  const RoleName = target.roles.Guests.replace(/^.*\//, '')
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: 'cognito-identity.amazonaws.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  const policy = { PolicyName: 'read-only', PolicyDocument: JSON.stringify(READ_ONLY) }
  await iam.send(new PutRolePolicyCommand({ RoleName, ...policy }))
}
