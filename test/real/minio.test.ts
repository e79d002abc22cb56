import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { faultOf } from '../conformance/support/answers.ts'
import { assumeAtStore, s3Credentials, s3With } from './support/clients.ts'
import { HOMES, minioTarget, roleOf } from './support/minio.ts'
import { storeChecks } from './support/store-checks.ts'

storeChecks(minioTarget, {
  'a policy gives each identity its own folder': async ({ loginOf, store, storeUrl, target, tokenOf }) => {
    await s3With(storeUrl, store.admin).send(new CreateBucketCommand({ Bucket: HOMES }))
    const keyOf = (token: string) => `${decodeJwt(token).sub}/note.txt`
    const session = async (token: string) =>
      s3With(storeUrl, s3Credentials(await assumeAtStore(storeUrl, target.roles.Users, token)))
    const [ada, bob] = [await tokenOf(await loginOf('ada')), await tokenOf(await loginOf('bob'))]
    const [asAda, asBob] = [await session(ada), await session(bob)]
    const note = { Bucket: HOMES, Key: keyOf(ada) }
    await asAda.send(new PutObjectCommand({ ...note, Body: 'of Ada' }))
    expect(await (await asAda.send(new GetObjectCommand(note))).Body?.transformToString()).toBe('of Ada')
    expect(await faultOf(asBob.send(new GetObjectCommand(note)))).toMatchObject({ name: 'AccessDenied' })
  },

  'the role of another client id is refused': async ({ storeUrl, tokenOf }) => {
    const refused = await faultOf(assumeAtStore(storeUrl, roleOf('another'), await tokenOf()))
    expect(refused).toMatchObject({ name: 'InvalidParameterValue' })
  },
})
