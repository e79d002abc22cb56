import { setTimeout as sleep } from 'node:timers/promises'
import { type Own, whenNotBusy } from '../lib/operator.ts'

interface Answer {
  Statistics?: {
    AsOf: number
    Identities: number
    Guests: number
    Users: number
    Disabled: number
    Blocked: number
    GuestsUnused?: number
    UsersUnused?: number
    Providers: { Provider: string; Developer: boolean; Logins: number }[]
  }
  Counting?: { BeginDate: number; Identities: number; Percent: number }
}

/** How often the service is asked while it counts. */
const PAUSE_MS = 1_000

/** Prints how many identities a pool has. Where nothing was ever counted, or with `wait`, it waits for the end of the count. */
export async function printStatistics(input: object, { json, wait }: { json: boolean; wait: boolean }, own: Own) {
  let answer = await ask(input, own)
  while (answer.Counting && (wait || !answer.Statistics)) {
    showProgress(answer.Counting)
    await sleep(PAUSE_MS)
    answer = await ask(input, own)
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(LINE)}\r`)
  console.log(json ? JSON.stringify(answer, null, 2) : linesOf(answer).join('\n'))
}

function ask(input: object, own: Own): Promise<Answer> {
  return whenNotBusy(() => own('GetPoolStatistics', input)) as Promise<Answer>
}

const LINE = 60
const BAR = 20

function showProgress({ Identities, Percent }: NonNullable<Answer['Counting']>): void {
  if (!process.stderr.isTTY) return
  const done = Math.floor((BAR * Percent) / 100)
  const bar = `[${'#'.repeat(done)}${' '.repeat(BAR - done)}]`
  process.stderr.write(`\r${`${bar} ${Percent} %, ${Identities} identities`.padEnd(LINE)}`)
}

function linesOf({ Counting, Statistics }: Answer): string[] {
  if (!Statistics) return ['Nothing was counted yet.']
  const { AsOf, GuestsUnused, Providers, UsersUnused } = Statistics
  const unused = (count: number | undefined) => (count === undefined ? '' : `, ${count} not used for 30 days`)
  return [
    `As of       ${new Date(AsOf * 1000).toISOString().slice(0, 19)}Z`,
    `Identities  ${Statistics.Identities}`,
    `Users       ${Statistics.Users}${unused(UsersUnused)}`,
    `Guests      ${Statistics.Guests}${unused(GuestsUnused)}`,
    `Disabled    ${Statistics.Disabled}`,
    `Blocked     ${Statistics.Blocked}`,
    ...Providers.map(
      ({ Developer, Logins, Provider }) => `Logins      ${Logins} of ${Provider}${Developer ? ' (backend)' : ''}`,
    ),
    ...(Counting ? [`They are counted anew: ${Counting.Percent} % by now. --wait waits for the end.`] : []),
  ]
}
