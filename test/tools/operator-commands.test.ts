import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../tools/lib/local-service.ts'
import { outcomeHere } from './command-here.ts'
import { answered, outcome } from './command-run.ts'

/** How long a command waited before it asked again. */
const pauses = vi.hoisted((): number[] => [])
vi.mock('node:timers/promises', () => ({ setTimeout: async (milliseconds: number) => void pauses.push(milliseconds) }))

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'

/** Stands where the service would be, and answers with the operation that was asked for. */
let service: Server
let endpoint: string

beforeAll(async () => {
  service = createServer((request, response) =>
    response.end(JSON.stringify({ target: request.headers['x-amz-target'] })),
  ).listen(0, 'localhost')
  await once(service, 'listening')
  endpoint = `http://localhost:${(service.address() as AddressInfo).port}`
})

afterAll(() => void service.close())

beforeEach(() => void pauses.splice(0))

describe.each([
  ['explain-request', ['0b3f1c5e-7a0d-4c57-9f0e-2d1b6a9c8e41'], 'EdgeIdentity.ExplainRequest'],
  ['simulate-login', ['--pool', POOL], 'EdgeIdentity.SimulateLogin'],
])('%s', (name, args, target) => {
  it('asks the service that AWS_ENDPOINT_URL names', async () => {
    const { code, stdout } = await outcome(name, args, { AWS_ENDPOINT_URL: endpoint })
    expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: { target } })
  })

  it('asks the service of --endpoint-url before that of the variable', async () => {
    const nobody = `http://localhost:${await freePort()}`
    const { code } = await outcomeHere(name, [...args, '--endpoint-url', endpoint], { AWS_ENDPOINT_URL: nobody })
    expect(code).toBe(0)
  })

  it('says in one line that nobody answers', async () => {
    const nobody = `http://localhost:${await freePort()}`
    const { code, stderr } = await outcomeHere(name, args, { AWS_ENDPOINT_URL: nobody })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^http:\S+ cannot be reached: .*\n$/) })
  })
})

it('simulate-login says in one line that the file of a token cannot be read', async () => {
  const args = ['--pool', POOL, '--login', 'accounts.google.com=@no-such-file.txt']
  const { code, stderr } = await outcomeHere('simulate-login', args, { AWS_ENDPOINT_URL: endpoint })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^The token cannot be read: .*\n$/) })
})

it.each([
  ['a login', ['--pool', POOL, '--login', 'accounts.google.com=package.json']],
  ['a role', ['--role', 'arn:aws:iam::000000000000:role/deploy', '--token', 'package.json']],
])('simulate-login for %s does not send the name of a file in place of its content', async (_, args) => {
  const { code, stderr } = await outcomeHere('simulate-login', args, { AWS_ENDPOINT_URL: endpoint })
  const sentence = 'package.json is a file, and no token. For its content: @package.json\n'
  expect({ code, stderr }).toEqual({ code: 2, stderr: sentence })
})

it('simulate-login takes a token that is longer than the name of any file', async () => {
  const args = ['--pool', POOL, '--login', `accounts.google.com=${'a'.repeat(5000)}`]
  expect(await outcomeHere('simulate-login', args, { AWS_ENDPOINT_URL: endpoint })).toMatchObject({ code: 0 })
})

describe('simulate-login for a role', () => {
  const ROLE = 'arn:aws:iam::000000000000:role/deploy'

  it('asks what AssumeRoleWithWebIdentity would answer', async () => {
    const options = ['--session-name', 'job-7', '--duration-seconds', '900', '--client-address', '192.0.2.1']
    const args = ['--role', ROLE, '--token', 'a.b.c', ...options]
    const { asked, code, lines } = await answered('simulate-login', args, [{ Answer: { Code: 'Issued' } }])
    expect({ code, answer: JSON.parse(lines.join('')) }).toEqual({ code: 0, answer: { Answer: { Code: 'Issued' } } })
    expect(asked).toEqual([
      expect.objectContaining({
        target: 'SimulateAssumeRoleWithWebIdentity',
        input: {
          RoleArn: ROLE,
          WebIdentityToken: 'a.b.c',
          RoleSessionName: 'job-7',
          DurationSeconds: 900,
          ClientAddress: '192.0.2.1',
        },
      }),
    ])
  })

  it.each([
    ['nothing', [], 'Name the pool, or the role: --pool <pool id>, or --role <ARN>'],
    ['a token alone', ['--token', 'x'], 'Name the role too: --role <ARN>'],
    ['a role without a token', ['--role', ROLE], 'Give the token too: --token @FILE'],
    ['both', ['--role', ROLE, '--token', 'x', '--pool', POOL], '--pool does not go with --role'],
    ['a login for a role', ['--role', ROLE, '--token', 'x', '--login', 'a=b'], '--login does not go with --role'],
    ['a token for a pool', ['--pool', POOL, '--token', 'x'], '--token does not go with --pool'],
    [
      'a time that is none',
      ['--role', ROLE, '--token', 'x', '--duration-seconds', '1h'],
      '--duration-seconds 1h is not a number of seconds',
    ],
  ])('does not take %s', async (_, args, sentence) => {
    const { code, stderr } = await outcomeHere('simulate-login', args, { AWS_ENDPOINT_URL: endpoint })
    expect([code, stderr.split('\n')[0]]).toEqual([2, `${sentence}. --help tells more.`])
  })
})

describe('watch-decisions', () => {
  const POOL_RECORD = {
    ...{ eventTime: '2030-01-31T12:00:00Z', eventName: 'GetId', sourceIPAddress: '192.0.2.1', requestID: 'r-1' },
    additionalEventData: { pool: POOL, identity: 'us-east-1:a' },
  }
  const REFUSED = {
    ...{
      eventTime: '2030-01-31T12:00:01Z',
      eventName: 'Get\u001bId',
      errorCode: 'NotAuthorizedException',
      requestID: 'r-2',
    },
    additionalEventData: { logins: [{ accepted: true }, { accepted: false, reason: 'audience' }] },
  }
  const answer = (Cursor: string, Records: object[], more: object = {}) => ({
    ...{ Cursor, Records, Missed: 0, Began: false, AskAgainAfterSeconds: 2 },
    ...more,
  })
  const DENIED = { __type: 'AccessDeniedException', message: 'No.' }

  it('prints records as they come, goes on where it was, and ends when it is refused', async () => {
    const first = answer('c-1', [POOL_RECORD], { Began: true })
    const busy = { __type: 'TooManyRequestsException', message: 'Rate exceeded' }
    const second = answer('c-2', [REFUSED], { Began: true, Missed: 3 })
    const { asked, code, lines, stderr } = await answered('watch-decisions', [], [first, busy, second, DENIED])
    expect({ code, lines, stderr: stderr.split('\n') }).toEqual({
      code: 1,
      lines: [
        `2030-01-31T12:00:00Z  ok  GetId  ${POOL}  us-east-1:a  192.0.2.1  r-1`,
        '2030-01-31T12:00:01Z  audience  Get\uFFFDId  -  -  -  r-2',
      ],
      stderr: [
        'Watching what happens from now on. Ctrl-C ends it.',
        'WatchDecisions: TooManyRequestsException: Rate exceeded Asking again.',
        'The watch began anew: what happened in between is missing.',
        'Records that are missing: 3',
        'WatchDecisions: AccessDeniedException: No.',
        '',
      ],
    })
    expect(asked.map(({ input }) => input)).toEqual([{}, { Cursor: 'c-1' }, { Cursor: 'c-1' }, { Cursor: 'c-2' }])
    expect(pauses).toEqual([2_000, 5_000, 2_000])
  })

  it('prints those alone that are wanted, and whole records', async () => {
    const both = answer('c-1', [POOL_RECORD, REFUSED])
    const shown = async (...args: string[]) => (await answered('watch-decisions', args, [both, DENIED])).lines
    expect((await shown('--refused')).map((line) => line.slice(-3))).toEqual(['r-2'])
    expect((await shown('--pool', POOL, '--json')).map((line) => JSON.parse(line))).toEqual([POOL_RECORD])
    expect(await shown('--refused', '--pool', POOL)).toEqual([''])
  })
})

describe('check-pool', () => {
  const FOUND = { Kind: 'MemberWithoutRoute', IdentityId: 'us-east-1:a', Provider: 'idp.example', Repaired: true }
  const LOST = { Kind: 'MergeLost', IdentityId: 'us-east-1:b', OtherIdentityId: 'us-east-1:c', Repaired: false }

  /** Answers one call after the other, and tells what was asked. */
  async function checked(args: readonly string[], ...answers: object[]) {
    const { asked, ...found } = await answered('check-pool', ['--pool', POOL, ...args], answers)
    return { ...found, asked: asked.map(({ input }) => input) }
  }

  it('goes from page to page, also where others are busy, tells what was repaired, and ends with 0', async () => {
    const first = { Objects: 4, Checked: { Objects: 4, Identities: 0 }, Findings: [FOUND], NextToken: 'next' }
    const busy = { __type: 'TooManyRequestsException', message: 'Rate exceeded' }
    const last = { Objects: 4, Checked: { Objects: 0, Identities: 7 }, Findings: [] }
    expect(await checked(['--repair'], first, busy, last)).toEqual({
      code: 0,
      stderr: '',
      lines: [
        'MemberWithoutRoute    us-east-1:a  idp.example  repaired',
        'Found: 1, repaired: 1 (objects: 4, identities: 7).',
      ],
      asked: [
        { IdentityPoolId: POOL, Repair: true },
        { IdentityPoolId: POOL, Repair: true, NextToken: 'next' },
        { IdentityPoolId: POOL, Repair: true, NextToken: 'next' },
      ],
    })
    expect(pauses).toEqual([1_000])
  })

  it('ends with 3 if something is left, and says what can be done', async () => {
    const { code, lines } = await checked([], { Objects: 4, Checked: { Objects: 4 }, Findings: [LOST] })
    expect([code, ...lines]).toEqual([
      3,
      'MergeLost             us-east-1:b  and us-east-1:c',
      'Found: 1, repaired: 0 (objects: 4). --repair puts right what can be.',
      expect.stringMatching(/^MergeLost: The winner of the merge was restored/),
    ])
  })

  it('says that nothing can disagree with a pool of one object', async () => {
    const { code, lines } = await checked([], { Objects: 1, Checked: { Identities: 2 }, Findings: [] })
    expect([code, ...lines]).toEqual([
      0,
      'The pool is in one object: there is nothing that could disagree with it. Nothing is wrong (identities: 2).',
    ])
  })

  it('says in one line what the service refuses', async () => {
    const refused = { __type: 'ResourceNotFoundException', message: 'No such pool.' }
    expect(await checked([], refused)).toMatchObject({
      code: 1,
      stderr: 'CheckPool: ResourceNotFoundException: No such pool.\n',
    })
  })

  it('asks for the pool', async () => {
    const { code, stderr } = await outcomeHere('check-pool', [])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^Name the pool: .*\n$/) })
  })
})
