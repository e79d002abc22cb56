import { type Fault, faultMembers } from './fault.ts'

/** The XML namespace of each query service, by API version. */
export type XmlNamespace = string

/**
 * Encodes the answer of an AWS query operation: `<ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…`.
 * Lists become `<member>` elements, dates ISO 8601 in UTC, and absent members are left out. An operation without output
 * has no result element.
 */
export function encodeXml(namespace: XmlNamespace, action: string, result: object | undefined, requestId: string) {
  const body = result === undefined ? '' : element(`${action}Result`, result)
  const metadata = element('ResponseMetadata', { RequestId: requestId })
  return `<${action}Response xmlns="${namespace}">${body}${metadata}</${action}Response>\n`
}

/** Encodes a fault in the envelope of the query protocol. */
export function encodeXmlFault(namespace: XmlNamespace, fault: Fault, requestId: string) {
  const error = element('Error', faultMembers(fault))
  return `<ErrorResponse xmlns="${namespace}">${error}${element('RequestId', requestId)}</ErrorResponse>\n`
}

/** Encodes a fault as services that speak REST with XML do, such as Amazon S3: without an envelope. */
export function encodeBareXmlFault(code: string, message: string, requestId: string) {
  return `${element('Error', { Code: code, Message: message, RequestId: requestId })}\n`
}

function element(name: string, value: unknown): string {
  if (value === undefined) return ''
  return `<${name}>${content(value)}</${name}>`
}

function content(value: unknown): string {
  if (value instanceof Date) return `${value.toISOString().slice(0, 19)}Z`
  if (Array.isArray(value)) return value.map((item) => element('member', item)).join('')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, item]) => element(name, item))
      .join('')
  return escaped(String(value))
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
  ['\r', '&#xD;'],
])

/** Escapes markup and what a parser would normalise, and replaces the characters that XML 1.0 cannot carry at all. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\r]/g, (character) => ESCAPES.get(character) ?? '')
}
