import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { outcomeHere } from './command-here.ts'
import { answered, outcome } from './command-run.ts'

/** How long a command waited before it asked again. Only one that has a process of its own does so in real time. */
const pauses = vi.hoisted((): number[] => [])
vi.mock('node:timers/promises', () => ({ setTimeout: async (milliseconds: number) => void pauses.push(milliseconds) }))
afterEach(() => void pauses.splice(0))

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const ID = 'us-east-1:0f1e2d3c-0000-8d1e-b2c4-6a0f5e7d9c10'
const OTHER = 'us-east-1:0f1e2d3c-0000-8d1e-b2c4-6a0f5e7d9c11'
const HASH = '0'.repeat(64)
const USER = {
  IdentityId: ID,
  State: 'User',
  Logins: [
    { Provider: 'accounts.google.com', Developer: false, SubjectSha256: HASH, Subject: '1001', LinkedOn: '2023-11-14' },
    { Provider: 'login.app', Developer: true, SubjectSha256: HASH },
  ],
  CreationDate: 1_700_000_000,
  LastModifiedDate: 1_700_000_060.5,
}
const LOSER = { ...USER, IdentityId: OTHER, State: 'Disabled', Logins: [], ForwardsTo: ID }

const identity = (args: readonly string[], answers: readonly object[] = [], input?: string) =>
  answered('identity', ['--pool', POOL, ...args], answers, input)

describe('identity', () => {
  it('find asks by provider and subject, and tells the identity in lines', async () => {
    const args = ['find', '--provider', 'accounts.google.com', '--subject', '1001']
    expect(await identity(args, [USER])).toEqual({
      code: 0,
      stderr: '',
      lines: [
        `Identity        ${ID}`,
        'State           User',
        'Login           accounts.google.com=1001, since 2023-11-14',
        `Login           login.app (backend)=sha256:${HASH}`,
        'Created         2023-11-14 22:13:20',
        'Changed         2023-11-14 22:14:20',
      ],
      asked: [
        { target: 'FindIdentity', input: { IdentityPoolId: POOL, Provider: 'accounts.google.com', Subject: '1001' } },
      ],
    })
  })

  it('find asks by a token from standard input, also where others are in the way', async () => {
    const busy = { __type: 'TooManyRequestsException', message: 'Rate exceeded' }
    const { asked, code, lines } = await identity(['find', '--token', '-', '--json'], [busy, USER], 'a.b.c\n')
    const call = { target: 'FindIdentity', input: { IdentityPoolId: POOL, Token: 'a.b.c' } }
    expect({ asked, code, answer: JSON.parse(lines.join('')) }).toEqual({ asked: [call, call], code: 0, answer: USER })
  })

  it('show tells who lost a merge to whom', async () => {
    const { asked, lines } = await identity(
      ['show', '--identity', OTHER],
      [{ ...LOSER, ForwardedFrom: ['us-east-1:a'], LastUsedOn: '2023-11-20' }],
    )
    expect(asked).toEqual([{ target: 'GetIdentityDetail', input: { IdentityPoolId: POOL, IdentityId: OTHER } }])
    expect(lines.slice(1, 4)).toEqual([
      'State           Disabled',
      `Forwards to     ${ID}`,
      'Forwarded from  us-east-1:a',
    ])
    expect(lines.at(-1)).toBe('Last used       2023-11-20')
  })

  it('list goes from page to page, with a line for each identity, in JSON too', async () => {
    const answers = [
      { Identities: [USER], NextToken: 'next' },
      { Identities: [], NextToken: 'more' },
      { Identities: [LOSER] },
    ]
    const { asked, code, lines } = await identity(['list', '--state', 'user', '--provider', 'idp'], answers)
    const input = { IdentityPoolId: POOL, Provider: 'idp', State: 'User', MaxResults: 1000 }
    expect(asked.map((call) => call.input)).toEqual([
      input,
      { ...input, NextToken: 'next' },
      { ...input, NextToken: 'more' },
    ])
    const unused = await identity(['list', '--unused-since', '2026-06-01'], [{ Identities: [] }])
    expect(unused.asked[0]?.input).toEqual({ IdentityPoolId: POOL, UnusedSince: '2026-06-01', MaxResults: 1000 })
    expect([code, ...lines]).toEqual([
      0,
      `${ID}  User      2023-11-14 22:13:20  accounts.google.com=1001  login.app (backend)=sha256:${HASH}`,
      `${OTHER}  Disabled  2023-11-14 22:13:20  → ${ID}`,
    ])
    const json = await identity(['list', '--json'], answers)
    expect(json.lines.map((line) => JSON.parse(line))).toEqual([USER, LOSER])
  })

  it('erase asks by id or login, and tells what is gone and the receipt, or writes it to a file', async () => {
    const erased = {
      Outcome: 'Erased',
      IdentityIds: [ID],
      Identities: 2,
      Logins: USER.Logins,
      ReceiptId: 'jti',
      Receipt: 'a.b.c',
    }
    const shown = await identity(['erase', '--identity', ID, '--reason', 'case-1'], [erased])
    expect(shown).toEqual({
      code: 0,
      stderr: '',
      lines: [
        'The user is erased.',
        `Identity        ${ID}`,
        '                and 1 more',
        'Login           accounts.google.com=1001',
        `Login           login.app (backend)=sha256:${HASH}`,
        'Receipt         jti',
        'a.b.c',
      ],
      asked: [{ target: 'EraseUser', input: { IdentityPoolId: POOL, IdentityId: ID, Reason: 'case-1' } }],
    })
    const file = join(mkdtempSync(join(tmpdir(), 'edge-identity-')), 'receipt.jwt')
    const args = ['erase', '--provider', 'p', '--subject', 's', '--developer', '--dry-run', '--receipt', file]
    const { asked, lines } = await identity(args, [{ Outcome: 'AlreadyErased', ReceiptId: 'jti', Receipt: 'a.b.c' }])
    const input = { IdentityPoolId: POOL, Provider: 'p', Subject: 's', Developer: true, DryRun: true }
    expect(asked).toEqual([{ target: 'EraseUser', input }])
    expect(lines.slice(1)).toEqual(['Receipt         jti', `                in ${file}`])
    expect(readFileSync(file, 'utf8')).toBe('a.b.c\n')
    expect(await identity(['erase', '--identity', ID, '--json'], [{ Outcome: 'AlreadyGone' }])).toMatchObject({
      code: 3,
      lines: ['{', '  "Outcome": "AlreadyGone"', '}'],
    })
  })

  it.each([
    [
      ['link', '--identity', ID, '--provider', 'idp', '--subject', 's'],
      { target: 'LinkLogin', input: { IdentityId: ID, Provider: 'idp', Subject: 's' } },
      [
        [{ IdentityId: ID }, `${ID} has the login.`],
        [{ IdentityId: ID, DryRun: true, Changes: true }, `The login would be linked to ${ID}.`],
        [{ IdentityId: ID, DryRun: true, Changes: false }, `${ID} has the login already.`],
      ],
    ],
    [
      ['unlink', '--identity', ID, '--provider', 'idp', '--subject', 's', '--developer'],
      { target: 'UnlinkLogin', input: { IdentityId: ID, Provider: 'idp', Subject: 's', Developer: true } },
      [
        [{ IdentityId: ID, State: 'User' }, `The login was taken off ${ID}.`],
        [{ IdentityId: ID, State: 'Disabled' }, `The login was taken off ${ID}, which is disabled: it has no other.`],
        [{ IdentityId: ID, State: 'User', DryRun: true }, `The login would be taken off ${ID}.`],
        [
          { IdentityId: ID, State: 'Disabled', DryRun: true },
          `The login would be taken off ${ID}, which would be disabled: it has no other.`,
        ],
      ],
    ],
    [
      ['merge', '--source', OTHER, '--destination', ID],
      { target: 'MergeIdentities', input: { SourceIdentityId: OTHER, DestinationIdentityId: ID } },
      [
        [{ IdentityId: ID }, `Both are ${ID} now.`],
        [{ IdentityId: ID, DryRun: true, Changes: false, LoginsMoved: 0 }, `Both are ${ID} already.`],
        [
          { IdentityId: ID, DryRun: true, Changes: true, LoginsMoved: 1 },
          `Both would be ${ID}, to which 1 login would go.`,
        ],
        [
          { IdentityId: ID, DryRun: true, Changes: true, LoginsMoved: 2 },
          `Both would be ${ID}, to which 2 logins would go.`,
        ],
      ],
    ],
  ] as const)(
    '%o asks for a change, or what would come of it, and says what came',
    async (args, { input, target }, told) => {
      for (const [answer, sentence] of told) {
        const isDry = 'DryRun' in answer
        const { asked, code, lines } = await identity([...args, ...(isDry ? ['--dry-run'] : [])], [answer])
        const call = { target, input: { IdentityPoolId: POOL, ...input, ...(isDry && { DryRun: true }) } }
        expect({ asked, code, lines }).toEqual({ asked: [call], code: 0, lines: [sentence] })
      }
      const [[answer]] = told
      const { lines } = await identity([...args, '--json'], [answer])
      expect(JSON.parse(lines.join('\n'))).toEqual(answer)
    },
  )

  it('a change ends with 3 for what there is not, and with 1 for a refusal', async () => {
    const args = ['merge', '--source', OTHER, '--destination', ID]
    for (const [__type, code] of [
      ['ResourceNotFoundException', 3],
      ['ResourceConflictException', 1],
    ] as const)
      expect(await identity(args, [{ __type, message: 'No.' }])).toMatchObject({
        code,
        stderr: `MergeIdentities: ${__type}: No.\n`,
        lines: [''],
      })
  })

  it('ends with 3 where nobody is found, and with 1 for any other refusal', async () => {
    const refused = (message: string, __type = 'ResourceNotFoundException') => ({ __type, message })
    for (const [answer, code] of [
      [refused('No identity of this pool has that login.'), 3],
      [refused(`IdentityPool '${POOL}' not found.`), 1],
      [refused('User: x is not authorized', 'AccessDeniedException'), 1],
    ] as const)
      expect(await identity(['find', '--token', 'a.b.c'], [answer])).toMatchObject({
        code,
        stderr: `FindIdentity: ${answer.__type}: ${answer.message}\n`,
        lines: [''],
      })
  })

  it('block, unblock and revoke say what holds from now on, and what is still valid', async () => {
    const left = {
      CredentialsUntil: 1_700_003_600,
      TokensUntil: 1_700_086_400,
      StillValidUntil: 1_700_129_600,
      DenyStatement: '{ "Effect": "Deny" }',
    }
    const still = [
      'Credentials that were given out are valid until 2023-11-14T23:13:20Z.',
      'Tokens that were given out are valid elsewhere until 2023-11-15T22:13:20Z, and sessions that an STS gives for them until 2023-11-16T10:13:20Z.',
      'At AWS, this statement in the policy of the role ends them:',
      '{ "Effect": "Deny" }',
    ]
    const until = ['--until', '2030-01-31', '--reason', 'ticket 7']
    const answer = { IdentityId: ID, BlockedUntil: 1_896_048_000, ...left }
    expect(await identity(['block', '--identity', ID, ...until], [answer])).toMatchObject({
      code: 0,
      lines: [`Nobody signs in as ${ID} until 2030-01-31T00:00:00Z.`, ...still],
      asked: [
        {
          target: 'BlockIdentity',
          input: { IdentityPoolId: POOL, IdentityId: ID, Until: '2030-01-31T00:00:00Z', Reason: 'ticket 7' },
        },
      ],
    })
    const forever = await identity(['block', '--identity', ID], [{ IdentityId: ID, CredentialsUntil: 0 }])
    expect(forever.lines).toEqual([`Nobody signs in as ${ID} until it is unblocked.`])
    const unblock = await identity(['unblock', '--identity', ID], [{ IdentityId: ID }])
    expect([unblock.lines, unblock.asked[0]?.target]).toEqual([[`${ID} is not blocked.`], 'UnblockIdentity'])
    const revoked = { IdentityId: ID, TokensValidFrom: 1_700_000_000, ...left }
    const revoke = await identity(['revoke', '--identity', ID], [{ ...revoked, TokensUntil: undefined }])
    const sentence = `Tokens of ${ID} that were signed before 2023-11-14T22:13:20Z count no more.`
    expect(revoke.lines).toEqual([sentence, still[0], ...still.slice(2)])
    const json = await identity(['revoke', '--identity', ID, '--json'], [revoked])
    expect(JSON.parse(json.lines.join(''))).toEqual(revoked)
    const nobody = { __type: 'ResourceNotFoundException', message: `Identity '${ID}' not found.` }
    expect(await identity(['block', '--identity', ID], [nobody])).toMatchObject({ code: 3 })
  })

  it('show tells that an identity is blocked, and from when on its tokens count', async () => {
    const stopped = { ...USER, Blocked: true, BlockReason: 'ticket 7', TokensValidFrom: 1_700_000_000 }
    const { lines } = await identity(['show', '--identity', ID], [stopped])
    expect(lines.slice(-2)).toEqual([
      'Blocked         until it is unblocked: ticket 7',
      'Tokens valid    from 2023-11-14 22:13:20',
    ])
    const until = await identity(['show', '--identity', ID], [{ ...USER, Blocked: true, BlockedUntil: 1_700_000_000 }])
    expect(until.lines.at(-1)).toBe('Blocked         until 2023-11-14 22:13:20')
  })

  it('stats waits for the first count, and tells an old one while another is made', async () => {
    const Counting = { BeginDate: 1_700_000_000, Identities: 2_000, Percent: 40 }
    const Statistics = {
      AsOf: 1_700_000_000,
      ...{ Identities: 7, Users: 4, Guests: 2, Disabled: 1, Blocked: 1, UsersUnused: 1 },
      Providers: [
        { Provider: 'accounts.google.com', Developer: false, Logins: 4 },
        { Provider: 'login.app', Developer: true, Logins: 1 },
      ],
    }
    const told = [
      'As of       2023-11-14T22:13:20Z',
      'Identities  7',
      'Users       4, 1 not used for 30 days',
      'Guests      2',
      'Disabled    1',
      'Blocked     1',
      'Logins      4 of accounts.google.com',
      'Logins      1 of login.app (backend)',
    ]
    const call = { target: 'GetPoolStatistics', input: { IdentityPoolId: POOL } }
    const first = await identity(['stats'], [{ Counting }, { Statistics }])
    expect(first).toEqual({ code: 0, stderr: '', lines: told, asked: [call, call] })
    expect(pauses.splice(0)).toEqual([1_000])
    const old = await identity(['stats'], [{ Statistics, Counting }])
    expect(old.lines).toEqual([...told, 'They are counted anew: 40 % by now. --wait waits for the end.'])
    const waited = await identity(['stats', '--wait', '--json'], [{ Statistics, Counting }, { Statistics }])
    expect([waited.asked, JSON.parse(waited.lines.join(''))]).toEqual([[call, call], { Statistics }])
    expect(pauses).toEqual([1_000])
  })

  it.each([
    [
      [],
      'Name what to do: find, show, list, stats, link, unlink, merge, block, unblock, revoke, erase, export, import. --help tells more.',
    ],
    [
      ['archive'],
      'archive is none of find, show, list, stats, link, unlink, merge, block, unblock, revoke, erase, export, import. --help tells more.',
    ],
    [['find'], 'Name the pool: npm run identity -- find --pool <pool id>. --help tells more.'],
    [
      ['find', '--pool', POOL, '--provider', 'p'],
      'Name the login: --provider and --subject, or --token alone. --help tells more.',
    ],
    [
      ['find', '--pool', POOL, '--provider', 'p', '--token', 't'],
      'Name the login: --provider and --subject, or --token alone. --help tells more.',
    ],
    [['find', '--pool', POOL, '--token', '@no-such-file'], expect.stringMatching(/^The token cannot be read: /)],
    [
      ['link', '--pool', POOL, '--identity', ID, '--provider', 'p'],
      'Name the identity and the login: --identity, --provider and --subject. --help tells more.',
    ],
    [
      ['merge', '--pool', POOL, '--source', ID],
      'Name the two identities: --source, and --destination, which survives. --help tells more.',
    ],
    [['merge', '--pool', POOL, '--identity', ID], '--identity is no option of merge. --help tells more.'],
    [['show', '--pool', POOL], 'Name the identity: --identity <id>. --help tells more.'],
    [['erase', '--pool', POOL], 'Name the user: --identity alone, or --provider and --subject. --help tells more.'],
    [
      ['erase', '--pool', POOL, '--identity', ID, '--subject', 's'],
      'Name the user: --identity alone, or --provider and --subject. --help tells more.',
    ],
    [['block', '--pool', POOL], 'Name the identity: --identity <id>. --help tells more.'],
    [
      ['block', '--pool', POOL, '--identity', ID, '--until', 'tomorrow'],
      '--until tomorrow is no time such as 2030-01-31T12:00:00Z, and no day. --help tells more.',
    ],
    [
      ['revoke', '--pool', POOL, '--identity', ID, '--reason', 'r'],
      '--reason is no option of revoke. --help tells more.',
    ],
    [['show', '--pool', POOL, '--subject', 's'], '--subject is no option of show. --help tells more.'],
    [['list', '--pool', POOL, '--state', 'User'], '--state User is none of guest, user, disabled. --help tells more.'],
  ])('says in one line what is wrong with %o', async (args, sentence) => {
    const { code, stderr, stdout } = await outcomeHere('identity', args)
    expect({ code, stderr: stderr.trimEnd(), stdout }).toEqual({ code: 2, stderr: sentence, stdout: '' })
  })

  it.each([
    [[USER], 0, expect.stringContaining(`Identity        ${ID}`), ''],
    [
      [{ __type: 'ResourceNotFoundException', message: 'No.' }],
      3,
      '',
      'FindIdentity: ResourceNotFoundException: No.\n',
    ],
  ])('ends as a process does: with %o', async (answers, code, stdout, stderr) => {
    const { asked, lines, ...ended } = await identity(['find', '--token', '-'], answers, 'a.b.c')
    expect(asked).toEqual([{ target: 'FindIdentity', input: { IdentityPoolId: POOL, Token: 'a.b.c' } }])
    expect({ ...ended, stdout: lines.join('\n') }).toEqual({ code, stderr, stdout })
  })

  it('ends with 2 as a process, too, for a wrong option', async () => {
    const { code, stderr } = await outcome('identity', ['archive', '--pool', POOL])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^archive is none of find, /) })
  })
})
