import { readFile, writeFile } from 'node:fs/promises'

const BEGIN = '<!-- bench: begin -->'
const END = '<!-- bench: end -->'
const MISSING = 'not measured'
const KIB = 1024

/**
 * What the service is to reach, next to what was measured. `met` is `undefined` where nothing was.
 * @returns {{ figure: string, target: string, measured: string, met: boolean | undefined }[]}
 */
export function targetsOf({ growth, moto, operations = [], rows, startup }) {
  const byId = new Map(operations.filter((each) => !each.notMeasured).map((each) => [each.id, each]))
  const ratio = (id) => byId.get(id)?.throughput.median
  const ofMoto = (id) => (Array.isArray(moto) ? moto.find((each) => each.id === id)?.throughput.median : undefined)
  const grown = (isList) =>
    growth && Math.max(...growth.operations.filter(({ name }) => isList === name.startsWith('List')).map(growthOf))
  const calls = operations.filter(({ counts, floorPath }) => counts && floorPath !== '/fixed')
  return [
    ...[
      ['GetId, new guest', 'insert', 'guest', 0.85],
      ['GetOpenIdToken, RS256', 'sign', 'token-RS256', 0.85],
      ['GetOpenIdToken, ES256', 'sign', 'token-ES256', 0.85],
      ['GetCredentialsForIdentity, embedded', 'read', 'credentials', 0.75],
      ['GetCredentialsForIdentity, R2', 'read', 'credentials-r2', 0.75],
    ].map(([name, floor, id, least]) => atLeast(`${name} ÷ floor (${floor})`, least, ratio(id))),
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
    atLeast('GetId ÷ moto', 8, ofMoto('GetId')),
    atLeast('GetOpenIdToken, ES256 ÷ moto', 8, ofMoto('GetOpenIdToken')),
    atLeast('GetCredentialsForIdentity, embedded ÷ moto', 8, ofMoto('GetCredentialsForIdentity')),
    atMost('p50 of the largest pool ÷ of the smallest, worst public operation', 1.15, grown(false)),
    atMost('The same of a page of ListIdentities', 1.15, grown(true)),
    atMost('Bundle without SAML, gzip', 250, startup && startup.sizes.gzipWithoutSaml / KIB, 'KiB'),
    atMost('Module evaluation', 30, startup?.coldStarts.evaluation.wallMs.median, 'ms'),
  ]
}

const growthOf = ({ p50Growth }) => p50Growth?.median ?? Number.NaN

/** The results as the block of the document that holds them. */
export function markdown(figures) {
  const { at, command, growth, machine, moto, operations, rows, startup } = figures
  return [
    `${at}, \`${command}\`, on ${machine}.`,
    '### Targets',
    table(
      ['Figure', 'Target', 'Measured', ''],
      targetsOf(figures).map(({ figure, measured, met, target }) => [figure, target, measured, verdict(met)]),
    ),
    ...(operations ? ['### Operations next to their floors', operationsTable(operations)] : []),
    ...(rows
      ? [
          `Rows written by GetId: ${rows.guest} for a new guest, ${rows.user} for a new user, ${rows.repeated} for a known one.`,
        ]
      : []),
    ...(moto ? ['### Next to moto', motoTable(moto)] : []),
    ...(growth ? ['### Growth', ...growthTables(growth)] : []),
    ...(startup ? ['### Start-up', startupTable(startup)] : []),
  ].join('\n\n')
}

/** Puts the results into a document, between its markers. */
export async function writeInto(file, figures) {
  const text = await readFile(file, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for the results, between ${BEGIN} and ${END}.`)
  await writeFile(file, `${text.slice(0, begin + BEGIN.length)}\n\n${markdown(figures)}\n\n${text.slice(end)}`)
}

/** A ratio with its least and greatest round. */
export function ratioText({ greatest, least, median }) {
  return `${median.toFixed(2)} (${least.toFixed(2)}–${greatest.toFixed(2)})`
}

/** Requests a second, p50, p99 and CPU a request. */
export function cells({ cpuMs, p50, p99, perSecond }) {
  return [perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(1), Number.isNaN(cpuMs) ? '–' : cpuMs.toFixed(3)]
}

export function countCells({ fetches, objectCalls, rowsWritten }) {
  return [objectCalls, fetches, rowsWritten].map((count) => String(count))
}

function operationsTable(operations) {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', 'object calls', 'fetches', 'rows', 'floor']
  const rows = operations.map(({ counts, cpu, floor, floorPath, name, notMeasured, service, throughput }) =>
    notMeasured
      ? [name, `${MISSING}: ${notMeasured}`]
      : [
          name,
          ...cells(service),
          ...countCells(counts),
          floorPath.slice(1),
          ...cells(floor),
          ratioText(throughput),
          ratioText(cpu),
        ],
  )
  return table([...head, 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms', '÷ floor', 'floor CPU ÷ ours'], rows)
}

function motoTable(moto) {
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

function growthTables({ afterEviction, bytes, memory, operations, sizes }) {
  const line = (name, values) => [name, ...values, '']
  const rows = operations.map(({ bySize, name, notMeasured, p50Growth }) =>
    notMeasured
      ? [name, `${MISSING}: ${notMeasured}`]
      : [`${name}, p50 ms`, ...bySize.map(({ p50 }) => p50.toFixed(2)), ratioText(p50Growth)],
  )
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

function startupTable({ coldStarts, sizes }) {
  const { evaluation, firstRequest, residentKiB } = coldStarts
  const kib = (bytes) => `${(bytes / KIB).toFixed(0)} KiB`
  const ms = ({ greatest, least, median }) => `${median.toFixed(1)} ms (${least.toFixed(1)}–${greatest.toFixed(1)})`
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

function mib(kibibytes, digits = 0) {
  return (kibibytes / KIB).toFixed(digits)
}

function atLeast(figure, least, measured) {
  return { ...target(figure, `≥ ${least.toFixed(2)}`, measured?.toFixed(2)), met: measured && measured >= least }
}

function atMost(figure, most, measured, unit = '') {
  const text = (value, digits) => `${value.toFixed(digits)} ${unit}`.trim()
  const shown = measured === undefined ? undefined : text(measured, unit === 'KiB' ? 0 : 2)
  return {
    ...target(figure, `≤ ${text(most, unit ? 0 : 2)}`, shown),
    met: measured === undefined ? undefined : measured <= most,
  }
}

function target(figure, wanted, measured) {
  return measured === undefined
    ? { figure, target: wanted, measured: MISSING, met: undefined }
    : { figure, target: wanted, measured: String(measured), met: String(measured) === wanted }
}

function listed(values) {
  return [...new Set(values)].join(', ')
}

export function verdict(met) {
  return met === undefined ? '' : met ? 'met' : 'not met'
}

function table(head, rows) {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${head.map((_, i) => cells[i] ?? '').join(' | ')} |`,
  )
  return lines.join('\n')
}
