import {
  encodeJson,
  encodeQueryAnswer,
  encodeQueryFault,
  type Fault,
  formatOf,
  inQueryProtocol,
  MAX_HEADER_CHARS,
  protocolOf,
  type QueryDialect,
} from '../protocol/index.ts'
import { CORS_HEADERS, exposing } from './cors.ts'

/** How an answer is written: the protocol of the call, and for the query services the operation that is answered. */
export type Dialect = { protocol: 'json' } | ({ protocol: 'query' } & QueryDialect)

/** How to write a refusal before the operation is known. What no version names is answered in the words of STS. */
export function dialectOf({ headers, url }: Request): Dialect {
  return protocolOf(headers, new URL(url)) === 'query'
    ? { protocol: 'query', service: 'sts', operation: '', format: formatOf(headers) }
    : { protocol: 'json' }
}

/** What every answer carries beside its own headers. */
export interface Envelope {
  requestId: string
  /** Milliseconds since the epoch. */
  now: number
}

/** An answer. Headers are handed over in one piece: adding to those of a finished answer costs more than making it. */
export function respond(
  body: BodyInit | null,
  { now, requestId }: Envelope,
  headers: Readonly<Record<string, string>>,
  status = 200,
  cors: Readonly<Record<string, string>> = CORS_HEADERS,
): Response {
  const date = new Date(now).toUTCString()
  return new Response(body, { status, headers: { ...headers, 'x-amzn-RequestId': requestId, date, ...cors } })
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' } as const

/** A call by GET may give out credentials, which no cache on the way may keep. */
const QUERY_TYPE = {
  xml: { 'content-type': 'text/xml', 'cache-control': 'no-store' },
  json: { 'content-type': 'application/json', 'cache-control': 'no-store' },
} as const

/** A success. An operation without output has an empty body in AWS JSON, and no result element in AWS query. */
export function success(output: object | undefined, dialect: Dialect, envelope: Envelope): Response {
  if (dialect.protocol === 'json') return respond(output === undefined ? null : encodeJson(output), envelope, JSON_TYPE)
  return respond(encodeQueryAnswer(dialect, output, envelope.requestId), envelope, QUERY_TYPE[dialect.format])
}

/**
 * A fault, in the form that SDKs read: its name in the body and in `x-amzn-ErrorType`, its message in the body and, cut
 * and made printable, in `x-amzn-ErrorMessage`.
 */
export function failure(fault: Fault, dialect: Dialect, envelope: Envelope): Response {
  if (dialect.protocol === 'query') {
    const known = inQueryProtocol(fault)
    const body = encodeQueryFault(dialect, known, envelope.requestId)
    return respond(body, envelope, QUERY_TYPE[dialect.format], known.status)
  }
  const { code, message, status } = fault
  const member = CAPITAL_MESSAGE.has(code) ? 'Message' : 'message'
  const body = encodeJson({ __type: code, [member]: message || undefined })
  const shown = message ? { 'x-amzn-ErrorMessage': printable(message) } : {}
  const own = { ...JSON_TYPE, 'x-amzn-ErrorType': `${code}:`, ...shown, ...fault.headers }
  return respond(body, envelope, own, inJson(status), exposing(Object.keys(fault.headers)))
}

/** The status of a fault in AWS JSON, which knows few of them, where the query services of AWS have one of their own. */
const inJson = (status: number) => (status < 500 && status !== 413 ? 400 : status)

/** What AWS's front end answers to a request that no protocol recognises. */
export function unrecognised(envelope: Envelope): Response {
  return respond('<UnknownOperationException/>\n', envelope, { 'content-type': 'application/xml' }, 404)
}

/** Faults of the front end spell the member with a capital; SDKs read either. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set(['AccessDeniedException', 'SerializationException'])

function printable(text: string): string {
  return text.slice(0, MAX_HEADER_CHARS).replace(/[^\x20-\x7e]/g, '?')
}
