import { exports } from 'cloudflare:workers'
import { AwsV4Signer } from 'aws4fetch'
import { XMLParser } from 'fast-xml-parser'
import { expect } from 'vitest'

/** What a call is signed with. */
export interface SigningKey {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface CallOptions {
  /** Region that the signature is scoped to; `us-east-1` unless told. */
  region?: string
  /** Whether to sign, and as whom. Left out, public operations go unsigned and all others are signed as `test`. */
  signed?: boolean | SigningKey
  headers?: Readonly<Record<string, string>>
  /** Where the Worker is reached; local mode's own address unless told. */
  url?: string
  /** `cognito-identity` unless told. */
  service?: keyof typeof TARGETS
  /** What the platform says of where the request comes from (`request.cf`); nothing unless told. */
  from?: Readonly<Record<string, string | number>>
  /** A deployment of its own to call, instead of the one that all tests of a file share. */
  serve?: (request: Request) => Promise<Response>
}

/** An answer in AWS JSON. `text` is the body as sent, `body` what it says; an empty body says `undefined`. */
export interface JsonAnswer<Output = Record<string, unknown>> {
  status: number
  headers: Headers
  text: string
  body: Output
}

/** An answer in AWS query: the XML as sent and as parsed, where every value is text and lists are `{ member: … }`. */
export interface XmlAnswer {
  status: number
  headers: Headers
  xml: string
  // biome-ignore lint/suspicious/noExplicitAny: an XML document has no type of its own
  parsed: any
}

export const LOCAL_URL = 'http://localhost/'
export const LOCAL_ACCOUNT = '000000000000'
export const LOCAL_KEY: SigningKey = { accessKeyId: 'test', secretAccessKey: 'test' }

const PUBLIC_OPERATIONS: ReadonlySet<string> = new Set([
  'AssumeRoleWithWebIdentity',
  'GetCredentialsForIdentity',
  'GetGuestChallenge',
  'GetGuestPass',
  'GetId',
  'GetOpenIdToken',
  'GetTokenForAudience',
  'UnlinkIdentity',
])

/** Calls an operation that speaks AWS JSON as an SDK does. Text is sent as it is, anything else as JSON. */
export async function call<Output = Record<string, unknown>>(
  operation: string,
  input: object | string = {},
  options: CallOptions = {},
): Promise<JsonAnswer<Output>> {
  const { service = 'cognito-identity' } = options
  const body = typeof input === 'string' ? input : JSON.stringify(input)
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${TARGETS[service]}.${operation}`,
    ...options.headers,
  }
  const response = await post(body, headers, service, withDefaults(operation, options))
  const text = await response.text()
  const { headers: received, status } = response
  return { status, headers: received, text, body: (text === '' ? undefined : JSON.parse(text)) as Output }
}

/** What the target header names a service that speaks AWS JSON. `edge-identity` has what AWS's API lacks. */
export const TARGETS = { 'cognito-identity': 'AWSCognitoIdentityService', 'edge-identity': 'EdgeIdentity' } as const

/** Whether a service speaks AWS JSON; the others speak AWS query. */
export function speaksJson(service: string): service is keyof typeof TARGETS {
  return service in TARGETS
}

/** Calls an operation of STS or IAM. `params` holds `Action` and the rest; `Version` is added where it is missing. */
export async function query(
  service: 'sts' | 'iam',
  params: Readonly<Record<string, string>>,
  options: CallOptions = {},
): Promise<XmlAnswer> {
  const body = new URLSearchParams({ Version: VERSIONS[service], ...params }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...options.headers }
  return readXml(await post(body, headers, service, withDefaults(params.Action ?? '', options)))
}

export async function readXml(response: Response): Promise<XmlAnswer> {
  const xml = await response.text()
  return { status: response.status, headers: response.headers, xml, parsed: xmlParser.parse(xml) }
}

/**
 * Asserts a whole fault of the AWS JSON protocol: status, body byte for byte, and the headers that SDKs read. An empty
 * message stands for none at all.
 */
export function expectFault(answer: Omit<JsonAnswer<unknown>, 'body'>, code: string, message = ''): void {
  const member = CAPITAL_MESSAGE.has(code) ? 'Message' : 'message'
  const { headers } = answer
  expect({
    status: answer.status,
    text: answer.text,
    type: headers.get('content-type'),
    errorType: headers.get('x-amzn-ErrorType'),
    errorMessage: headers.get('x-amzn-ErrorMessage'),
    requestId: headers.get('x-amzn-RequestId'),
  }).toEqual({
    status: STATUS.get(code) ?? 400,
    text: JSON.stringify(message ? { __type: code, [member]: message } : { __type: code }),
    type: 'application/x-amz-json-1.1',
    errorType: `${code}:`,
    errorMessage: message ? inHeader(message) : null,
    requestId: expect.stringMatching(REQUEST_ID),
  })
}

/** Asserts a whole fault of the AWS query protocol. */
export function expectXmlFault(answer: XmlAnswer, status: number, code: string, message: string): void {
  const requestId = answer.headers.get('x-amzn-RequestId')
  expect(requestId).toMatch(REQUEST_ID)
  expect({ status: answer.status, type: answer.headers.get('content-type'), parsed: answer.parsed }).toEqual({
    status,
    type: 'text/xml',
    parsed: {
      ErrorResponse: {
        Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: code, Message: message },
        RequestId: requestId,
      },
    },
  })
}

/** A request id, as SDKs log it: a UUIDv4. */
export const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Signs as `key` and sends. Every call comes from a network address of its own, so that no rate limit is met by chance. */
export async function post(
  body: string,
  given: Readonly<Record<string, string>>,
  service: string,
  { from, region = 'us-east-1', serve = shared, signed = false, url = LOCAL_URL }: CallOptions = {},
): Promise<Response> {
  const unsigned = new Headers({ 'cf-connecting-ip': newAddress(), ...given })
  const key = signed === true ? LOCAL_KEY : signed
  const headers = key
    ? (
        await new AwsV4Signer({
          method: 'POST',
          url,
          headers: unsigned,
          body,
          region,
          service,
          cache: derived,
          ...key,
        }).sign()
      ).headers
    : unsigned
  // A request that came over HTTP has this header; one that a test makes has not.
  if (!headers.has('host')) headers.set('host', new URL(url).host)
  return serve(new Request(url, { method: 'POST', headers, body, ...(from && { cf: from }) }))
}

/** Keys that were derived from secrets before, by secret, day, region and service. */
const derived = new Map<string, ArrayBuffer>()

const shared = (request: Request) => exports.default.fetch(request)

let calls = 0

/** An address from the block that benchmarks may use (RFC 2544) in IPv6 (RFC 5180), never twice. */
export function newAddress(): string {
  calls++
  return `2001:2:${(calls >>> 16).toString(16)}:${(calls & 0xffff).toString(16)}::1`
}

const VERSIONS = { sts: '2011-06-15', iam: '2010-05-08' } as const

const STATUS: ReadonlyMap<string, number> = new Map([
  ['InternalErrorException', 500],
  ['RequestEntityTooLargeException', 413],
])

/** Faults of AWS's front end that spell the member with a capital. */
const CAPITAL_MESSAGE: ReadonlySet<string> = new Set(['AccessDeniedException', 'SerializationException'])

const xmlParser = new XMLParser({ ignoreAttributes: true, ignoreDeclaration: true, parseTagValue: false })

function withDefaults(operation: string, options: CallOptions): CallOptions {
  return { ...options, signed: options.signed ?? !PUBLIC_OPERATIONS.has(operation) }
}

/** A message as a header may carry it: ASCII, and at most 1024 characters of it. */
function inHeader(message: string): string {
  return [...message.slice(0, 1024)]
    .map((c) => (c >= ' ' && c <= '~' ? c : '?'.repeat(c.length)))
    .join('')
    .trim()
}
