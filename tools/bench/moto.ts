import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../lib/client.ts'
import { freePort, LOCAL_KEY } from '../lib/local-service.ts'
import type { Spread } from '../lib/statistics.ts'
import type { FloorPlan } from './against-floor.ts'
import { bytesOf, type Call } from './load.ts'
import { cpuRatio, type Figures, measure, throughputRatio } from './measure.ts'
import { createPool, operations, publicCall } from './operations.ts'
import { whileItRuns } from './process.ts'
import type { Stage } from './stage.ts'
import type { Server } from './workerd.ts'

const READY_WITHIN_MS = 30_000
const COMMANDS: readonly (readonly [command: string, args: readonly string[]])[] = [
  ['moto_server', []],
  ['python3', ['-m', 'moto.server']],
]

/** An operation next to the same of moto. */
export interface MotoResult {
  id: Compared
  name: string
  service: Figures
  moto: Figures
  /** Of the service over moto. */
  throughput: Spread
  cpu: Spread
}

type Compared = 'GetId' | 'GetOpenIdToken' | 'GetCredentialsForIdentity'

/**
 * Three operations next to moto, an independent emulator of AWS: it makes up ids, tokens and credentials, in memory, and
 * checks nothing.
 */
export async function againstMoto(
  stage: Stage,
  plan: FloorPlan,
  onResult: (result: MotoResult) => void,
): Promise<MotoResult[] | { notMeasured: string }> {
  const moto = await startMoto()
  if (!moto) return { notMeasured: 'moto is not installed here' }
  await stage.keep(moto)
  const motoCalls = await callsOfMoto(moto.url)
  const results: MotoResult[] = []
  const known = operations(plan.algorithm)
  for (const [id, wanted] of COMPARED) {
    const operation = known.find((each) => each.id === wanted)
    if (!operation) throw new Error(`There is no operation ${wanted}.`)
    const service = await stage.service(operation.algorithm)
    const issuer = await stage.issuer()
    const calls = await operation.calls({ url: service.url, issuer, poolId: await createPool(service.url, issuer) })
    const sides = [
      { ...service, requests: calls.map(bytesOf) },
      { ...moto, requests: [bytesOf(motoCalls[id])] },
    ]
    const [ours, theirs] = (await measure(sides, plan)) as [Figures, Figures]
    const ratios = { throughput: throughputRatio(ours, theirs), cpu: cpuRatio(ours, theirs) }
    const result = { id, name: operation.name, service: ours, moto: theirs, ...ratios }
    results.push(result)
    onResult(result)
  }
  return results
}

/** Which of our operations stands next to which of moto's. */
const COMPARED: readonly (readonly [Compared, string])[] = [
  ['GetId', 'guest'],
  ['GetOpenIdToken', 'token-ES256'],
  ['GetCredentialsForIdentity', 'credentials'],
]

async function callsOfMoto(url: string): Promise<Record<Compared, Call>> {
  const client = connect(url, LOCAL_KEY)
  const { IdentityPoolId } = await client.signed('CreateIdentityPool', {
    IdentityPoolName: 'bench',
    AllowUnauthenticatedIdentities: true,
  })
  const { IdentityId } = await client.publicly('GetId', { IdentityPoolId })
  return {
    GetId: publicCall(url, 'GetId', { IdentityPoolId }),
    GetOpenIdToken: publicCall(url, 'GetOpenIdToken', { IdentityId }),
    GetCredentialsForIdentity: publicCall(url, 'GetCredentialsForIdentity', { IdentityId }),
  }
}

async function startMoto(): Promise<Server | undefined> {
  for (const [command, args] of COMMANDS) {
    const port = await freePort()
    const child = spawn(command, [...args, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    const server = whileItRuns(child)
    const url = `http://127.0.0.1:${port}`
    if (await isServed(url, child)) return { ...server, url, cpuMs: server.cpuMsInTicks }
    await server.stop()
  }
  return undefined
}

async function isServed(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + READY_WITHIN_MS
  let ended = false
  const end = () => {
    ended = true
  }
  child.once('exit', end)
  child.once('error', end)
  while (!ended && Date.now() < deadline) {
    try {
      if ((await fetch(`${url}/moto-api/data.json`)).ok) return true
    } catch {
      await sleep(50)
    }
  }
  return false
}
