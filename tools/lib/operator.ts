import { setTimeout as sleep } from 'node:timers/promises'
import { LOCAL_KEY, LOCAL_REGION } from '../../package/server/local-mode.mjs'
import { BadOption } from './bootstrap.mjs'
import { connect, Refused } from './client.ts'

const DEFAULT_ENDPOINT = 'http://localhost:8787'

/** Where the service is, and for which region its calls are signed. */
export interface ConnectionValues {
  'endpoint-url'?: string | undefined
  region?: string | undefined
}

/** Calls one of the service's own operations. */
export type Own = ReturnType<typeof connect>['own']

/** Turns at a call whose identities others change all the time, and the pause before another, in milliseconds. */
const MAX_TURNS = 5
const PAUSE_MS = 1_000

/** Makes a call, and makes it again where others are in the way. */
export async function whenNotBusy<T>(call: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++)
    try {
      return await call()
    } catch (error) {
      const isBusy = error instanceof Refused && error.code === 'TooManyRequestsException'
      if (!isBusy || turn === MAX_TURNS) throw error
      await sleep(PAUSE_MS)
    }
}

/** Whether a refusal is about an identity or a login that there is not, in a pool that there is. */
export function isNotFound(error: unknown): error is Refused {
  return (
    error instanceof Refused &&
    error.code === 'ResourceNotFoundException' &&
    !error.message.includes(": IdentityPool '")
  )
}

/** The answer of one of the service's own operations as JSON on standard output; a refusal ends with code 1. */
export async function ask(operation: string, input: object, values: ConnectionValues): Promise<void> {
  await withService(values, async (own) => {
    console.log(JSON.stringify(await own(operation, input), null, 2))
  })
}

/** Does some work with the service; a refusal, or that it cannot be reached, is told in one line and ends with code 1. */
export async function withService(
  { 'endpoint-url': endpoint, region }: ConnectionValues,
  work: (own: Own) => Promise<void>,
): Promise<void> {
  const url = endpoint ?? endpointOfEnvironment() ?? DEFAULT_ENDPOINT
  if (!URL.canParse(url) || !new URL(url).protocol.startsWith('http'))
    throw new BadOption(`${url} is not the URL of a service, such as ${DEFAULT_ENDPOINT}`)
  try {
    await work(connect(url, keyFor(url), region ?? LOCAL_REGION).own)
  } catch (error) {
    const isOfService = !(error instanceof Refused) && !isOfFile(error)
    console.error(isOfService ? `${url} cannot be reached: ${reasonOf(error as Error)}` : (error as Error).message)
    process.exitCode = 1
  }
}

/** As the AWS SDKs and the CLI have it: the variable of the one service comes before that of all. */
function endpointOfEnvironment(): string | undefined {
  return process.env.AWS_ENDPOINT_URL_COGNITO_IDENTITY || process.env.AWS_ENDPOINT_URL || undefined
}

/** Whether a file could not be read or written, which its message names. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'path' in error
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf({ cause, message }: Error): string {
  return cause instanceof Error ? cause.message : message
}

function keyFor(url: string) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey }
  if (/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]?/.test(url)) return LOCAL_KEY
  console.error('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of the service.')
  process.exit(2)
}
