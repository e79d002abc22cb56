import { randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'

/** How the service behaves: properly, or as services in trouble do. */
export type Behaviour =
  | 'as_asked'
  | 'refuses'
  | 'throttles'
  | 'fails'
  | 'redirects'
  | 'talks_nonsense'
  | 'gives_nothing'
  | 'gives_expired'
  | 'never_ends'
  | 'hangs_up'
  | 'never_answers'

export interface FakeSts {
  url: string
  /** Whose tokens it takes, as an IAM OIDC provider would say. */
  trust(issuer: string): void
  behave(behaviour: Behaviour): void
  /** The last call that it answered with credentials. */
  lastCall(): Answered
  stop(): Promise<void>
}

export interface Answered {
  headers: IncomingHttpHeaders
  parameters: Record<string, string>
  claims: JWTPayload
  credentials: Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken' | 'Expiration', string>
}

/** Long enough that reading it to its end would be noticed, were it read. */
const ENDLESS_BYTES = 8 * 1024 * 1024

/** Starts a relying party that speaks AssumeRoleWithWebIdentity and verifies tokens by discovery, as AWS STS does. */
export async function startFakeSts(): Promise<FakeSts> {
  let behaviour: Behaviour = 'as_asked'
  let issuer = ''
  let last: Answered | undefined
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, 400, 'InvalidIdentityToken', String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parameters = Object.fromEntries(new URLSearchParams(await bodyOf(request)))
    if (behaviour !== 'as_asked' && behaviour !== 'gives_expired') return MISBEHAVIOUR[behaviour](response)
    const claims = await verified(parameters.WebIdentityToken ?? '', issuer)
    const expired = behaviour === 'gives_expired'
    const credentials = newCredentials(Number(parameters.DurationSeconds) * (expired ? -1 : 1))
    last = { headers: request.headers, parameters, claims, credentials }
    response.writeHead(200, { 'content-type': 'text/xml' }).end(successXml(credentials, parameters, claims))
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trust: (trusted) => {
      issuer = trusted
    },
    behave: (next) => {
      behaviour = next
    },
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

const MISBEHAVIOUR: Record<Exclude<Behaviour, 'as_asked' | 'gives_expired'>, (response: ServerResponse) => void> = {
  refuses: (response) => refuse(response, 403, 'AccessDenied'),
  throttles: (response) => refuse(response, 400, 'Throttling'),
  fails: (response) => refuse(response, 503, 'ServiceUnavailable'),
  redirects: (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  talks_nonsense: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>upstream secret'),
  gives_nothing: (response) => response.writeHead(200).end('<AssumeRoleWithWebIdentityResponse/>'),
  never_ends: (response) => response.writeHead(200).end(`<a>${' '.repeat(ENDLESS_BYTES)}</a>`),
  hangs_up: (response) => response.destroy(),
  never_answers: () => {},
}
