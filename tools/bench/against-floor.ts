import { countsOf, countsOfNewUsers } from './counts.ts'
import { bytesOf } from './load.ts'
import { cpuRatio, measure, throughputRatio } from './measure.ts'
import { createPool, operations } from './operations.ts'

/**
 * Each operation next to its floor, one after the other.
 *
 * @param {object} stage
 * @param {object} plan as `measure` takes it, and `algorithm`
 * @param {(result: object) => void} onResult called after each operation
 * @returns {Promise<object[]>} `{ id, name, floorPath, counts, service, floor, throughput, cpu }`, or
 *   `{ id, name, notMeasured }` with the reason
 */
export async function againstFloor(stage, plan, onResult) {
  const results = []
  for (const operation of operations(plan.algorithm)) {
    const { id, name } = operation
    const result = await figuresOf(operation, stage, plan).catch((error) => ({ id, name, notMeasured: error.message }))
    results.push(result)
    onResult(result)
  }
  return results
}

/** Rows that GetId writes, by what it comes upon. */
export async function rowsWritten(stage) {
  const { url } = await stage.counting()
  const issuer = await stage.issuer()
  const poolId = await createPool(url, issuer)
  const guest = operations('RS256').find(({ id }) => id === 'guest')
  const { created, repeated } = await countsOfNewUsers(url, issuer)
  const { rowsWritten: guestRows } = await countsOf(url, await guest.calls({ url, issuer, poolId }))
  return { guest: guestRows, user: created.rowsWritten, repeated: repeated.rowsWritten }
}

async function figuresOf(operation, stage, plan) {
  const { algorithm, id, name, sts } = operation
  const counting = await stage.counting({ sts })
  const counts = await countsOf(counting.url, await preparedOn(counting, operation, stage))
  const service = await stage.service(algorithm, { sts })
  const floor = await stage.floor(algorithm)
  const calls = await preparedOn(service, operation, stage)
  const floorCalls = calls.map((call) => ({ ...call, url: floor.url + operation.floor }))
  const [ours, bare] = await measure(
    [
      { ...service, requests: calls.map(bytesOf) },
      { ...floor, requests: floorCalls.map(bytesOf) },
    ],
    plan,
  )
  const ratios = { throughput: throughputRatio(ours, bare), cpu: cpuRatio(ours, bare) }
  return { id, name, floorPath: operation.floor, counts, service: ours, floor: bare, ...ratios }
}

async function preparedOn({ url }, { calls }, stage) {
  const issuer = await stage.issuer()
  return calls({ url, issuer, poolId: await createPool(url, issuer) })
}
