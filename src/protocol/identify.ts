import { Fault } from './fault.ts'
import { MAX_FORM_FIELDS } from './limits.ts'
import type { XmlNamespace } from './xml.ts'

/** `edge-identity` has what AWS's services lack. It is spoken to as `cognito-identity` is. */
export type Service = 'cognito-identity' | 'edge-identity' | 'sts' | 'iam'

/** Which operation of which service a request asks for. `unknown` is what no protocol of ours recognises. */
export type Call =
  | { protocol: 'json'; service: 'cognito-identity' | 'edge-identity'; operation: string }
  | { protocol: 'query'; service: 'sts' | 'iam'; operation: string; fields: ReadonlyMap<string, string> }
  | { protocol: 'unknown' }

const TARGETS: ReadonlyMap<string, 'cognito-identity' | 'edge-identity'> = new Map([
  ['AWSCognitoIdentityService', 'cognito-identity'],
  ['EdgeIdentity', 'edge-identity'],
])

const FORM_TYPE = 'application/x-www-form-urlencoded'

const QUERY_VERSIONS: ReadonlyMap<string, 'sts' | 'iam'> = new Map([
  ['2011-06-15', 'sts'],
  ['2010-05-08', 'iam'],
])

export const XML_NAMESPACES: Readonly<Record<'sts' | 'iam', XmlNamespace>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
}

/**
 * Tells the call from its target header and JSON type, or from its form type, `Action` and `Version`. A request that is
 * both, or that names its action in the query and again in the body, could be read in two ways and is refused.
 */
export function identifyCall(headers: Headers, url: URL, body: Uint8Array): Call {
  const type = mediaType(headers)
  const target = headers.get('x-amz-target')
  const actionInUrl = url.search !== '' && url.searchParams.has('Action')
  if (type === 'application/x-amz-json-1.1') {
    if (actionInUrl) throw new Fault('UnknownOperationException')
    const [, name = '', operation = ''] = /^(\w+)\.(.*)$/s.exec(target ?? '') ?? []
    const service = TARGETS.get(name)
    return service
      ? { protocol: 'json', service, operation }
      : { protocol: 'json', service: 'cognito-identity', operation: '' }
  }
  if (type === FORM_TYPE && target === null) return identifyQuery(url, body, actionInUrl)
  return { protocol: 'unknown' }
}

function identifyQuery(url: URL, body: Uint8Array, actionInUrl: boolean): Call {
  const form = formFields(parseForm(new TextDecoder().decode(body)))
  if (actionInUrl && form.has('Action'))
    throw new Fault('MalformedQueryString', 'Action must be given once, in the query string or in the body.')
  const fields = actionInUrl ? formFields(url.searchParams) : form
  const operation = fields.get('Action')
  const version = fields.get('Version') ?? ''
  if (!operation) throw new Fault('MalformedQueryString', 'The request must contain the parameter Action.')
  const service = QUERY_VERSIONS.get(version)
  if (!service) throw noSuchAction(operation, version)
  return { protocol: 'query', service, operation, fields }
}

export function noSuchAction(operation: string, version: string): Fault {
  return new Fault(
    'InvalidAction',
    `Could not find operation ${operation} for version ${version || 'NO_VERSION_SPECIFIED'}`,
  )
}

/** Looks for too many parameters before any is parsed: a body could hold half a million. */
function parseForm(text: string): URLSearchParams {
  let at = -1
  for (let n = 0; n < MAX_FORM_FIELDS; n++) {
    at = text.indexOf('&', at + 1)
    if (at < 0) return new URLSearchParams(text)
  }
  throw tooManyParameters()
}

const tooManyParameters = () => new Fault('MalformedQueryString', 'The request has too many parameters.')

function formFields(params: URLSearchParams): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of params) {
    if (fields.has(name)) throw new Fault('MalformedQueryString', `The parameter ${name.slice(0, 100)} is given twice.`)
    if (fields.size >= MAX_FORM_FIELDS) throw tooManyParameters()
    fields.set(name, value)
  }
  return fields
}

/** The protocol that a client speaks, told by its content type alone: what a refusal is written in before all is read. */
export function protocolOf(headers: Headers): 'json' | 'query' {
  return mediaType(headers) === FORM_TYPE ? 'query' : 'json'
}

function mediaType(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}
