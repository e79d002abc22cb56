import { randomUUID } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { parseXml, type Tree } from './xml.ts'

/**
 * The calls that a file needs, of this service or of AWS: `identity` is Amazon Cognito's API of identity pools, `iam` AWS
 * IAM, both with the members that AWS's SDKs have; `own` is what this service has beyond them.
 */
export interface Api {
  region: string
  /** Whom messages name: the address of the service. */
  name: string
  account(): Promise<string>
  identity(operation: string, input: object, options?: CallOptions): Promise<Answer>
  iam(operation: string, input: object): Promise<Answer>
  /** `undefined` for AWS. */
  own?: ((operation: string, input: object) => Promise<Answer>) | undefined
}

/** This service. */
export type ServiceApi = Api & { own: NonNullable<Api['own']> }

// biome-ignore lint/suspicious/noExplicitAny: an answer is as its service describes it; observing it checks what is used.
export type Answer = any

export interface CallOptions {
  /** Calls of one name, by one caller and with one input, are one call. */
  invocation?: string
}

/** What the service answered instead of a result. */
export class Refused extends Error {
  readonly code: string

  constructor(operation: string, code: string, message: string) {
    super(`${operation}: ${code}: ${message}`)
    this.code = code
  }
}

/** Nobody answered. */
export class Unreachable extends Error {}

export interface Key {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

export interface ServiceAddress {
  endpoint: string
  credentials: Key
  region: string
}

/** Attempts after the first, where the service fails or cannot serve yet. */
const RETRIES = 3

/** Longest wait for an answer, that of all attempts together. */
const LONGEST_CALL_MS = 60_000

/** This service, or whatever speaks as it does, by its address. */
export function serviceApi({ credentials, endpoint, region }: ServiceAddress): ServiceApi {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const aws = new AwsClient({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    region,
    retries: RETRIES,
  })
  const send = async (service: string, headers: Record<string, string>, body: string, { invocation }: CallOptions) => {
    try {
      const named = { ...headers, 'amz-sdk-invocation-id': invocation ?? randomUUID() }
      const signal = AbortSignal.timeout(LONGEST_CALL_MS)
      return await aws.fetch(endpoint, { method: 'POST', headers: named, body, signal, aws: { service } })
    } catch (error) {
      const { cause, message } = error as Error
      throw new Unreachable(`${endpoint} cannot be reached: ${cause instanceof Error ? cause.message : message}`)
    }
  }
  const json = async (service: string, target: string, operation: string, input: object, options: CallOptions = {}) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${target}.${operation}` }
    return jsonAnswer(operation, await send(service, headers, JSON.stringify(input), options))
  }
  const query = async (service: 'iam' | 'sts', operation: string, input: object) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const fields = [['Action', operation], ['Version', VERSIONS[service]], ...flattened(input)] as [string, string][]
    return xmlAnswer(operation, await send(service, headers, new URLSearchParams(fields).toString(), {}))
  }
  return {
    region,
    name: endpoint,
    account: async () => (await query('sts', 'GetCallerIdentity', {})).Account,
    identity: (operation, input, options) =>
      json('cognito-identity', 'AWSCognitoIdentityService', operation, input, options),
    iam: (operation, input) => query('iam', operation, input),
    own: (operation, input) => json('edge-identity', 'EdgeIdentity', operation, input),
  }
}

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const

/** An input as the query protocol has it: `Tags.member.1.Key`. */
function flattened(input: unknown, prefix = ''): [string, string][] {
  if (input === undefined || input === null) return []
  if (typeof input !== 'object') return [[prefix, String(input)]]
  const entries = Array.isArray(input)
    ? input.map((item, index) => [`member.${index + 1}`, item] as const)
    : Object.entries(input)
  return entries.flatMap(([name, value]) => flattened(value, prefix === '' ? name : `${prefix}.${name}`))
}

async function jsonAnswer(operation: string, answer: Response): Promise<Answer> {
  const text = await answer.text()
  if (answer.ok) return text === '' ? {} : JSON.parse(text)
  const { __type: code, message } = /^\{.*\}$/s.test(text) ? JSON.parse(text) : {}
  throw new Refused(operation, code ?? `status ${answer.status}`, message ?? text.slice(0, 300))
}

async function xmlAnswer(operation: string, answer: Response): Promise<Answer> {
  const text = await answer.text()
  const tree = parseXml(text)
  if (answer.ok) return within(within(tree, `${operation}Response`), `${operation}Result`)
  const error = within(within(tree, 'ErrorResponse'), 'Error') as { Code?: string; Message?: string }
  throw new Refused(operation, error.Code ?? `status ${answer.status}`, error.Message ?? text.slice(0, 300))
}

function within(tree: Tree, name: string): Tree {
  return (typeof tree === 'object' && !Array.isArray(tree) && tree[name]) || {}
}
