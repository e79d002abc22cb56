import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openStage } from '../bench/stage.ts'
import { fail, onStop } from '../lib/bootstrap.mjs'
import { quantile } from '../lib/statistics.ts'
import { type DrillPlan, type DrillResult, drill } from './drill.ts'
import { MAX_ATTEMPTS } from './load.ts'

/** Of one caller, on average. */
const SECONDS_BETWEEN_CALLS = 30

/** Runs the drill, tells what it showed, and ends the process: with 1 if anything was not as it must be. */
export async function main(args: string[]): Promise<void> {
  const { keep, plan } = planOf(args)
  const stage = openStage(await mkdtemp(join(tmpdir(), 'edge-identity-drill-')))
  const start = performance.now()
  const progress = (line: string) => console.log(`${seconds(performance.now() - start).padStart(5)} s  ${line}`)
  const end = async (code: number) => {
    await stage.close()
    if (keep) console.log(`The databases are in ${stage.folder}.`)
    else await rm(stage.folder, { recursive: true, force: true })
    process.exit(code)
  }
  onStop(() => void end(130))
  try {
    console.log(`1 → ${plan.objects} objects, seed ${plan.seed}, ${cpus().length} processors`)
    const result = await drill(stage, plan, progress)
    report(result)
    await end(isWell(result) ? 0 : 1)
  } catch (error) {
    console.error(error)
    await end(1)
  }
}

function planOf(args: string[]): { plan: DrillPlan; keep: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      identities: { type: 'string', default: '200000' },
      objects: { type: 'string', default: '8' },
      rate: { type: 'string', default: '100' },
      kill: { type: 'string', default: '2' },
      keep: { type: 'boolean', default: false },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    },
  })
  const callsPerSecond = positive('rate', values.rate)
  const secondsBetweenKills = positive('kill', values.kill)
  const plan = {
    identities: positive('identities', values.identities),
    objects: positive('objects', values.objects),
    callsPerSecond,
    callers: callsPerSecond * SECONDS_BETWEEN_CALLS,
    callsAtOnce: callsPerSecond,
    secondsBetweenKills,
    answersBetweenKills: Math.floor(0.75 * callsPerSecond * secondsBetweenKills),
    answersAround: 5 * callsPerSecond,
    seed: positive('seed', values.seed),
  }
  return { plan, keep: values.keep }
}

function positive(name: string, text: string): number {
  const number = Number(text)
  return number > 0 ? number : fail(`--${name} takes a number above zero, and not ${text}.`, 2)
}

function isWell({ faults, tally }: DrillResult): boolean {
  return faults.length === 0 && tally.failed === 0 && tally.wrong === 0
}

function report({ faults, gaps, growth, identities, kills, seconds: under, tally }: DrillResult): void {
  const took = ((growth.EndDate ?? Number.NaN) - growth.BeginDate) * 1000
  const sorted = tally.milliseconds.toSorted((a, b) => a - b)
  const down = gaps.toSorted((a, b) => a - b)
  const ms = (values: readonly number[], share: number) => `${quantile(values, share).toFixed(0)} ms`
  console.log(`
Growth of ${identities} identities   ${seconds(took)} s, ${growth.RowsGiven} rows given, ${growth.RowsPerSecond} rows a second
Kills                     ${kills}, one every ${(under / kills).toFixed(1)} s; down for ${ms(down, 0.5)} (median), ${ms(down, 1)} at most
Calls                     ${tally.all} in ${under.toFixed(0)} s; ${tally.retried} needed more than one attempt; failed ${tally.failed}; wrong ${tally.wrong}
Attempts of a call        ${tally.attempts
    .map((count, n) => `${n}: ${count}`)
    .filter(Boolean)
    .join(', ')} (at most ${MAX_ATTEMPTS})
Failed attempts           ${entries(tally.reasons)}
A call with its retries   ${ms(sorted, 0.5)} (median), ${ms(sorted, 0.99)} (99 %), ${ms(sorted, 1)} at most
Calls by kind             ${entries(tally.calls)}
`)
  for (const fault of faults) console.log(`FAULT ${fault}`)
  console.log(faults.length === 0 ? 'No fault.' : `${faults.length} faults.`)
}

function entries(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name}: ${count}`).join(', ')
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(0)
}
