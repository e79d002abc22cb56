import { seededInChunks } from '../bench/growth.ts'
import type { Issuer } from '../bench/issuer.ts'
import { createPool } from '../bench/operations.ts'
import { type Stage, serviceWorker } from '../bench/stage.ts'
import { subjectOf } from '../bench/subjects.ts'
import { serve, type WorkerSetup } from '../bench/workerd.ts'
import { connect } from '../lib/client.ts'
import { LOCAL_ACCOUNT, LOCAL_KEY } from '../lib/local-service.ts'
import { guestBecomesUser, guestIsMerged, newGuest, newUser, userGetsLogin } from './calls.ts'
import type { Load } from './load.ts'
import type { People } from './people.ts'

/** Identities that come by calls, so that some have two logins, and some have lost a merge. The others are written at once. */
const BY_CALLS = 5_000
/** Calls of the filling that are under way at once. */
const AT_ONCE = 16

/** Makes the disk of a pool in one object, and everybody in it whom calls do not make. */
export async function fillDisk(
  stage: Stage,
  issuers: readonly [Issuer, Issuer],
  people: People,
  identities: number,
): Promise<{ poolId: string; worker: WorkerSetup }> {
  const count = Math.floor(Math.max(0, identities - BY_CALLS) / 2)
  const worker = await serviceWorker(stage, { name: 'drill', script: await stage.production() })
  const server = await serve(count > 0 ? { ...worker, script: await stage.instrumented() } : worker)
  try {
    const poolId = await createPool(server.url, issuers[0])
    await addProvider(server.url, poolId, issuers)
    if (count > 0) {
      const { url } = server
      const idOf = (uuid: string) => `${poolId.split(':')[0]}:${uuid}`
      const guests = await seededInChunks(url, { poolId, count, stride: 1 })
      people.guests.push(...guests.sample.map(idOf))
      const users = await seededInChunks(url, { poolId, provider: issuers[0].name, count, stride: 1 })
      for (const [n, uuid] of users.sample.entries())
        people.users.push({ id: idOf(uuid), logins: [{ issuer: 0, subject: subjectOf(n) }] })
    }
    return { poolId, worker }
  } finally {
    await server.stop()
  }
}

/** The others: half guests, half users; of these some have two logins, or have taken in a guest. */
export async function fillByCalls(load: Load, identities: number): Promise<void> {
  const left = Math.min(identities, BY_CALLS)
  const some = (share: number) => Math.floor(left * share)
  const plan = [
    { run: newGuest, count: some(0.65) },
    { run: newUser, count: left - some(0.65) },
    { run: guestBecomesUser, count: some(0.1) },
    { run: userGetsLogin, count: some(0.15) },
    { run: guestIsMerged, count: some(0.05) },
  ]
  for (const { count, run } of plan)
    for (let done = 0; done < count; done += AT_ONCE) {
      for (let n = done; n < Math.min(count, done + AT_ONCE); n++) load.begin({ name: 'filling', share: 0, run })
      await load.settle()
    }
  if (load.tally.failed > 0) throw new Error(`The pool could not be filled. ${load.tally.faults.join('\n')}`)
}

async function addProvider(url: string, poolId: string, issuers: readonly Issuer[]): Promise<void> {
  const admin = connect(url, LOCAL_KEY)
  const [, other] = issuers
  if (!other) return
  await admin.query('iam', 'CreateOpenIDConnectProvider', { Url: other.url, 'ClientIDList.member.1': 'bench' })
  const pool = await admin.signed('DescribeIdentityPool', { IdentityPoolId: poolId })
  const OpenIdConnectProviderARNs = issuers.map(({ name }) => `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${name}`)
  await admin.signed('UpdateIdentityPool', { ...pool, OpenIdConnectProviderARNs })
}
