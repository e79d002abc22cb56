import { literalQuery } from '../base/literal-query.ts'
import { Fault } from './fault.ts'
import { MAX_FORM_FIELDS } from './limits.ts'
import type { QueryFormat, QueryService } from './query-answer.ts'

/** `edge-identity` has what AWS's services lack. It is spoken to as `cognito-identity` is. */
export type Service = 'cognito-identity' | 'edge-identity' | QueryService

/** Which operation of which service a request asks for. `unknown` is what no protocol of ours recognises. */
export type Call =
  | { protocol: 'json'; service: 'cognito-identity' | 'edge-identity'; operation: string }
  | {
      protocol: 'query'
      service: QueryService
      operation: string
      fields: ReadonlyMap<string, string>
      /** What the client wants to be answered in. */
      format: QueryFormat
    }
  | { protocol: 'unknown' }

const TARGETS: ReadonlyMap<string, 'cognito-identity' | 'edge-identity'> = new Map([
  ['AWSCognitoIdentityService', 'cognito-identity'],
  // as the samples of AWS's API reference have it, and clients that are made after them
  ['com.amazonaws.cognito.identity.model.AWSCognitoIdentityService', 'cognito-identity'],
  ['EdgeIdentity', 'edge-identity'],
])

const JSON_TYPE = 'application/x-amz-json-1.1'
const FORM_TYPE = 'application/x-www-form-urlencoded'

const QUERY_VERSIONS: ReadonlyMap<string, QueryService> = new Map([
  ['2011-06-15', 'sts'],
  ['2010-05-08', 'iam'],
])

/**
 * Tells the call from its target header and JSON type, or from `Action` and `Version`. These are parameters, as all input
 * of the query services is: in a form, in the query of the address, or in both. A request that speaks both protocols, or
 * gives a parameter twice, could be read in two ways and is refused.
 */
export function identifyCall(headers: Headers, url: URL, body: Uint8Array): Call {
  const type = mediaType(headers)
  const target = headers.get('x-amz-target')
  if (type === JSON_TYPE) {
    if (namesAction(url)) throw new Fault('UnknownOperationException')
    return identifyTarget(target ?? '')
  }
  const hasForm = type === FORM_TYPE
  const isQuery = hasForm || (namesAction(url) && body.byteLength === 0)
  return isQuery && target === null
    ? identifyQuery(headers, url, hasForm ? body : new Uint8Array())
    : { protocol: 'unknown' }
}

/** Whether the query of an address asks for an operation. */
export function namesAction(url: URL): boolean {
  return url.search !== '' && url.searchParams.has('Action')
}

function identifyTarget(target: string): Call {
  const dot = target.lastIndexOf('.')
  const service = TARGETS.get(target.slice(0, Math.max(dot, 0)))
  return service
    ? { protocol: 'json', service, operation: target.slice(dot + 1) }
    : { protocol: 'json', service: 'cognito-identity', operation: '' }
}

function identifyQuery(headers: Headers, url: URL, form: Uint8Array): Call {
  const texts = [literalQuery(url).slice(1), textOf(form)]
  const fields = parametersIn(texts.filter(Boolean).join('&'))
  const operation = fields.get('Action')
  const version = fields.get('Version') ?? ''
  if (!operation) throw new Fault('MalformedQueryString', 'The request must contain the parameter Action.')
  const service = QUERY_VERSIONS.get(version)
  if (!service) throw noSuchAction(operation, version)
  return { protocol: 'query', service, operation, fields, format: formatOf(headers) }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/** What is no UTF-8 is refused: to put something in the place of each wrong byte costs ten times as much as to read the form. */
function textOf(form: Uint8Array): string {
  try {
    return decoder.decode(form)
  } catch {
    throw new Fault('MalformedQueryString', 'The request is not in UTF-8.')
  }
}

export function noSuchAction(operation: string, version: string): Fault {
  return new Fault(
    'InvalidAction',
    `Could not find operation ${operation} for version ${version || 'NO_VERSION_SPECIFIED'}`,
  )
}

/** Looks for too many parameters before any is parsed: a body could hold half a million. */
function parametersIn(text: string): Map<string, string> {
  let at = -1
  for (let n = 0; n < MAX_FORM_FIELDS; n++) {
    at = text.indexOf('&', at + 1)
    if (at < 0) return onceEach(new URLSearchParams(text))
  }
  throw new Fault('MalformedQueryString', 'The request has too many parameters.')
}

function onceEach(params: URLSearchParams): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of params) {
    if (fields.has(name)) throw new Fault('MalformedQueryString', `The parameter ${name.slice(0, 100)} is given twice.`)
    fields.set(name, value)
  }
  return fields
}

/** The protocol that a client speaks, as far as headers and address tell: what a refusal is written in before all is read. */
export function protocolOf(headers: Headers, url: URL): 'json' | 'query' {
  const type = mediaType(headers)
  return type === FORM_TYPE || (type !== JSON_TYPE && namesAction(url)) ? 'query' : 'json'
}

/** JSON for a client that accepts JSON and says nothing of XML, as at AWS STS and IAM; XML for all others. */
export function formatOf(headers: Headers): QueryFormat {
  const accepted = (headers.get('accept') ?? '').split(',').map(withoutParameters)
  return accepted.includes('application/json') && !accepted.some((type) => XML_TYPES.has(type)) ? 'json' : 'xml'
}

const XML_TYPES: ReadonlySet<string> = new Set(['text/xml', 'application/xml'])

function mediaType(headers: Headers): string {
  return withoutParameters(headers.get('content-type') ?? '')
}

function withoutParameters(type: string): string {
  return type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
