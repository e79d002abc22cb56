import type { Spread } from '../lib/statistics.ts'
import type { MeasuredOperation, NotMeasured, RowsWritten } from './against-floor.ts'
import type { Backup } from './backup.ts'
import type { Flood } from './flood.ts'
import type { Growth } from './growth.ts'
import type { MotoResult } from './moto.ts'
import type { Plan } from './options.ts'
import type { Profile } from './profile.ts'
import {
  type BenchResults,
  cells,
  countCells,
  floodLines,
  isMeasured,
  ratioText,
  targetsOf,
  verdict,
} from './report.ts'
import type { MeasuredSpread } from './spread-pools.ts'

/** What a run says on the terminal while it goes on. */

const COLUMNS = [37, 11, 8, 8, 8, 7, 8, 6, 10, 11, 8, 18, 10, 11, 8, 18]
const NAME_WIDTH = 37

const say = (text: string) => console.log(text)
const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`
const mib = (kibibytes: number) => `${(kibibytes / 1024).toFixed(0)} MiB`
const ms = ({ greatest, least, median }: Spread) =>
  `${median.toFixed(1)} ms (${least.toFixed(1)}–${greatest.toFixed(1)})`

export function showPlan(machine: string, { concurrency, rounds, seconds }: Plan): void {
  say(`${machine}; ${concurrency} at once, ${seconds} s`)
  say('The load and the Workers share this machine; latency and CPU are per request. A ratio is the median over')
  say(`the rounds, with the least and the greatest of the ${rounds}; 1 would be as fast, or as cheap, as the floor.\n`)
}

export function showOperationsHead(): void {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'calls', 'fetches', 'rows']
  const floors = ['floor', 'fair floor'].flatMap((name) => [name, 'requests/s', 'CPU ms', `÷ ${name}`])
  showLine([...head, ...floors])
}

export function showOperation(operation: MeasuredOperation): void {
  const { counts, fair, floor, name, service } = operation
  const floors = [floor, fair].flatMap((each) => {
    const [perSecond = '', , , cpuMs = ''] = cells(each)
    return [each.path.slice(1), perSecond, cpuMs, ratioText(each.throughput)]
  })
  showLine([name, ...cells(service), ...countCells(counts), ...floors])
}

export function showMissing(reason: string, name = ''): void {
  say(`${name.padEnd(NAME_WIDTH)} not measured: ${reason}`)
}

export function showRows({ guest, repeated, user }: RowsWritten): void {
  say(`\nRows written by GetId: new guest / new user / any repetition: ${guest} / ${user} / ${repeated}`)
}

export function showSpread({ bare, counts, cpu, name, one, spread, throughput }: MeasuredSpread): void {
  say(
    `  ${name.padEnd(NAME_WIDTH)} ${cells(spread)[0]} requests/s, one object ${cells(one)[0]}: ${ratioText(throughput)}, ` +
      `CPU ${ratioText(cpu)}; ${counts.objectCalls} object calls; the fair floor ${ratioText(bare.throughput)}, CPU ${ratioText(bare.cpu)}`,
  )
}

export function showFlood(flood: Flood): void {
  for (const line of floodLines(flood)) say(`  ${line}`)
}

export function showMoto({ cpu, moto, name, service, throughput }: MotoResult): void {
  say(
    `  ${name.padEnd(NAME_WIDTH)} ${cells(service)[0]} requests/s, moto ${cells(moto)[0]}: ${ratioText(throughput)} times, at ` +
      `1/${ratioText(cpu)} of the CPU`,
  )
}

export function showStartup({ coldStarts, sizes }: NonNullable<BenchResults['startup']>): void {
  const { evaluation, firstRequest } = coldStarts
  say(`\nBundle: ${kib(sizes.raw)}, gzip ${kib(sizes.gzip)}, without SAML ${kib(sizes.gzipWithoutSaml)}`)
  say(`Module evaluation: ${ms(evaluation.wallMs)}; CPU ${ms(evaluation.cpuMs)}`)
  say(`First request of a new process: ${ms(firstRequest.service)}; floor ${ms(firstRequest.floor)}`)
}

export function showGrowth(grown: Growth, missing: (operation: NotMeasured) => void): void {
  say(`\n  p50 ms for identities: ${grown.sizes.join(', ')}; largest ÷ smallest`)
  for (const operation of grown.operations) {
    if (!isMeasured(operation)) missing(operation)
    else
      showGrown(
        operation.name,
        `${operation.bySize.map(({ p50 }) => p50.toFixed(2)).join(', ')}; ${ratioText(operation.p50Growth)}`,
      )
  }
  showGrown('first request after eviction', grown.afterEviction.map((each) => each.ms.toFixed(1)).join(', '))
  const bytes = grown.bytes.map((each) => `${each.bytesPerGuest.toFixed(0)} + ${each.bytesPerUser.toFixed(0)}`)
  showGrown('bytes a guest + a user', bytes.join(', '))
  const { largestInUseKiB, onePoolKiB, perPoolKiB, smallestInUseKiB } = grown.memory
  say(
    `  memory: one pool open ${mib(onePoolKiB)}, each further ${perPoolKiB.toFixed(0)} KiB; ` +
      `smallest in use ${mib(smallestInUseKiB)}, then largest ${mib(largestInUseKiB)}`,
  )
}

export function showBackup({ bytes, exported, identities, imported }: Backup): void {
  for (const [name, { residentKiB = 0, seconds }] of [
    ['into a file', exported],
    ['out of it', imported],
  ] as const)
    showGrown(
      name,
      `${seconds.toFixed(1)} s, ${(identities / seconds).toFixed(0)} a second, at most ${mib(residentKiB)}`,
    )
  showGrown('the file', kib(bytes))
}

function showGrown(name: string, figures: string): void {
  say(`  ${name.padEnd(32)} ${figures}`)
}

export function showTargets(figures: BenchResults): void {
  say(`\n${'Target'.padEnd(62)}${'wanted'.padStart(10)}${'measured'.padStart(16)}`)
  for (const { figure, measured, met, target } of targetsOf(figures))
    say(`${figure.padEnd(62)}${target.padStart(10)}${measured.padStart(16)}  ${verdict(met)}`)
}

export function showProfile({ functions, totalMs }: Profile): void {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8)
  say(`${totalMs.toFixed(0)} ms on the Worker's thread: each function by itself, and with what it called at once\n`)
  for (const { name, self, total } of functions) say(`${percent(self)} ${percent(total)}  ${name}`)
}

function showLine(row: readonly string[]): void {
  say(row.map((cell, i) => (i === 0 ? cell.padEnd(NAME_WIDTH) : cell.padStart(COLUMNS[i] ?? 0))).join(''))
}
