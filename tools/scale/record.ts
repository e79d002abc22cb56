import { ASSUMED, LIMITS, MEASURED, PRICES, valuesOf } from './inputs.ts'

const measured = valuesOf(MEASURED)
const prices = valuesOf(PRICES)
const limits = valuesOf(LIMITS)
const assumed = valuesOf(ASSUMED)

const MONTHS = 12 * assumed.recordYears
/** Days that Workers Logs keep an event, in months. */
const LOGGED_MONTHS = 7 / 30

/** Log events of an exchange, as wrangler.toml has it: the record alone. The platform's lines would be two more. */
export const LOG_EVENTS = 1
const LOG_EVENTS_OF_PLATFORM = 2

/** A way to keep a million records: dollars once, and for as long as it keeps them. */
export interface Way {
  name: string
  once: number
  stored: number
  kept: string
}

const gigabytes = (bytes: number) => bytes / 1000
const logged = (events: number) => {
  const gb = events * gigabytes(assumed.logEventBytes)
  return { once: gb * prices.logGb, stored: gb * LOGGED_MONTHS * prices.logGbMonth, kept: '7 days' }
}

/** Objects of R2 with so many records each, and so many bytes of each record. */
const inR2 = (records: number, bytes: number) => ({
  put: prices.r2Put / records,
  stored: gigabytes(bytes) * prices.r2GbMonth * MONTHS,
  kept: `${assumed.recordYears} years`,
})
const files = inR2(assumed.recordsPerFile, measured.storedBytes)

/** What a sample of all events costs, for a look at what happens now. */
export const SAMPLE = assumed.logSample * (logged(LOG_EVENTS).once + logged(LOG_EVENTS).stored)

/** The set-up of docs/archive.md. */
export const ARCHIVE: Way = { name: 'Logpush to R2', once: prices.logpush + files.put, ...keptIn(files) }

/** Workers Logs, as wrangler.toml has them. */
export const LOGS: Way = { name: 'Workers Logs, the record alone', ...logged(LOG_EVENTS) }

export const WAYS: readonly Way[] = [
  {
    name: 'Workers Logs with the lines of the platform, until 2026-12-01',
    once: (LOG_EVENTS + LOG_EVENTS_OF_PLATFORM) * prices.logEvent,
    stored: 0,
    kept: '7 days',
  },
  { name: 'the same from then on', ...logged(LOG_EVENTS + LOG_EVENTS_OF_PLATFORM) },
  LOGS,
  ARCHIVE,
  pipeline('Pipelines, from the Worker, to JSON', measured.recordBytes, prices.pipelineJson, measured.recordBytes),
  pipeline(
    'Pipelines, from the Worker, to Parquet',
    measured.recordBytes,
    prices.pipelineParquet,
    measured.storedBytes,
  ),
  throughQueue(),
  { name: 'an object of R2 for each record', once: prices.r2Put, ...keptIn(inR2(1, measured.recordBytes)) },
  { name: 'Workers Analytics Engine', once: prices.dataPoint, stored: 0, kept: '3 months, sampled' },
]

function keptIn({ kept, stored }: { kept: string; stored: number }) {
  return { kept, stored }
}

function pipeline(name: string, bytes: number, sink: number, storedBytes: number): Way {
  const { put, ...rest } = inR2(assumed.recordsPerFile, storedBytes)
  return { name, once: gigabytes(bytes) * (prices.pipelineSql + sink) + put, ...rest }
}

/** Each message is written, read and deleted; a batch is one request of the consumer, and one object. */
function throughQueue(): Way {
  const { put, ...rest } = inR2(limits.queueBatch, measured.storedBytes)
  const once = 3 * prices.queueOperation + prices.request / limits.queueBatch + put
  return { name: 'a queue, whose consumer writes to R2', once, ...rest }
}
