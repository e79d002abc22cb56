import { SetIdentityPoolRolesCommand } from '@aws-sdk/client-cognito-identity'
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { freePort } from '../../../tools/lib/local-service.ts'
import { enterWorkplace } from '../../conformance/support/workplace.ts'
import { s3With } from './clients.ts'
import { type StorePool, startStorePool } from './store-pool.ts'
import { BUCKET, OTHER_BUCKET, type RunningStore, type StoreTarget } from './store-target.ts'

/** A store that runs, a service that has it as its STS, and a pool that the store trusts. */
export interface Bed extends StorePool {
  target: StoreTarget
  store: RunningStore
  /** Of the store's STS and S3. */
  storeUrl: string
}

/** What is there before: an object that everybody may read, and one in a bucket that no role names. */
export const OBJECT = { Bucket: BUCKET, Key: 'hello.txt', Body: 'hello' }
export const OTHER_OBJECT = { Bucket: OTHER_BUCKET, Key: 'secret.txt', Body: 'secret' }

/** Starts all of it. What was started is ended if something fails. */
export async function startBed(target: StoreTarget): Promise<Bed> {
  const place = await enterWorkplace()
  const ends: (() => Promise<unknown>)[] = [() => place.leave()]
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end()
  }
  try {
    const port = await freePort()
    const storeUrl = `http://127.0.0.1:${port}`
    const pool = await startStorePool({ stsEndpoint: storeUrl, profile: target.profile, roles: target.roles })
    ends.push(() => pool.stop())
    const wanted = { port, folder: place.folder, issuer: pool.service.url, pool: pool.pool }
    const store = await target.start(wanted)
    ends.push(() => store.stop())
    await fill(storeUrl, store)
    const { roles = target.roles } = store
    if (roles !== target.roles) await setRoles(pool, roles)
    return { ...pool, target: { ...target, roles }, store, storeUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function setRoles({ operator, pool }: StorePool, { Guests, Users }: StoreTarget['roles']): Promise<void> {
  const Roles = { authenticated: Users, unauthenticated: Guests }
  await operator.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
}

async function fill(storeUrl: string, { admin }: RunningStore): Promise<void> {
  const s3 = s3With(storeUrl, admin)
  for (const object of [OBJECT, OTHER_OBJECT]) {
    await s3.send(new CreateBucketCommand({ Bucket: object.Bucket }))
    await s3.send(new PutObjectCommand(object))
  }
}
