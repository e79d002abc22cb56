import { setTimeout as sleep } from 'node:timers/promises'
import type { Given } from '../../package/server/options.mjs'
import { BadOption } from './bootstrap.mjs'
import { withService } from './operator.ts'

/** How a pool grows, or has grown last, as DescribeSpread tells it. Dates are in seconds since the epoch. */
export interface Growth {
  Phase: 'Indexing' | 'Moving' | 'Done'
  Paused: boolean
  ObjectsBefore: number
  SlotsMoved: number
  SlotsToMove: number
  LoginsIndexed: number
  RowsGiven: number
  RowsPerSecond: number
  BeginDate: number
  EndDate?: number
  LastError?: string
  LastErrorDate?: number
}

interface Spread {
  IdentityPoolId: string
  Objects: number
  Places?: string[]
  Growth?: Growth
}

const OPERATIONS = {
  show: 'DescribeSpread',
  watch: 'DescribeSpread',
  pause: 'PauseSpread',
  resume: 'ResumeSpread',
} as const

/** Pause between two looks at a growing pool, in milliseconds. */
const WATCH_MS = 2_000

/** Shows over how many objects a pool is spread, watches it grow, or lets that stand still and go on. */
export async function main({ positionals, values }: Given): Promise<void> {
  const [action = 'show'] = positionals
  const { json = false, pool } = values
  if (!isAction(action)) throw new BadOption(`${action} is none of ${Object.keys(OPERATIONS).join(', ')}`)
  if (pool === undefined) throw new BadOption('Name the pool: npm run spread -- show --pool <pool id>')
  await withService({ ...values, region: values.region ?? pool.split(':')[0] }, async (own) => {
    const ask = async () => (await own(OPERATIONS[action], { IdentityPoolId: pool })) as Spread
    let spread = await ask()
    while (action === 'watch' && spread.Growth && spread.Growth.Phase !== 'Done') {
      if (process.stderr.isTTY) process.stderr.write(`\r${progressOf(spread.Growth).padEnd(79)}`)
      await sleep(WATCH_MS)
      spread = await ask()
    }
    if (action === 'watch' && process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(79)}\r`)
    console.log(json ? JSON.stringify(spread, null, 2) : linesOf(spread).join('\n'))
  })
}

function isAction(action: string): action is keyof typeof OPERATIONS {
  return Object.hasOwn(OPERATIONS, action)
}

function linesOf({ Growth: growth, Objects: objects, Places: places }: Spread): string[] {
  const lines = [`Objects  ${objects}${places ? ` in ${places.join(', ')}` : ''}`]
  if (!growth) return lines
  const { BeginDate, EndDate, LastError, LastErrorDate, ObjectsBefore } = growth
  lines.push(`Growth   from ${ObjectsBefore}: ${progressOf(growth)}`)
  lines.push(`         begun ${timeOf(BeginDate)}${EndDate === undefined ? '' : `, ended ${timeOf(EndDate)}`}`)
  if (LastError !== undefined) lines.push(`Error    ${timeOf(LastErrorDate ?? 0)}: ${LastError}`)
  return lines
}

function progressOf({
  LoginsIndexed,
  Paused,
  Phase,
  RowsGiven,
  RowsPerSecond,
  SlotsMoved,
  SlotsToMove,
}: Growth): string {
  const part = SlotsToMove === 0 ? 100 : Math.floor((100 * SlotsMoved) / SlotsToMove)
  const moving = `${SlotsMoved} of ${SlotsToMove} slots (${part} %), ${RowsGiven} rows, ${RowsPerSecond} a second`
  return `${Paused ? 'paused, ' : ''}${Phase.toLowerCase()}, ${Phase === 'Indexing' ? `${LoginsIndexed} logins` : moving}`
}

/** Seconds since the epoch as a time of day in UTC. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
}
