import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetIdentityPoolRolesCommand } from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CounterpartMeta } from '../../../tools/lib/counterparts-reporter.ts'
import { REQUEST_ID } from '../../conformance/support/answers.ts'
import { GUEST_ROLE, type SdkPool, startSdkPool, USER_ROLE } from '../../conformance/support/sdk-pool.ts'
import { LOCAL_CLIENT, LOCAL_REGION } from '../../conformance/support/service.ts'
import { build, type Client, run, whyNot } from './toolchain.ts'

const counterpart = (text: string): CounterpartMeta => ({ counterpart: text })

/** What a client prints. */
interface Report {
  runtime: string
  /** The packages of the SDK, with their versions. */
  sdk: string[]
  /** What GetCallerIdentity told the example of docs/clients.md, as a guest and as a user. */
  callers: string[]
  guest: Renewal
  user: Renewal
  /** The identity that the same login found from the start. */
  sameUser: string
  webIdentity: Renewal
  /** Of the identity of the user, as the operator is told it. */
  created: string
  errors: Record<string, unknown>
}

interface Renewal {
  identityId?: string
  /** What the cache of the SDK gave for two calls, far from the end of a session. */
  kept: Session[]
  /** The same, near the end. */
  renewed: Session[]
}

interface Session {
  accessKeyId: string
  expires: string
  arn: string
}

const UNKNOWN_POOL = `${LOCAL_REGION}:00000000-0000-4000-8000-000000000000`
const SESSION_SECONDS = 900

const IDENTITY = expect.stringMatching(/^us-east-1:[0-9a-f-]{36}$/)

/** The tests of a client; skipped, with the reason, where it cannot be built. */
export function holdClient(client: Client): void {
  const reason = whyNot(client)
  if (reason !== undefined) {
    it(`runs ${client.language}`, ({ skip, task }) => {
      Object.assign(task.meta, counterpart(`skipped: ${reason}`))
      skip(reason)
    })
    return
  }
  describe(client.language, () => {
    let bed: SdkPool
    let report: Report
    let started: number
    beforeAll(async () => {
      const into = await build(client)
      bed = await startSdkPool()
      started = Date.now()
      report = await runAgainst(bed, client, into)
    })
    afterAll(() => bed?.stop())

    it('says with what it was built', ({ task }) => {
      expect(report.sdk).toEqual(report.sdk.map(() => expect.stringMatching(/^\S+ v?\d+\.\d+\.\d+$/)))
      expect(report.sdk).not.toEqual([])
      Object.assign(task.meta, counterpart([report.runtime, ...report.sdk].join(', ')))
    })

    it('runs the example of docs/clients.md', () => {
      expect(report.callers).toEqual([sessionOf(GUEST_ROLE), sessionOf(USER_ROLE)])
    })

    it.each([
      ['a guest', 'guest', sessionOf(GUEST_ROLE)],
      ['a user', 'user', sessionOf(USER_ROLE)],
    ] as const)('gets credentials of %s from its provider, keeps them, and renews them', (_, who, arn) => {
      const { identityId, ...sessions } = report[who]
      expect(identityId).toEqual(IDENTITY)
      expectRenewed(sessions, arn, started)
    })

    it('trades a token of an identity at STS, by the provider of the SDK for such tokens, and renews the session', () => {
      expectRenewed(report.webIdentity, sessionOf(USER_ROLE, 'web'), started, client.webIdentitySeconds)
    })

    it('finds the same identity for the same login, and another one for a guest', () => {
      expect(report.sameUser).toBe(report.user.identityId)
      expect(report.guest.identityId).not.toBe(report.user.identityId)
    })

    it('reads dates of signed calls', () => {
      const created = Date.parse(report.created)
      expect(created).toBeGreaterThanOrEqual(started - 1000)
      expect(created).toBeLessThanOrEqual(Date.now())
    })

    it('reads type, message, status and request id of errors', () => {
      expect(report.errors).toEqual(ERRORS)
    })
  })
}

const fault = (code: string, message: string, status = 400) => ({
  code,
  message,
  status,
  typed: true,
  requestId: expect.stringMatching(REQUEST_ID),
})

const ERRORS = {
  forgedLogin: fault('NotAuthorizedException', "Invalid login token. Couldn't verify signed token."),
  unknownPool: fault('ResourceNotFoundException', `IdentityPool '${UNKNOWN_POOL}' not found.`),
  invalid: fault(
    'ValidationException',
    "1 validation error detected: Value 'x' at 'identityPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
  ),
  forgedIdentity: fault('InvalidIdentityToken', 'The web identity token provided could not be validated'),
  unknownKey: fault('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
}

/** Sessions of a role, each so many seconds from a call after `started`. */
function expectRenewed({ kept, renewed }: Renewal, arn: string, started: number, seconds = SESSION_SECONDS): void {
  const session = { accessKeyId: expect.stringMatching(/^ASIA\w{16}$/), expires: expect.any(String), arn }
  expect({ kept, renewed }).toEqual({ kept: [session, session], renewed: [session, session] })
  expect(kept[1]).toEqual(kept[0])
  expect(new Set([...kept, ...renewed].map(({ accessKeyId }) => accessKeyId)).size).toBe(3)
  for (const { expires } of [...kept, ...renewed]) {
    expect(Date.parse(expires)).toBeGreaterThanOrEqual(started + (seconds - 1) * 1000)
    expect(Date.parse(expires)).toBeLessThanOrEqual(Date.now() + (seconds + 1) * 1000)
  }
}

function sessionOf(role: string, name = 'CognitoIdentityCredentials'): string {
  return `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${name}`
}

async function runAgainst(bed: SdkPool, client: Client, into: string): Promise<Report> {
  const tags = { 'edge-identity:session-seconds': String(SESSION_SECONDS) }
  const pool = await bed.createPool({ OpenIdConnectProviderARNs: [bed.providerArn], IdentityPoolTags: tags })
  const Roles = { authenticated: USER_ROLE, unauthenticated: GUEST_ROLE }
  await bed.client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
  const token = await bed.provider.idToken('ada')
  const folder = await mkdtemp(join(tmpdir(), 'edge-identity-client-'))
  try {
    const printed = await run(client, into, {
      AWS_ENDPOINT_URL_COGNITO_IDENTITY: bed.service.url,
      AWS_ENDPOINT_URL_STS: bed.service.url,
      AWS_REGION: LOCAL_REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      POOL: pool,
      UNKNOWN_POOL,
      LOGIN: bed.provider.name,
      LOGIN_TOKEN: token,
      FORGED_TOKEN: `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(342)}`,
      USER_ROLE,
      OPERATOR_KEY: LOCAL_CLIENT.credentials.accessKeyId,
      OPERATOR_SECRET: LOCAL_CLIENT.credentials.secretAccessKey,
      FOLDER: folder,
    })
    return JSON.parse(printed)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
