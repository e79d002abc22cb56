import { SetIdentityPoolRolesCommand, SetPrincipalTagAttributeMapCommand } from '@aws-sdk/client-cognito-identity'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose'
import { expect } from 'vitest'
import { faultOf } from '../../conformance/support/answers.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../conformance/support/service.ts'
import type { Check } from './access-checks.ts'
import { assumeAtStore, enhanced, s3Credentials, s3With } from './clients.ts'
import { OWNERS, ROLES } from './seaweedfs-page.ts'
import { type Bed, OBJECT } from './store-bed.ts'
import { BUCKET } from './store-target.ts'

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

/** What docs/connect/seaweedfs.md says besides, of a gateway with its file. */
export const SEAWEEDFS_CHECKS: Readonly<Record<string, Check>> = {
  'users see only their own, and the case of letters counts in conditions alone': async (bed) => {
    await withRoleOfOwners(bed, async () => {
      const [bob, other] = [await userOf(bed, 'Bob'), await userOf(bed, 'bob')]
      await put(bob, 'home/Bob/x')
      expect(await get(bob, 'home/Bob/x')).toBe('x')
      expect((await list(bob, 'home/Bob/')).Contents?.map(({ Key }) => Key)).toEqual(['home/Bob/x'])
      expect(await faultOf(put(bob, 'home/alice/x'))).toMatchObject(DENIED)
      expect(await faultOf(get(bob, OBJECT.Key))).toMatchObject(DENIED)
      for (const prefix of ['home/alice/', '']) expect(await faultOf(list(bob, prefix))).toMatchObject(DENIED)
      expect(await get(other, 'home/Bob/x')).toBe('x')
      expect(await faultOf(list(other, 'home/Bob/'))).toMatchObject(DENIED)
    })
  },

  'tokens of the basic flow carry no tags for it': async (bed) => {
    await withRoleOfOwners(bed, async () => {
      await put(await userOf(bed, 'eve'), 'home/eve/x')
      const token = await bed.tokenOf(await bed.loginOf('eve'))
      expect(decodeJwt(token)).toMatchObject({
        'https://aws.amazon.com/tags': { principal_tags: { username: ['eve'] } },
      })
      const eve = s3With(bed.storeUrl, s3Credentials(await assumeAtStore(bed.storeUrl, OWNERS, token)))
      expect(await faultOf(get(eve, 'home/eve/x'))).toMatchObject(DENIED)
    })
  },

  'credentials of the basic flow outlive their token': async ({ loginOf, storeUrl, tokenOf }) => {
    const token = await tokenOf(await loginOf('ada'))
    const { Expiration } = await assumeAtStore(storeUrl, ROLES.Users, token)
    expect((Expiration?.getTime() ?? 0) / 1000).toBeGreaterThan(Number(decodeJwt(token).exp) + 200)
  },

  'a role is found by its name, whatever the account in its ARN': async ({ loginOf, storeUrl, tokenOf }) => {
    const token = await tokenOf(await loginOf('ada'))
    for (const arn of ['arn:aws:iam::123456789012:role/Users', 'arn:aws:iam::role/Users'])
      expect(await assumeAtStore(storeUrl, arn, token)).toHaveProperty('SessionToken')
    const missing = assumeAtStore(storeUrl, `arn:aws:iam::${LOCAL_ACCOUNT}:role/Nobody`, token)
    expect(await faultOf(missing)).toMatchObject({ name: 'AccessDenied' })
  },

  'a role without an account, or of another one, is refused here': async ({ operator, pool }) => {
    for (const authenticated of ['arn:aws:iam::role/Users', 'arn:aws:iam::123456789012:role/Users']) {
      const Roles = { authenticated, unauthenticated: ROLES.Guests }
      const refused = await faultOf(operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles })))
      expect(refused).toMatchObject({ message: `Access to Role '${authenticated}' is forbidden.` })
    }
  },

  'a token of a key that the issuer does not have is refused': async ({ storeUrl, tokenOf }) => {
    const token = await tokenOf()
    const { privateKey } = await generateKeyPair('RS256')
    const header = { ...decodeProtectedHeader(token), alg: 'RS256', kid: 'another' }
    const forged = await new SignJWT(decodeJwt(token)).setProtectedHeader(header).sign(privateKey)
    expect(await faultOf(assumeAtStore(storeUrl, ROLES.Guests, forged))).toMatchObject({ name: 'AccessDenied' })
  },

  'a session policy that is none is refused, and managed ones are passed over': async ({ storeUrl, tokenOf }) => {
    const sts = new STSClient({ endpoint: storeUrl, region: LOCAL_REGION, maxAttempts: 1 })
    const call = { RoleArn: ROLES.Guests, RoleSessionName: 'app', WebIdentityToken: await tokenOf() }
    const malformed = sts.send(new AssumeRoleWithWebIdentityCommand({ ...call, Policy: '{}' }))
    expect(await faultOf(malformed)).toMatchObject({ Error: { Code: 'MalformedPolicyDocument' } })
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/AWSDenyAll' }]
    const { Credentials } = await sts.send(new AssumeRoleWithWebIdentityCommand({ ...call, PolicyArns }))
    expect(await get(s3With(storeUrl, s3Credentials(Credentials)), OBJECT.Key)).toBe(OBJECT.Body)
  },

  'sessions have no account in their ARN, and the answer of STS no ARN': async (bed) => {
    const sts = new STSClient({ endpoint: bed.storeUrl, region: LOCAL_REGION, maxAttempts: 1 })
    const call = { RoleArn: ROLES.Guests, RoleSessionName: 'app', WebIdentityToken: await bed.tokenOf() }
    const answer = await sts.send(new AssumeRoleWithWebIdentityCommand(call))
    expect(answer.AssumedRoleUser).toBeUndefined()
    const credentials = s3Credentials(answer.Credentials)
    const session = new STSClient({ endpoint: bed.storeUrl, region: LOCAL_REGION, credentials, maxAttempts: 1 })
    expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: LOCAL_ACCOUNT,
      Arn: 'arn:aws:sts::assumed-role/Guests/app',
    })
  },

  'an OpenID token is no key to S3': async ({ loginOf, storeUrl, tokenOf }) => {
    for (const token of [await tokenOf(), await tokenOf(await loginOf('ada'))])
      expect((await readAsBearer(storeUrl, token)).status).toBe(403)
  },
}

/** Reads the object that everybody may read, with a token in place of a signature. */
export function readAsBearer(storeUrl: string, token: string): Promise<Response> {
  return fetch(`${storeUrl}/${OBJECT.Bucket}/${OBJECT.Key}`, { headers: { authorization: `Bearer ${token}` } })
}

const userOf = async (bed: Bed, user: string) => s3With(bed.storeUrl, enhanced(bed, await bed.loginOf(user)))
const put = (s3: S3Client, Key: string) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }))
const list = (s3: S3Client, Prefix: string) => s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }))

async function get(s3: S3Client, Key: string): Promise<string | undefined> {
  return (await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }))).Body?.transformToString()
}

/** Does something while users have the role of those who see only their own, and the tags that it asks for. */
async function withRoleOfOwners({ loginOf, operator, pool }: Bed, work: () => Promise<void>): Promise<void> {
  const setUsers = (authenticated: string) => {
    const Roles = { authenticated, unauthenticated: ROLES.Guests }
    return operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
  }
  const [issuer] = Object.keys(await loginOf('anybody'))
  const IdentityProviderName = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${issuer}`
  const map = { IdentityPoolId: pool, IdentityProviderName, UseDefaults: true }
  await operator.send(new SetPrincipalTagAttributeMapCommand(map))
  await setUsers(OWNERS)
  try {
    await work()
  } finally {
    await setUsers(ROLES.Users)
  }
}
