import {
  encodeJson,
  encodeXml,
  encodeXmlFault,
  type Fault,
  inQueryProtocol,
  MAX_HEADER_CHARS,
  protocolOf,
  XML_NAMESPACES,
} from '../protocol/index.ts'

/** How an answer is written: the protocol of the call, and for the query services the operation that is answered. */
export type Dialect = { protocol: 'json' } | { protocol: 'query'; service: 'sts' | 'iam'; operation: string }

/** How to write a refusal before the operation is known. What no version names is answered in the words of STS. */
export function dialectOf(headers: Headers): Dialect {
  return protocolOf(headers) === 'query' ? { protocol: 'query', service: 'sts', operation: '' } : { protocol: 'json' }
}

const JSON_TYPE = 'application/x-amz-json-1.1'

/** A success. An operation without output has an empty body in AWS JSON, and no result element in AWS query. */
export function success(output: object | undefined, dialect: Dialect, requestId: string): Response {
  if (dialect.protocol === 'json')
    return new Response(output === undefined ? null : encodeJson(output), { headers: { 'content-type': JSON_TYPE } })
  const body = encodeXml(XML_NAMESPACES[dialect.service], dialect.operation, output, requestId)
  return new Response(body, { headers: { 'content-type': 'text/xml' } })
}

/**
 * A fault, in the form that SDKs read: its name in the body and in `x-amzn-ErrorType`, its message in the body and, cut
 * and made printable, in `x-amzn-ErrorMessage`.
 */
export function failure(fault: Fault, dialect: Dialect, requestId: string): Response {
  if (dialect.protocol === 'query') {
    const known = inQueryProtocol(fault)
    const body = encodeXmlFault(XML_NAMESPACES[dialect.service], known, requestId)
    return new Response(body, { status: known.status, headers: { 'content-type': 'text/xml' } })
  }
  const headers = new Headers({ 'content-type': JSON_TYPE, 'x-amzn-ErrorType': `${fault.code}:` })
  if (fault.message) headers.set('x-amzn-ErrorMessage', printable(fault.message))
  const member = CAPITAL_MESSAGE.has(fault.code) ? 'Message' : 'message'
  const body = { __type: fault.code, [member]: fault.message || undefined }
  return new Response(encodeJson(body), { status: fault.status, headers })
}

/** What AWS's front end answers to a request that no protocol recognises. */
export function unrecognised(): Response {
  return new Response('<UnknownOperationException/>\n', { status: 404, headers: { 'content-type': 'application/xml' } })
}

/** Faults of the front end spell the member with a capital; SDKs read either. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set(['AccessDeniedException', 'SerializationException'])

function printable(text: string): string {
  return text.slice(0, MAX_HEADER_CHARS).replace(/[^\x20-\x7e]/g, '?')
}
