import type { Spread } from '../lib/statistics.ts'
import { type Counts, countsOf, countsOfNewUsers } from './counts.ts'
import { bytesOf, type Call } from './load.ts'
import { cpuRatio, type Figures, type MeasuringPlan, measure, throughputRatio } from './measure.ts'
import { createPool, type Operation, operations, publicCall } from './operations.ts'
import type { Stage } from './stage.ts'

/** An operation next to its floors. */
export interface MeasuredOperation {
  id: string
  name: string
  counts: Counts
  service: Figures
  floor: MeasuredFloor
  fair: MeasuredFloor
  /** Bytes of the record that the fair floor leaves, which should be about those of the service's. */
  fairRecordBytes: number
}

export interface MeasuredFloor extends Figures {
  path: string
  /** Of the service over the floor. */
  throughput: Spread
  cpu: Spread
}

/** What could not be measured, and why. */
export interface NotMeasured {
  id: string
  name: string
  notMeasured: string
}

/** Rows that GetId writes, by what it comes upon. */
export interface RowsWritten {
  guest: number
  user: number
  repeated: number
}

export type FloorPlan = MeasuringPlan & { algorithm: string }

/** Each operation next to its floors, one after the other. `onResult` is called after each. */
export async function againstFloor(
  stage: Stage,
  plan: FloorPlan,
  onResult: (result: MeasuredOperation | NotMeasured) => void,
): Promise<(MeasuredOperation | NotMeasured)[]> {
  const results: (MeasuredOperation | NotMeasured)[] = []
  for (const operation of operations(plan.algorithm)) {
    const { id, name } = operation
    const result = await figuresOf(operation, stage, plan).catch((error: Error) => ({
      id,
      name,
      notMeasured: error.message,
    }))
    results.push(result)
    onResult(result)
  }
  return results
}

export async function rowsWritten(stage: Stage): Promise<RowsWritten> {
  const { url } = await stage.counting()
  const issuer = await stage.issuer()
  const poolId = await createPool(url, issuer)
  const guest = publicCall(url, 'GetId', { IdentityPoolId: poolId })
  const { created, repeated } = await countsOfNewUsers(url, issuer)
  const { rowsWritten: guestRows } = await countsOf(url, [guest])
  return { guest: guestRows, user: created.rowsWritten, repeated: repeated.rowsWritten }
}

async function figuresOf(operation: Operation, stage: Stage, plan: FloorPlan): Promise<MeasuredOperation> {
  const { algorithm, id, name, sts } = operation
  const counting = await stage.counting({ sts })
  const counts = await countsOf(counting.url, await preparedOn(counting, operation, stage))
  const service = await stage.service(algorithm, { sts })
  const floor = await stage.floor(algorithm)
  const fair = await stage.fairFloor(algorithm)
  const calls = await preparedOn(service, operation, stage)
  const floorCalls = calls.map((call) => ({ ...call, url: floor.url + operation.floor }))
  // A signature covers the host, so that the fair floor is sent the service's.
  const fairCalls = calls.map((call) => ({ ...call, url: service.url + operation.fair }))
  const [ours, bare, decent] = (await measure(
    [
      { ...service, requests: calls.map(bytesOf) },
      { ...floor, requests: floorCalls.map(bytesOf) },
      { ...fair, requests: fairCalls.map(bytesOf) },
    ],
    plan,
  )) as [Figures, Figures, Figures]
  const fairRecordBytes = Number(await (await fetch(`${fair.url}/record-bytes`)).text())
  return {
    ...{ id, name, counts, service: ours, fairRecordBytes },
    floor: { ...bare, path: operation.floor, ...ratios(ours, bare) },
    fair: { ...decent, path: operation.fair, ...ratios(ours, decent) },
  }
}

function ratios(ours: Figures, floor: Figures) {
  return { throughput: throughputRatio(ours, floor), cpu: cpuRatio(ours, floor) }
}

async function preparedOn({ url }: { url: string }, { calls }: Operation, stage: Stage): Promise<Call[]> {
  const issuer = await stage.issuer()
  return calls({ url, issuer, poolId: await createPool(url, issuer) })
}
