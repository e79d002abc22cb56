import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** How the service behaves: properly, or as services in trouble do. */
export type Behaviour =
  | 'as_asked'
  | 'as_asked_but_late'
  | 'refuses'
  | 'refuses_in_html'
  | 'throttles'
  | 'fails'
  | 'redirects'
  | 'talks_nonsense'
  | 'gives_nothing'
  | 'gives_expired'
  | 'never_ends'
  | 'never_finishes'
  | 'hangs_up'
  | 'never_answers'

export interface FakeSts {
  url: string
  /** Whose tokens it takes, as an IAM OIDC provider would say. */
  trust(issuer: string): void
  /** How it behaves in the calls to come: once each, and the last one from then on. */
  behave(...behaviours: Behaviour[]): void
  /** The last call that it answered with credentials. */
  lastCall(): Answered
  /** How many calls have come since `behave`. */
  calls(): number
  stop(): Promise<void>
}

export interface Answered {
  headers: IncomingHttpHeaders
  parameters: Record<string, string>
  claims: JWTPayload
  credentials: Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken' | 'Expiration', string>
  requestId: string
}

/** Long enough that reading it to its end would be noticed, were it read. */
const ENDLESS_BYTES = 10 * 1024 * 1024

/** Late for AWS STS, whose next region would have been asked by then, but not for a service that is alone. */
const LATE_MS = 2_000

/** Starts a relying party that speaks AssumeRoleWithWebIdentity and verifies tokens by discovery, as AWS STS does. */
export async function startFakeSts(): Promise<FakeSts> {
  let behaviours: Behaviour[] = ['as_asked']
  let calls = 0
  let issuer = ''
  let last: Answered | undefined
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, 400, 'InvalidIdentityToken', String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = Object.fromEntries(new URLSearchParams(await bodyOf(request)))
    const behaviour = behaviours[Math.min(calls, behaviours.length - 1)] ?? 'as_asked'
    calls += 1
    const requestId = randomUUID()
    response.setHeader('x-amz-request-id', requestId)
    if (!hasCredentials(behaviour)) return MISBEHAVIOUR[behaviour](response)
    if (behaviour === 'as_asked_but_late') await sleep(LATE_MS)
    const claims = await verified(parameters.WebIdentityToken ?? '', issuer)
    const expired = behaviour === 'gives_expired'
    const credentials = newCredentials(Number(parameters.DurationSeconds) * (expired ? -1 : 1))
    last = { headers: request.headers, parameters, claims, credentials, requestId }
    response.writeHead(200, { 'content-type': 'text/xml' }).end(successXml(credentials, parameters, claims))
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trust: (trusted) => {
      issuer = trusted
    },
    behave: (...next) => {
      behaviours = next
      calls = 0
    },
    calls: () => calls,
    lastCall() {
      if (!last) throw new Error('No call was answered.')
      return last
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return text
}

/** The claims of a token by the rules of AWS STS: issuer by discovery, RS256, integer times. */
async function verified(token: string, issuer: string): Promise<JWTPayload> {
  const discovered = await fetch(`${issuer}/.well-known/openid-configuration`)
  const { issuer: named, jwks_uri } = (await discovered.json()) as { issuer: string; jwks_uri: string }
  if (named !== issuer) throw new Error('another issuer')
  const keys = createRemoteJWKSet(new URL(jwks_uri))
  return (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'], typ: 'JWT' })).payload
}

function newCredentials(seconds: number) {
  return {
    AccessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    SecretAccessKey: randomBytes(30).toString('base64'),
    SessionToken: randomBytes(300).toString('base64'),
    Expiration: `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`,
  }
}

function successXml(credentials: Record<string, string>, parameters: Record<string, string>, claims: JWTPayload) {
  const { RoleArn = '', RoleSessionName } = parameters
  const arn = `${RoleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${RoleSessionName}`
  const members = Object.entries(credentials).map(([name, value]) => `<${name}>${value}</${name}>`)
  return `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <SubjectFromWebIdentityToken>${claims.sub}</SubjectFromWebIdentityToken>
    <AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROAEXAMPLE:${RoleSessionName}</AssumedRoleId></AssumedRoleUser>
    <Credentials>${members.join('')}</Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`
}

function refuse(response: ServerResponse, status: number, code: string, message = 'upstream secret'): void {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`
  response.writeHead(status, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`)
}

type WithCredentials = 'as_asked' | 'as_asked_but_late' | 'gives_expired'

function hasCredentials(behaviour: Behaviour): behaviour is WithCredentials {
  return behaviour === 'as_asked' || behaviour === 'as_asked_but_late' || behaviour === 'gives_expired'
}

const HTML = { 'content-type': 'text/html' }

const MISBEHAVIOUR: Record<Exclude<Behaviour, WithCredentials>, (response: ServerResponse) => void> = {
  refuses: (response) => refuse(response, 403, 'AccessDenied'),
  refuses_in_html: (response) => response.writeHead(403, HTML).end('<html><p>upstream secret'),
  throttles: (response) => refuse(response, 400, 'Throttling'),
  fails: (response) => refuse(response, 503, 'ServiceUnavailable'),
  redirects: (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  talks_nonsense: (response) => response.writeHead(200, HTML).end('<html>upstream secret'),
  gives_nothing: (response) => response.writeHead(200).end('<AssumeRoleWithWebIdentityResponse/>'),
  never_ends: (response) => response.writeHead(200).end(`<a>${' '.repeat(ENDLESS_BYTES)}</a>`),
  never_finishes: (response) => void response.writeHead(200).write('<AssumeRoleWithWebIdentityResponse>'),
  hangs_up: (response) => response.destroy(),
  never_answers: () => {},
}
