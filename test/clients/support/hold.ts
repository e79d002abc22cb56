import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CounterpartMeta } from '../../../tools/lib/counterparts-reporter.ts'
import { REQUEST_ID } from '../../conformance/support/answers.ts'
import { isOnPath } from '../../conformance/support/is-on-path.ts'
import { GUEST_ROLE, USER_ROLE } from '../../conformance/support/sdk-pool.ts'
import {
  type ClientBed,
  type Renewal,
  type Report,
  SESSION_SECONDS,
  startClientBed,
  UNKNOWN_POOL,
} from './client-bed.ts'
import { type Client, whyNot } from './toolchain.ts'

const counterpart = (text: string): CounterpartMeta => ({ counterpart: text })

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
    let bed: ClientBed
    let report: Report
    let started: number
    beforeAll(async () => {
      bed = await startClientBed(client)
      started = Date.now()
      report = await bed.report()
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

    it.for(['-1h', '+1h'])('makes signed calls with a clock that is wrong by %s', async (clock, { skip }) => {
      if (client.ownClock !== undefined) skip(client.ownClock)
      if (!isOnPath('faketime')) skip('faketime is not on the PATH')
      const { callers, created, errors } = await bed.report(clock)
      expect(callers).toEqual(report.callers)
      expect(created).toBe(report.created)
      expect(errors).toEqual(ERRORS)
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
