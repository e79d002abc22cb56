import { GetObjectCommand } from '@aws-sdk/client-s3'
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { faultOf } from '../conformance/support/answers.ts'
import { LOCAL_REGION } from '../conformance/support/service.ts'
import { assumeAtStore, enhanced, s3Credentials, s3With } from './support/clients.ts'
import { BARE_ROLE, motoTarget } from './support/moto.ts'
import { OBJECT } from './support/store-bed.ts'
import { storeChecks } from './support/store-checks.ts'

const { Bucket, Key } = OBJECT
const READ = new GetObjectCommand({ Bucket, Key })
const DENY_ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }

storeChecks(motoTarget, {
  'a user whose role has no policy is refused': async (bed) => {
    const pool = await bed.createPool({ Users: BARE_ROLE, Guests: BARE_ROLE })
    const user = s3With(bed.storeUrl, enhanced({ ...bed, pool }, await bed.loginOf('ada')))
    expect(await faultOf(user.send(READ))).toMatchObject({ name: 'AccessDenied' })
  },

  'a session is refused with a secret or a session token of another': async ({ storeUrl, target, tokenOf }) => {
    const session = async () => s3Credentials(await assumeAtStore(storeUrl, target.roles.Guests, await tokenOf()))
    const [guest, { secretAccessKey, sessionToken }] = [await session(), await session()]
    const faultWith = (part: object) => faultOf(s3With(storeUrl, { ...guest, ...part }).send(READ))
    expect(await faultWith({ secretAccessKey })).toMatchObject({ name: 'SignatureDoesNotMatch' })
    expect(await faultWith({ sessionToken })).toMatchObject({ name: 'InvalidToken' })
  },

  // Why checks of tokens, trust policies and session policies are skipped. Its roles trust nobody.
  'moto still takes any token for any role, and ignores a session policy': async ({ storeUrl, target }) => {
    const sts = new STSClient({ endpoint: storeUrl, region: LOCAL_REGION, maxAttempts: 1 })
    const session = { RoleArn: target.roles.Guests, RoleSessionName: 'anybody', Policy: JSON.stringify(DENY_ALL) }
    const call = new AssumeRoleWithWebIdentityCommand({ ...session, WebIdentityToken: 'no token' })
    const { Credentials: given } = await sts.send(call)
    if (!given) throw new Error('The answer has no credentials.')
    const s3 = s3With(storeUrl, s3Credentials(given))
    expect(await (await s3.send(READ)).Body?.transformToString()).toBe(OBJECT.Body)
  },
})
