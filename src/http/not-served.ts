import { encodeBareXmlFault, encodeJson } from '../protocol/index.ts'
import { type Envelope, respond } from './answers.ts'
import { SDK_HEADERS } from './greeting.ts'
import { MAX_CREDENTIAL_END } from './limits.ts'

export const NOT_IMPLEMENTED = 'NotImplemented'
/** No SDK takes this status for a success or for "no such object", and none asks again because of it. */
const STATUS = 501

const SERVED: ReadonlySet<string> = new Set(['cognito-identity', 'edge-identity', 'sts', 'iam'])

/** Services by the name in the scope of a signature whose errors are XML without an envelope. */
const LIKE_S3: ReadonlySet<string> = new Set(['s3', 's3express', 's3-object-lambda', 's3-outposts'])
const IN_XML: ReadonlySet<string> = new Set(['route53', 'cloudfront', 's3-control'])

/**
 * The answer to a request for a service of AWS that is not served here, in the form that its SDK reads: it comes here when
 * AWS_ENDPOINT_URL, which is for all services, names this one. `undefined` for any other request. Nothing of the signature
 * is checked, only what it is for.
 */
export function notServed(request: Request, envelope: Envelope): Response | undefined {
  const service = otherServiceOf(request)
  if (service === undefined) return undefined
  const { body, type } = written(service, request.headers, envelope.requestId)
  return respond(body, envelope, { 'content-type': type, 'x-amzn-ErrorType': `${NOT_IMPLEMENTED}:` }, STATUS)
}

/** The name of the service of AWS that a request is for, if that is not served here. */
export function otherServiceOf({ headers, url }: Request): string | undefined {
  const address = new URL(url)
  const credential = headers.get('authorization') ?? address.searchParams.get('X-Amz-Credential') ?? ''
  const service = scopeIn(credential.slice(0, MAX_CREDENTIAL_END))
  if (service !== undefined) return SERVED.has(service) ? undefined : service
  if (headers.has('authorization')) return undefined
  // An unsigned request of an SDK for a path is one for an object of S3, in a bucket that anybody may read.
  const isOfSdk = SDK_HEADERS.some((name) => headers.has(name)) && !headers.has('x-amz-target')
  return isOfSdk && address.pathname !== '/' ? 's3' : undefined
}

/** Of `<access key id>/<date>/<region>/<service>/aws4_request`, wherever it stands in the header. */
function scopeIn(credential: string): string | undefined {
  const [, , service] = /\/\d{8}\/([a-z0-9-]{1,40})\/([a-z0-9-]{1,40})\/aws4_request/.exec(credential) ?? []
  return service
}

function messageFor(service: string): string {
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll('-', '_')}`
  return (
    `Edge Identity does not serve ${service}: it serves Amazon Cognito identity pools, and what they need of AWS STS and IAM. ` +
    'In place of AWS_ENDPOINT_URL, which is for all services, set AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL_STS and ' +
    `AWS_ENDPOINT_URL_IAM to this address. Where ${service} is not at AWS, ${own} has its address.`
  )
}

function written(service: string, headers: Headers, requestId: string): { body: string; type: string } {
  const message = messageFor(service)
  const bare = encodeBareXmlFault(NOT_IMPLEMENTED, message, requestId).trim()
  if (LIKE_S3.has(service)) return { body: bare, type: 'application/xml' }
  const type = headers.get('content-type') ?? ''
  if (type.startsWith('application/x-www-form-urlencoded') || IN_XML.has(service))
    return { body: enveloped(service, bare, requestId), type: 'text/xml' }
  const body = encodeJson({ __type: NOT_IMPLEMENTED, message })
  return { body, type: type.startsWith('application/x-amz-json-') ? type : 'application/json' }
}

/** Errors of Amazon EC2 have an envelope of their own. */
function enveloped(service: string, error: string, requestId: string): string {
  if (service === 'ec2') return `<Response><Errors>${error}</Errors><RequestID>${requestId}</RequestID></Response>`
  return `<ErrorResponse>${error}<RequestId>${requestId}</RequestId></ErrorResponse>`
}
