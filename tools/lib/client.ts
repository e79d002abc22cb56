import { AwsClient } from 'aws4fetch'
import { LOCAL_REGION } from '../../package/server/local-mode.mjs'

/** API version of each service that speaks the AWS query protocol. */
const QUERY_VERSIONS = { sts: '2011-06-15', iam: '2010-05-08' } as const

export interface AccessKey {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export type Client = ReturnType<typeof connect>

/** What the service answered instead of a result; `code` is its name for the error. */
export class Refused extends Error {
  readonly code: string

  constructor(operation: string, code: string, message: string) {
    super(`${operation}: ${code}: ${message}`)
    this.code = code
  }
}

/**
 * A client of a running service, as thin as the wire allows.
 * - `publicly(operation, input)` and `signed(operation, input)`: cognito-identity, AWS JSON 1.1; the answer's object.
 * - `own(operation, input)`: edge-identity, what this service has beyond AWS's, signed; the answer's object.
 * - `query(service, action, parameters)`: sts or iam, AWS query, signed; the answer's XML.
 *
 * All throw `Refused` for anything but success.
 */
export function connect(url: string, credentials: AccessKey, region: string = LOCAL_REGION) {
  const aws = new AwsClient({ ...credentials, region, retries: 0 })
  return {
    publicly: async (operation: string, input: object) =>
      jsonAnswer(operation, await fetch(url, jsonCall(operation, input))),
    async signed(operation: string, input: object) {
      const call = { ...jsonCall(operation, input), aws: { service: 'cognito-identity' } }
      return jsonAnswer(operation, await aws.fetch(url, call))
    },
    async own(operation: string, input: object) {
      const call = { ...jsonCall(operation, input, 'EdgeIdentity'), aws: { service: 'edge-identity' } }
      return jsonAnswer(operation, await aws.fetch(url, call))
    },
    async query(
      service: keyof typeof QUERY_VERSIONS,
      action: string,
      parameters: Readonly<Record<string, string>> = {},
    ) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
      const body = new URLSearchParams({ Action: action, Version: QUERY_VERSIONS[service], ...parameters }).toString()
      return xmlAnswer(action, await aws.fetch(url, { method: 'POST', headers, body, aws: { service } }))
    },
  }
}

/** One call as `fetch` takes it. */
export function jsonCall(operation: string, input: object, target = 'AWSCognitoIdentityService') {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.${operation}` },
    body: JSON.stringify(input),
  }
}

async function jsonAnswer(operation: string, answer: Response) {
  const text = await answer.text()
  if (answer.ok) return text === '' ? {} : JSON.parse(text)
  // Refusals of the front of the service, such as for what a key may not do, write the word large.
  const { __type: code, message, Message = message } = /^\{.*\}$/s.test(text) ? JSON.parse(text) : {}
  const sentence = code === 'UnknownOperationException' ? UNKNOWN : Message
  throw new Refused(operation, code ?? `status ${answer.status}`, sentence ?? text.slice(0, 300))
}

const UNKNOWN = 'The service does not know this operation: it is of an earlier version, or it is another service.'

async function xmlAnswer(action: string, answer: Response): Promise<string> {
  const text = await answer.text()
  if (answer.ok) return text
  const [, code] = /<Code>([^<]*)<\/Code>/.exec(text) ?? []
  const [, message] = /<Message>([^<]*)<\/Message>/.exec(text) ?? []
  throw new Refused(action, code ?? `status ${answer.status}`, message ?? text.slice(0, 300))
}
