import { readFile, writeFile } from 'node:fs/promises'
import { withBlocks } from '../lib/document.ts'
import type { Spread } from '../lib/statistics.ts'
import { type Cell, table } from '../lib/table.ts'
import type { MeasuredFloor, MeasuredOperation, NotMeasured, RowsWritten } from './against-floor.ts'
import type { Backup } from './backup.ts'
import type { Counts } from './counts.ts'
import { type Flood, FORGOTTEN_AT_MOST } from './flood.ts'
import type { GrownOperation, Growth } from './growth.ts'
import type { Figures } from './measure.ts'
import type { MotoResult } from './moto.ts'
import { type MeasuredSpread, OBJECTS } from './spread-pools.ts'
import type { ColdStarts, Sizes } from './startup.ts'

/** Everything that a run of the bench found. A part that was not asked for, or could not be measured, is not there. */
export interface BenchResults {
  /** The day, as `2026-11-26`. */
  at: string
  command: string
  machine: string
  operations?: (MeasuredOperation | NotMeasured)[]
  rows?: RowsWritten
  spread?: (MeasuredSpread | NotMeasured)[] | undefined
  flood?: Flood | undefined
  moto?: MotoResult[] | { notMeasured: string } | undefined
  startup?: { sizes: Sizes; coldStarts: ColdStarts } | undefined
  growth?: Growth | undefined
  backup?: Backup | undefined
}

/** What the service is to reach, next to what was measured. `met` is `undefined` where nothing was. */
interface Goal {
  figure: string
  target: string
  measured: string
  met: boolean | undefined
}

const MISSING = 'not measured'
const KIB = 1024

/** Ratios to the floor that operations are to reach. */
const FLOOR_GOALS = [
  ['GetId, new guest', 'insert', 'guest', 0.85],
  ['GetOpenIdToken, RS256', 'sign', 'token-RS256', 0.85],
  ['GetOpenIdToken, ES256', 'sign', 'token-ES256', 0.85],
  ['GetCredentialsForIdentity, embedded', 'read', 'credentials', 0.75],
  ['GetCredentialsForIdentity, R2', 'read', 'credentials-r2', 0.75],
] as const

/** A million identities are to be in a file, and out of it, in three minutes each. */
const BACKUP_SECONDS = 180

/** Every operation is to come this near to its fair floor. */
const FAIR_GOAL = 0.85

export function targetsOf({
  backup,
  flood,
  growth,
  moto,
  operations = [],
  rows,
  spread = [],
  startup,
}: Partial<BenchResults>): Goal[] {
  const measured = operations.filter(isMeasured)
  const byId = new Map(measured.map((each) => [each.id, each]))
  const ratio = (id: string) => byId.get(id)?.floor.throughput.median
  const ofMoto = (id: string) =>
    Array.isArray(moto) ? moto.find((each) => each.id === id)?.throughput.median : undefined
  const grown = (isList: boolean) =>
    growth && Math.max(...growth.operations.filter(({ name }) => isList === name.startsWith('List')).map(growthOf))
  const calls = measured.filter(({ floor }) => floor.path !== '/fixed')
  return [
    ...FLOOR_GOALS.map(([name, floor, id, least]) => atLeast(`${name} ÷ floor (${floor})`, least, ratio(id))),
    ...operations.map((each) =>
      atLeast(`${each.name} ÷ fair floor`, FAIR_GOAL, isMeasured(each) ? each.fair.throughput.median : undefined),
    ),
    target(
      'Rows written: new guest, new user, any repetition',
      '1, 3, 0',
      rows && [rows.guest, rows.user, rows.repeated].join(', '),
    ),
    target(
      'Object calls of a hot request',
      '1',
      calls.length ? listed(calls.map(({ counts }) => counts.objectCalls)) : undefined,
    ),
    target('Outbound fetches, embedded', '0', byId.get('credentials')?.counts.fetches),
    target('Outbound fetches, R2', '0', byId.get('credentials-r2')?.counts.fetches),
    target('Outbound fetches, remote STS', '1', byId.get('credentials-remote')?.counts.fetches),
    ...spread.flatMap((each) => [
      atLeast(`${each.name}: ${OBJECTS} objects ÷ one`, 0.95, isMeasured(each) ? each.throughput.median : undefined),
      target(`${each.name}: object calls of ${OBJECTS}`, '1', isMeasured(each) ? each.counts.objectCalls : undefined),
    ]),
    ...floodGoals(flood),
    atLeast('GetId ÷ moto', 8, ofMoto('GetId')),
    atLeast('GetOpenIdToken, ES256 ÷ moto', 8, ofMoto('GetOpenIdToken')),
    atLeast('GetCredentialsForIdentity, embedded ÷ moto', 8, ofMoto('GetCredentialsForIdentity')),
    atMost('p50, largest pool ÷ smallest, worst operation but lists', 1.15, grown(false)),
    atMost('The same, worst page of a list of identities', 1.15, grown(true)),
    ...backupGoals(backup),
    atMost('Bundle without SAML, gzip', 250, startup && startup.sizes.gzipWithoutSaml / KIB, 'KiB'),
    atMost('Module evaluation', 30, startup?.coldStarts.evaluation.wallMs.median, 'ms'),
  ]
}

function floodGoals(flood: Flood | undefined): Goal[] {
  const over = (made: number, budget: number) => Math.max(0, made - budget)
  return [
    atMost('New guests of one address beyond its budget', 0, flood && over(flood.made, flood.budget)),
    atMost(
      'New guests of a day beyond its budget, over kill -9',
      FORGOTTEN_AT_MOST,
      flood && over(flood.ofMany.made, flood.ofMany.budget),
    ),
    atMost("Others' credentials during a flood of guests, p99 ÷ without", 1.15, flood?.p99.median),
  ]
}

export function isMeasured<T extends { name: string }>(result: T | NotMeasured): result is T {
  return !('notMeasured' in result)
}

const growthOf = (operation: GrownOperation | NotMeasured) =>
  isMeasured(operation) ? operation.p50Growth.median : Number.NaN

/** The results as the block of the document that holds them. */
function markdown(figures: BenchResults): string {
  const { at, backup, command, flood, growth, machine, moto, operations, rows, spread, startup } = figures
  return [
    `${at}, \`${command}\`, on ${machine}.`,
    '### Targets',
    table(
      ['Figure', 'Target', 'Measured', ''],
      targetsOf(figures).map(({ figure, measured, met, target }) => [figure, target, measured, verdict(met)]),
    ),
    ...(operations ? ['### Operations next to their floors', operationsTable(operations)] : []),
    ...(operations ? ['### Operations next to their fair floors', fairTable(operations)] : []),
    ...(rows
      ? [
          `Rows written by GetId: ${rows.guest} for a new guest, ${rows.user} for a new user, ${rows.repeated} for a known one.`,
        ]
      : []),
    ...(spread ? [`### A pool over ${OBJECTS} objects next to a pool of one`, spreadTable(spread)] : []),
    ...(flood ? ['### A flood of new guests', ...floodLines(flood)] : []),
    ...(moto ? ['### Next to moto', motoTable(moto)] : []),
    ...(growth ? ['### Growth', ...growthTables(growth)] : []),
    ...(backup ? ['### Backup', backupTable(backup)] : []),
    ...(startup ? ['### Start-up', startupTable(startup)] : []),
  ].join('\n\n')
}

/** Puts the results into a document, in place of its block `results`. */
export async function writeInto(file: string, figures: BenchResults): Promise<void> {
  const results = new Map([['results', `\n${markdown(figures)}\n`]])
  await writeFile(file, withBlocks(await readFile(file, 'utf8'), 'bench', results))
}

/** A ratio with its least and greatest round. */
export function ratioText({ greatest, least, median }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
}

/** Requests a second, p50, p99 and CPU a request. */
export function cells({ cpuMs, p50, p99, perSecond }: Figures): string[] {
  return [perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(1), Number.isNaN(cpuMs) ? '–' : cpuMs.toFixed(3)]
}

export function countCells({ fetches, objectCalls, rowsWritten }: Counts): string[] {
  return [objectCalls, fetches, rowsWritten].map((count) => String(count))
}

function operationsTable(operations: readonly (MeasuredOperation | NotMeasured)[]): string {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'object calls', 'fetches', 'rows', 'floor']
  const rows = operations.map((operation): Cell[] => {
    if (!isMeasured(operation)) return [operation.name, `${MISSING}: ${operation.notMeasured}`]
    const { counts, floor, name, service } = operation
    return [name, ...cells(service), ...countCells(counts), ...floorCells(floor)]
  })
  return table([...head, 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', '÷ floor', 'floor CPU ÷ ours'], rows)
}

function fairTable(operations: readonly (MeasuredOperation | NotMeasured)[]): string {
  const head = ['', 'requests/s', 'CPU ms', 'record, bytes', 'fair floor', 'its record']
  const rows = operations.map((operation): Cell[] => {
    if (!isMeasured(operation)) return [operation.name, `${MISSING}: ${operation.notMeasured}`]
    const { counts, fair, fairRecordBytes, name, service } = operation
    const [perSecond = '', , , cpuMs = ''] = cells(service)
    const [path = '', ...figures] = floorCells(fair)
    return [name, perSecond, cpuMs, counts.loggedBytes.toFixed(0), path, fairRecordBytes.toFixed(0), ...figures]
  })
  return table([...head, 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', '÷ fair floor', 'its CPU ÷ ours'], rows)
}

/** A floor by its path, what it does, and what the service does over it. */
function floorCells(floor: MeasuredFloor): string[] {
  return [floor.path.slice(1), ...cells(floor), ratioText(floor.throughput), ratioText(floor.cpu)]
}

function spreadTable(operations: readonly (MeasuredSpread | NotMeasured)[]): string {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'object calls', 'fetches', 'rows']
  const rows = operations.map((operation): Cell[] => {
    if (!isMeasured(operation)) return [operation.name, `${MISSING}: ${operation.notMeasured}`]
    const { bare, counts, cpu, name, one, spread, throughput } = operation
    const ratios = [throughput, cpu, bare.throughput, bare.cpu].map(ratioText)
    return [name, ...cells(spread), ...countCells(counts), ...cells(one), ...ratios]
  })
  const other = [
    'one object: requests/s',
    'p50 ms',
    'p99 ms',
    'CPU ms',
    '÷ one object',
    'its CPU ÷ ours',
    'the same of the fair floor',
    'its CPU',
  ]
  return table([...head, ...other], rows)
}

export function floodLines(flood: Flood): string[] {
  const { budget, control, flooded, made, ofMany, p99, p99OfControl, perSecond, quiet, refused } = flood
  const times = ({ p50, p99 }: Flood['quiet']) => `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`
  return [
    `${perSecond} a second from one address: ${made} made of ${budget} allowed, ${refused} refused.`,
    `From ${ofMany.addresses} addresses, over \`kill -9\`: ${ofMany.made} made of ${ofMany.budget} in the day.`,
    `Others' GetCredentialsForIdentity: ${times(quiet)}; flooded ${times(flooded)}; during as many requests that ask no object ${times(control)}.`,
    `p99 flooded ÷ quiet ${ratioText(p99)}; ÷ during the others ${ratioText(p99OfControl)}.`,
  ]
}

function motoTable(moto: NonNullable<BenchResults['moto']>): string {
  if (!Array.isArray(moto)) return `Not measured: ${moto.notMeasured}.`
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'moto: requests/s', 'p50 ms', 'p99 ms', 'CPU ms']
  const rows = moto.map((each) => [
    each.name,
    ...cells(each.service),
    ...cells(each.moto),
    ratioText(each.throughput),
    ratioText(each.cpu),
  ])
  return table([...head, '÷ moto', 'CPU of moto ÷ ours'], rows)
}

function growthTables({ afterEviction, bytes, memory, operations, sizes }: Growth): string[] {
  const line = (name: string, values: readonly string[]): Cell[] => [name, ...values, '']
  const rows = operations.map((operation): Cell[] => {
    if (!isMeasured(operation)) return [operation.name, `${MISSING}: ${operation.notMeasured}`]
    const { bySize, name, p50Growth } = operation
    return [`${name}, p50 ms`, ...bySize.map(({ p50 }) => p50.toFixed(2)), ratioText(p50Growth)]
  })
  const more = [
    line(
      'First request after eviction, ms',
      afterEviction.map(({ ms }) => ms.toFixed(1)),
    ),
    line(
      'Bytes a guest',
      bytes.map(({ bytesPerGuest }) => bytesPerGuest.toFixed(0)),
    ),
    line(
      'Bytes a user of one login',
      bytes.map(({ bytesPerUser }) => bytesPerUser.toFixed(0)),
    ),
  ]
  return [
    table(['Identities', ...sizes.map((size) => size.toLocaleString('en')), 'largest ÷ smallest'], [...rows, ...more]),
    table(
      ['Resident memory of the process', 'MiB'],
      [
        ['one empty pool open', mib(memory.onePoolKiB)],
        [`each further empty pool, of ${memory.pools}`, mib(memory.perPoolKiB, 2)],
        ['after calls for guests of the smallest pool', mib(memory.smallestInUseKiB)],
        ['after as many for guests of the largest', mib(memory.largestInUseKiB)],
      ],
    ),
  ]
}

function backupGoals(backup: Backup | undefined): Goal[] {
  const aMillion = (way: 'exported' | 'imported') => backup && (backup[way].seconds * 1e6) / backup.identities
  return [
    atMost('A million identities into a file', BACKUP_SECONDS, aMillion('exported'), 's'),
    atMost('A million identities out of a file', BACKUP_SECONDS, aMillion('imported'), 's'),
  ]
}

function backupTable({ bytes, exported, identities, imported }: Backup): string {
  const line = (name: string, { residentKiB, seconds }: Backup['exported']): Cell[] => [
    ...[name, seconds.toFixed(1), (identities / seconds).toFixed(0)],
    residentKiB === undefined ? '–' : mib(residentKiB),
  ]
  return table(
    [
      `${identities.toLocaleString('en')} identities, ${mib(bytes / KIB)} MiB`,
      's',
      'a second',
      'most memory of the command, MiB',
    ],
    [line('into a file', exported), line('out of it, into another pool', imported)],
  )
}

function startupTable({ coldStarts, sizes }: NonNullable<BenchResults['startup']>): string {
  const { evaluation, firstRequest, residentKiB } = coldStarts
  const kib = (bytes: number) => `${(bytes / KIB).toFixed(0)} KiB`
  const ms = ({ greatest, least, median }: Spread) =>
    `${median.toFixed(1)} ms (${least.toFixed(1)}–${greatest.toFixed(1)})`
  return table(
    ['', ''],
    [
      ['Bundle', kib(sizes.raw)],
      ['Bundle, gzip', kib(sizes.gzip)],
      ['Bundle without SAML, gzip', kib(sizes.gzipWithoutSaml)],
      ['Module evaluation, wall', ms(evaluation.wallMs)],
      ['Module evaluation, CPU of all threads', ms(evaluation.cpuMs)],
      ['First request of a new process, GetId of a guest', ms(firstRequest.service)],
      ['The same of the floor, insert', ms(firstRequest.floor)],
      ['Resident memory after it', `${mib(residentKiB.service.median)} MiB`],
      ['The same of the floor', `${mib(residentKiB.floor.median)} MiB`],
    ],
  )
}

function mib(kibibytes: number, digits = 0): string {
  return (kibibytes / KIB).toFixed(digits)
}

function atLeast(figure: string, least: number, measured: number | undefined): Goal {
  const met = measured === undefined ? undefined : measured >= least
  return { ...target(figure, `≥ ${least.toFixed(2)}`, measured?.toFixed(2)), met }
}

function atMost(figure: string, most: number, measured: number | undefined, unit = ''): Goal {
  const text = (value: number, digits: number) => `${value.toFixed(digits)} ${unit}`.trim()
  const shown = measured === undefined ? undefined : text(measured, unit === 'KiB' ? 0 : 2)
  return {
    ...target(figure, `≤ ${text(most, unit ? 0 : 2)}`, shown),
    met: measured === undefined ? undefined : measured <= most,
  }
}

function target(figure: string, wanted: string, measured: string | number | undefined): Goal {
  return measured === undefined
    ? { figure, target: wanted, measured: MISSING, met: undefined }
    : { figure, target: wanted, measured: String(measured), met: String(measured) === wanted }
}

function listed(values: readonly number[]): string {
  return [...new Set(values)].join(', ')
}

export function verdict(met: boolean | undefined): string {
  return met === undefined ? '' : met ? 'met' : 'not met'
}
