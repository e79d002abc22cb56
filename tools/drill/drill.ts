import { setTimeout as sleep } from 'node:timers/promises'
import { startIssuer } from '../bench/issuer.ts'
import type { Stage } from '../bench/stage.ts'
import { connect } from '../lib/client.ts'
import { LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_REGION } from '../lib/local-service.ts'
import type { Growth } from '../lib/spread.ts'
import { generator } from '../scale/random.ts'
import { faultsOf, listed, patiently } from './checks.ts'
import { faultsOnDisk } from './disk.ts'
import { fillByCalls, fillDisk } from './filling.ts'
import { KilledServer } from './killed-server.ts'
import { Load, type Tally } from './load.ts'
import { People } from './people.ts'

export interface DrillPlan {
  identities: number
  objects: number
  callsPerSecond: number
  /** Who share in the calls, each with a client of its own. */
  callers: number
  /** Calls that are under way at once, with their retries. */
  callsAtOnce: number
  /** At least. */
  secondsBetweenKills: number
  /** Calls that are answered from one kill to the next, at least. */
  answersBetweenKills: number
  /** Calls that are answered before the growth begins, and again after it. */
  answersAround: number
  seed: number
}

export interface DrillResult {
  growth: Growth
  tally: Tally
  /** Of calls and kills. */
  seconds: number
  kills: number
  /** Milliseconds from a kill until the next process listens. */
  gaps: readonly number[]
  identities: number
  /** None if all is well. */
  faults: string[]
}

/** Callers who make those whom the filling makes by calls. */
const FILLERS = 16
const TELL_EVERY_MS = 5_000
const LOOK_EVERY_MS = 200

/** Grows a pool while it is called and its server is killed again and again, and then looks whether all is as it must be. */
export async function drill(stage: Stage, plan: DrillPlan, progress: (line: string) => void): Promise<DrillResult> {
  const issuers = await Promise.all([startIssuer('ES256'), startIssuer('ES256')])
  for (const issuer of issuers) await stage.keep(issuer)
  const chance = generator(plan.seed)
  const people = new People(chance)
  const { poolId, worker } = await fillDisk(stage, issuers, people, plan.identities)
  const server = await stage.keep(await KilledServer.start(worker))
  let number = plan.identities
  const given = { issuers, people, poolId, url: server.url, chance, newNumber: () => number++ }
  const filling = new Load({ ...given, callers: FILLERS })
  await fillByCalls(filling, plan.identities)
  filling.close()
  people.changed.clear()
  const before = new Map((await listed(given)).map((each) => [each.IdentityId, each]))
  progress(
    `${before.size} identities in one object: ${people.users.length} users, ${people.guests.length} guests, ${people.merged.length} merged`,
  )

  const load = new Load({ ...given, callers: plan.callers })
  const start = performance.now()
  const growth = await grow({ load, plan, poolId, progress, server })
  const seconds = (performance.now() - start) / 1000
  load.close()
  const { tally } = load
  const faults = [...tally.faults]
  progress('Looks whether all is as it must be:')
  faults.push(...(await faultsOf({ ...given, progress }, before, tally.unknownGuests)))
  await server.stop()
  faults.push(...faultsOnDisk(worker.folder, plan.objects, people))
  return { growth, tally, seconds, kills: server.kills, gaps: server.gaps, identities: before.size, faults }
}

interface GrowWays {
  load: Load
  plan: DrillPlan
  poolId: string
  progress: (line: string) => void
  server: KilledServer
}

/** Lets the pool grow, under calls and kills; resolves when all calls have come to an end. */
async function grow(ways: GrowWays): Promise<Growth> {
  const { load, plan, poolId, server } = ways
  let isOver = false
  const goesOn = () => !isOver
  const calling = load.run(plan.callsPerSecond, plan.callsAtOnce, goesOn)
  const killing = server.killEvery({
    milliseconds: plan.secondsBetweenKills * 1000,
    answers: plan.answersBetweenKills,
    answered: () => load.answered,
    goesOn,
  })
  try {
    await untilAnswered(load, plan.answersAround)
    await patiently(() => connect(server.url, LOCAL_KEY).signed('TagResource', wanted(poolId, plan.objects)))
    const growth = await untilDone(ways)
    await untilAnswered(load, plan.answersAround)
    return growth
  } finally {
    isOver = true
    await killing
    await calling
  }
}

async function untilAnswered(load: Load, more: number): Promise<void> {
  const enough = load.answered + more
  while (load.answered < enough) await sleep(LOOK_EVERY_MS)
}

function wanted(poolId: string, objects: number) {
  return {
    ResourceArn: `arn:aws:cognito-identity:${LOCAL_REGION}:${LOCAL_ACCOUNT}:identitypool/${poolId}`,
    Tags: { 'edge-identity:shards': String(objects) },
  }
}

/** Throws where the growth stands still. */
async function untilDone(ways: GrowWays): Promise<Growth> {
  const { poolId, progress, server } = ways
  const { own } = connect(server.url, LOCAL_KEY)
  let last = ''
  let changedAt = Date.now()
  for (let toldAt = 0; ; await sleep(LOOK_EVERY_MS)) {
    const { Growth: growth } = await patiently(() => own('DescribeSpread', { IdentityPoolId: poolId }))
    const state = [growth.Phase, growth.SlotsMoved, growth.LoginsIndexed, growth.RowsGiven].join()
    if (state !== last) changedAt = Date.now()
    last = state
    if (growth.Phase === 'Done' || Date.now() > toldAt + TELL_EVERY_MS) {
      toldAt = Date.now()
      progress(lineOf(growth, ways))
    }
    if (growth.Phase === 'Done') return growth
    if (Date.now() > changedAt + STANDS_STILL_MS) throw new Error(`The growth stands still: ${JSON.stringify(growth)}`)
  }
}

const STANDS_STILL_MS = 90_000

function lineOf(growth: Growth, { load, server }: GrowWays): string {
  const { tally } = load
  const done =
    growth.Phase === 'Indexing'
      ? `${growth.LoginsIndexed} logins`
      : `${growth.SlotsMoved} of ${growth.SlotsToMove} slots, ${growth.RowsGiven} rows`
  return (
    `  ${growth.Phase}: ${done}; ${tally.all} calls, ${tally.retried} retried, ${load.underWay} under way, ` +
    `${tally.failed} failed, ${tally.wrong} wrong; ${server.kills} kills${growth.LastError ? `; ${growth.LastError}` : ''}`
  )
}
