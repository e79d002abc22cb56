import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../lib/client.ts'
import { freePort, LOCAL_KEY } from '../lib/local-service.ts'
import { bytesOf } from './load.ts'
import { cpuRatio, measure, throughputRatio } from './measure.ts'
import { createPool, operations, publicCall } from './operations.ts'
import { whileItRuns } from './process.ts'

const READY_WITHIN_MS = 30_000
const COMMANDS = [
  ['moto_server', []],
  ['python3', ['-m', 'moto.server']],
]

/**
 * Three operations next to moto, an independent emulator of AWS: it makes up ids, tokens and credentials, in memory, and
 * checks nothing.
 *
 * @returns {Promise<object[] | { notMeasured: string }>} `{ id, name, service, moto, throughput, cpu }` each
 */
export async function againstMoto(stage, plan, onResult) {
  const moto = await startMoto()
  if (!moto) return { notMeasured: 'moto is not installed here' }
  await stage.keep(moto)
  const motoCalls = await callsOfMoto(moto.url)
  const results = []
  for (const [id, wanted] of COMPARED) {
    const operation = operations(plan.algorithm).find((each) => each.id === wanted)
    const service = await stage.service(operation.algorithm)
    const issuer = await stage.issuer()
    const calls = await operation.calls({ url: service.url, issuer, poolId: await createPool(service.url, issuer) })
    const sides = [
      { ...service, requests: calls.map(bytesOf) },
      { ...moto, requests: [bytesOf(motoCalls[id])] },
    ]
    const [ours, theirs] = await measure(sides, plan)
    const ratios = { throughput: throughputRatio(ours, theirs), cpu: cpuRatio(ours, theirs) }
    const result = { id, name: operation.name, service: ours, moto: theirs, ...ratios }
    results.push(result)
    onResult(result)
  }
  return results
}

/** Which of our operations stands next to which of moto's. */
const COMPARED = [
  ['GetId', 'guest'],
  ['GetOpenIdToken', 'token-ES256'],
  ['GetCredentialsForIdentity', 'credentials'],
]

async function callsOfMoto(url) {
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

async function startMoto() {
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

async function isServed(url, child) {
  const deadline = Date.now() + READY_WITHIN_MS
  let ended = false
  child.once('exit', () => (ended = true))
  child.once('error', () => (ended = true))
  while (!ended && Date.now() < deadline) {
    try {
      if ((await fetch(`${url}/moto-api/data.json`)).ok) return true
    } catch {
      await sleep(50)
    }
  }
  return false
}
