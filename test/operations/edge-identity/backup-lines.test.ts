import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, type SigningKey } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createDeveloperPool, DEVELOPER, signIn } from '../support/developers.ts'
import { getId, succeeded } from '../support/pools.ts'
import { ALL_PROVIDERS, OIDC, type Providers, startProviders } from '../support/providers.ts'

interface Exported {
  SettingsVersion?: number
  Time: number
  Lines: string
  Next?: string
}

interface Imported {
  State: string
  Import?: string
  Line?: number
  NextToken?: string
}

const own =
  <T>(name: string) =>
  (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
    call<T>(name, { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })
const exporting = own<Exported>('ExportIdentities')
const importing = own<Imported>('ImportIdentities')

const arnOf = (pool: string) => `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`
const headerOf = (pool: string) => JSON.stringify({ format: 'edge-identity-backup', version: 1, pool })
const trailerOf = (identities: number, logins: number) => JSON.stringify({ identities, logins })

let idp: Providers
let log: CapturedLog
beforeAll(async () => {
  idp = await startProviders()
})
beforeEach(() => {
  log = captureLog()
})
afterEach(() => {
  vi.useRealTimers()
  log.restore()
})

/** A pool with a guest, a user of a provider and one of a backend. */
async function poolOfThree() {
  const pool = await createDeveloperPool(ALL_PROVIDERS)
  const guest = await getId(pool)
  const user = await getId(pool, { [OIDC]: await idp.token(OIDC, 'ann-pr1vate') })
  const { IdentityId: shopper } = await signIn(pool, 'shopper')
  return { pool, guest, user, shopper }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const IS_TIME = expect.stringMatching(TIME)

describe('a backup of a pool', () => {
  it('is a line for each identity, by id, in pages that go on after an id', async () => {
    const { guest, pool, shopper, user } = await poolOfThree()
    vi.useFakeTimers({ toFake: ['Date'] })
    const answer = succeeded(await exporting(pool))
    expect(answer).toMatchObject({ IdentityPoolId: pool, SettingsVersion: 1, Time: Date.now() })
    const lines = answer.Lines.split('\n').map((line) => JSON.parse(line))
    const times = { created: IS_TIME, changed: IS_TIME }
    const known = [
      { id: guest, state: 'guest', ...times, logins: [] },
      { id: user, state: 'user', ...times, logins: [{ provider: OIDC, subject: 'ann-pr1vate' }] },
      { id: shopper, state: 'user', ...times, logins: [{ provider: DEVELOPER, subject: 'shopper', developer: true }] },
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1))
    expect(
      lines.map(({ logins, ...line }) => ({ ...line, logins: logins.map(({ linked, ...login }: Linked) => login) })),
    ).toEqual(known)
    const pages: string[] = []
    for (let After: string | undefined, more = true; more; ) {
      const page: Exported = succeeded(await exporting(pool, { MaxResults: 1, After }))
      if (page.Lines !== '') pages.push(page.Lines)
      After = page.Next
      more = After !== undefined
    }
    expect(pages).toEqual(answer.Lines.split('\n'))
    expect(succeeded(await exporting(pool, { ChangedSince: Date.now() + 60_000 }))).toMatchObject({ Lines: '' })
  })

  it('comes into another pool with ids of that, and users find themselves', async () => {
    const { pool, user } = await poolOfThree()
    const { Lines } = succeeded(await exporting(pool))
    const into = await createDeveloperPool(ALL_PROVIDERS)
    const file = { Header: headerOf(pool), NewIds: true }
    expectFault(
      await importing(into, { Header: headerOf(pool) }),
      'InvalidParameterException',
      `The file is of the pool ${pool}, and not of ${into}. With NewIds its identities get ids of that pool.`,
    )
    expect(succeeded(await importing(into))).toEqual({ IdentityPoolId: into, State: 'None' })
    const { Import, ...begun } = succeeded(await importing(into, file))
    expect(begun).toEqual({ IdentityPoolId: into, State: 'Importing', Line: 1 })
    expect(succeeded(await importing(into, { ...file, Import, FirstLine: 2, Lines }))).toMatchObject({ Line: 4 })
    expectFault(
      await call('GetId', { IdentityPoolId: into }),
      'TooManyRequestsException',
      'Try again later: identities are being imported into this pool.',
    )
    expect(succeeded(await importing(into))).toMatchObject({ State: 'Importing', Line: 4, Source: pool })
    expectFault(
      await importing(into, { ...file, Import, Trailer: trailerOf(4, 2) }),
      'InvalidParameterException',
      'The last line tells of 4 identities and 2 logins, and 3 and 2 were imported.',
    )
    expect(succeeded(await importing(into, { ...file, Import, Trailer: trailerOf(3, 2) }))).toMatchObject({
      State: 'Done',
    })
    const moved = into.slice(0, into.indexOf(':') + 9) + user.slice(user.indexOf(':') + 9)
    expect(await getId(into, { [OIDC]: await idp.token(OIDC, 'ann-pr1vate') })).toBe(moved)
    const replaced = Lines.replaceAll(`"${pool.slice(0, 18)}`, `"${into.slice(0, 18)}`)
    expect(succeeded(await exporting(into)).Lines).toBe(replaced)
    expectFault(
      await importing(into, file),
      'ResourceConflictException',
      'The pool has identities. Identities are imported into an empty pool alone.',
    )
  })

  it('blocks for as long as in the pool of the file', async () => {
    const { guest, pool, shopper } = await poolOfThree()
    const input = { IdentityPoolId: pool, Reason: 'abuse' }
    const service = { service: 'edge-identity' } as const
    succeeded(await call('BlockIdentity', { ...input, IdentityId: shopper }, service))
    succeeded(await call('BlockIdentity', { ...input, IdentityId: guest, Until: '2100-01-01T00:00:00Z' }, service))
    const { Lines } = succeeded(await exporting(pool))
    const blocks = Lines.split('\n').flatMap((text) => JSON.parse(text).blocked ?? [])
    const ends = { until: '2100-01-01T00:00:00.000Z', reason: 'abuse' }
    expect(blocks).toEqual(expect.arrayContaining([ends, { reason: 'abuse' }]))
    const into = await createDeveloperPool(ALL_PROVIDERS)
    const file = { Header: headerOf(pool), NewIds: true }
    const { Import } = succeeded(await importing(into, file))
    succeeded(await importing(into, { ...file, Import, FirstLine: 2, Lines }))
    succeeded(await importing(into, { ...file, Import, Trailer: trailerOf(3, 2) }))
    const detail = async (id: string) => {
      const IdentityId = into.slice(0, into.indexOf(':') + 9) + id.slice(id.indexOf(':') + 9)
      return succeeded(await call<object>('GetIdentityDetail', { IdentityPoolId: into, IdentityId }, service))
    }
    const forEver = await detail(shopper ?? '')
    expect(forEver).toMatchObject({ Blocked: true, BlockReason: 'abuse' })
    expect(forEver).not.toHaveProperty('BlockedUntil')
    expect(await detail(guest)).toMatchObject({ Blocked: true, BlockedUntil: Date.UTC(2100, 0, 1) / 1_000 })
  })

  it('can be given up while it comes in', async () => {
    const pool = await createDeveloperPool()
    const Header = headerOf(pool)
    succeeded(await importing(pool, { Header }))
    expectFault(
      await exporting(pool),
      'ResourceConflictException',
      'A file is being imported into the pool. Export it when that is over: until then it has a part of that file.',
    )
    expect(succeeded(await importing(pool, { Cancel: true }))).toMatchObject({ State: 'Cancelled' })
    succeeded(await exporting(pool))
    succeeded(await call('GetId', { IdentityPoolId: pool }))
  })
})

interface Linked {
  linked?: string
}

describe('the first line that cannot be', () => {
  let pool: string
  let file: { Header: string; Import?: string | undefined }
  beforeEach(async () => {
    pool = await createDeveloperPool()
    const Header = headerOf(pool)
    file = { Header, Import: succeeded(await importing(pool, { Header })).Import }
  })

  const line = (more: object = {}, n = 1) => ({
    id: `${pool.slice(0, pool.indexOf(':') + 9)}-0000-8000-8000-00000000000${n}`,
    state: 'guest',
    created: '2026-11-27T00:00:00.000Z',
    changed: '2026-11-27T00:00:00.000Z',
    logins: [],
    ...more,
  })
  const login = (provider = OIDC, more: object = {}) => ({ provider, subject: 'ann-pr1vate', ...more })
  const user = (...logins: unknown[]) => ({ state: 'user', logins })
  const many = Array.from({ length: 21 }, (_, n) => login(`idp-${n}`))

  it.each([
    ['it is not JSON', '{'],
    ['the line is not an object', []],
    [
      'the line has a member that is none of id, state, created, changed, logins, forward, used, blocked, notBefore, source',
      { name: 'Ann' },
    ],
    [
      'id is not the id of an identity of the pool that the first line names',
      { id: 'us-east-1:0f1e2d3c-0000-8d1e-b2c4-6a0f5e7d9c10' },
    ],
    ['id is not the id of an identity of the pool that the first line names', { id: 7 }],
    ['state is none of guest, user and disabled', { state: 'toString' }],
    ['a user has no login', { state: 'user' }],
    ['an identity that is guest has logins', { logins: [login()] }],
    ['an identity that is disabled has logins', { state: 'disabled', logins: [login()] }],
    ['an identity that is not disabled forwards', { forward: 'self' }],
    ['forward is not the id of an identity of the pool that the first line names', { state: 'disabled', forward: 'x' }],
    ['logins is not a list', { logins: undefined }],
    ['a login is not an object', user('x')],
    ['a login has a member that is none of provider, subject, developer, linked', user(login(OIDC, { x: 1 }))],
    ['provider of a login is not a text of 1 to 128 characters', user(login('x'.repeat(129)))],
    ['subject of a login is not a text of 1 to 1024 characters', user({ provider: OIDC, subject: '' })],
    ['subject of a login is not Unicode: it has half a surrogate pair', user({ provider: OIDC, subject: 'a\ud83d' })],
    ['developer of a login is neither true nor false', user(login(OIDC, { developer: 'yes' }))],
    ['linked of a login is not a day such as 2026-11-27', user(login(OIDC, { linked: '2026-11-31' }))],
    ['an identity has more than 20 logins', user(...many)],
    [
      `an identity has two logins of ${OIDC}`,
      user(login(), { provider: OIDC, subject: 'x' }),
      'two logins of one provider',
    ],
    ['an identity has the same login twice', user(...Array(2).fill(login(DEVELOPER, { developer: true })))],
    ['created is not a time such as 2026-11-27T00:00:00.000Z', { created: '2026-11-27' }],
    ['changed is not a time such as 2026-11-27T00:00:00.000Z', { changed: undefined }],
    ['used is not a day such as 2026-11-27', { used: 20_000 }],
    ['blocked is not an object', { blocked: true }],
    ['blocked is not an object', { blocked: null }],
    ['blocked.until is not a time such as 2026-11-27T00:00:00.000Z', { blocked: { until: 'ever' } }],
    ['notBefore is not a time such as 2026-11-27T00:00:00.000Z', { notBefore: '' }],
    ['source is not a text of 1 to 1024 characters', { source: '' }],
  ] as [string, object | string, string?][])('is told in plain words: %s', async (why, wrong, recorded = why) => {
    const wrongLine =
      typeof wrong === 'string'
        ? wrong
        : JSON.stringify(
            Array.isArray(wrong)
              ? wrong
              : line('forward' in wrong && wrong.forward === 'self' ? { forward: line().id } : wrong, 2),
          )
    const Lines = [JSON.stringify(line()), wrongLine, JSON.stringify(line({}, 3))].join('\n')
    const kept = 'The lines before it are imported. Correct it, and import the file again: it goes on from there.'
    expectFault(
      await importing(pool, { ...file, FirstLine: 2, Lines }),
      'InvalidParameterException',
      `Line 3: ${why}. ${kept}`,
    )
    expect(log.records().at(-1)).toMatchObject({ errorMessage: `Line 3: ${recorded}.` })
    expect(log.lines().join()).not.toContain('pr1vate')
    expect(succeeded(await importing(pool))).toMatchObject({ Line: 2 })
  })

  it.each([
    [{ Lines: '{}' }, 'Give FirstLine with Lines.'],
    [{}, 'Give Lines or Trailer with Import.'],
    [
      { Trailer: '{"identities":-1,"logins":0}' },
      'Trailer is not the last line of a file of identities: it has no counts.',
    ],
    [{ FirstLine: 2, Lines: '{}\n'.repeat(1_000) }, 'Lines has more than 1000 lines.'],
    [{ Header: '{"format":"csv"}' }, 'Header is not the first line of a file of edge-identity-backup.'],
    [
      { Header: '{"format":"edge-identity-backup","version":2}' },
      'The file is of a version of edge-identity-backup that this service does not know.',
    ],
    [{ Header: '{"format":"edge-identity-backup","version":1}' }, 'Header names no pool.'],
    [{ Trailer: '{"identities":0,"logins":0}', NextToken: 'x' }, 'Invalid NextToken'],
  ])('is not looked for in a call that is none: %o', async (input, message) => {
    expectFault(await importing(pool, { ...file, ...input }), 'InvalidParameterException', message)
  })

  it('is of the import that is on, and in order', async () => {
    const Lines = JSON.stringify(line())
    const none =
      'There is no such import, or it was begun again since. The first line of the file begins it, or goes on.'
    expectFault(await importing(pool, { ...file, FirstLine: 3, Lines }), 'ResourceConflictException', none)
    const again = succeeded(await importing(pool, { Header: file.Header })).Import
    expectFault(await importing(pool, { ...file, FirstLine: 2, Lines }), 'ResourceConflictException', none)
    succeeded(await importing(pool, { ...file, Import: again, FirstLine: 2, Lines }))
    const lost = JSON.stringify(line({ state: 'disabled', forward: line().id.replace(/1$/, '9') }, 2))
    succeeded(await importing(pool, { ...file, Import: again, FirstLine: 3, Lines: lost }))
    expectFault(
      await importing(pool, { ...file, Import: again, Trailer: trailerOf(2, 0) }),
      'InvalidParameterException',
      `The identity ${line({}, 2).id} forwards to one that the file does not have, or that forwards itself. Cancel the import, and correct the file.`,
    )
    const other = headerOf(await createDeveloperPool())
    expectFault(
      await importing(pool, { Header: other, NewIds: true }),
      'ResourceConflictException',
      `A file of the pool ${pool} is being imported into this one. Go on with it, or cancel that.`,
    )
  })
})

describe('a check that takes several calls', () => {
  it('goes on after what was checked and counted, and by no token of another kind', async () => {
    const pool = await createDeveloperPool()
    const file = { Header: headerOf(pool) }
    const { Import } = succeeded(await importing(pool, file))
    const tag = pool.slice(pool.indexOf(':') + 1, pool.indexOf(':') + 9)
    const tokenOf = (at: string) => btoa(JSON.stringify(['ImportIdentities', Import, at])).replace(/=+$/, '')
    const check = (at: string, Trailer = trailerOf(7, 5)) =>
      importing(pool, { ...file, Import, Trailer, NextToken: tokenOf(at) })
    for (const at of [`{"after":5}`, `${tag}-0000-9 7 5`, `0f1e2d3c-0000-8800- 7 5`, `${tag}-0000-8800- -1 5`])
      expectFault(await check(at), 'InvalidParameterException', 'Invalid NextToken')
    expectFault(
      await check(`${tag}-0000-8800- 6 5`),
      'InvalidParameterException',
      'The last line tells of 7 identities and 5 logins, and 6 and 5 were imported.',
    )
    expect(succeeded(await check(`${tag}-0000-8800- 7 5`))).toMatchObject({ State: 'Done' })
  })
})

describe('the calls of a backup', () => {
  it('are for whoever may, and of the caller’s own pools', async () => {
    const { pool } = await poolOfThree()
    for (const [name, ask, input] of [
      ['ExportIdentities', exporting, {}],
      ['ImportIdentities', importing, { Header: headerOf(pool) }],
    ] as const) {
      expectFault(
        await ask(pool, input, { signed: LIMITED_KEY }),
        'AccessDeniedException',
        `User: ${LIMITED_USER_ARN} is not authorized to perform: edge-identity:${name} on resource: ${arnOf(pool)} because no identity-based policy allows the edge-identity:${name} action`,
      )
      const message = `IdentityPool '${pool}' not found.`
      expectFault(await ask(pool, input, { signed: OTHER_ACCOUNT_KEY }), 'ResourceNotFoundException', message)
      expectFault(await ask(pool, input, { region: 'eu-west-1' }), 'ResourceNotFoundException', message)
      const answer = await ask(pool, input, { signed: false })
      expectFault(answer, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
    }
  })

  it('need edge-identity:ReadSubjects to export, and not to import', async () => {
    const key: SigningKey = { accessKeyId: 'BACKUP', secretAccessKey: 'secret-of-a-key-that-makes-backups-0001' }
    const Statement = [
      { Effect: 'Allow', Action: ['edge-identity:ExportIdentities', 'edge-identity:ImportIdentities'], Resource: '*' },
    ]
    const policy = { Version: '2012-10-17', Statement }
    const secret = { secret: key.secretAccessKey, account: LOCAL_ACCOUNT, user: 'backup', policy }
    const serve = await deploy({ [`ACCESS_KEY_${key.accessKeyId}`]: JSON.stringify(secret) })
    const pool = await createDeveloperPool()
    const options = { serve, signed: key }
    expectFault(
      await exporting(pool, {}, options),
      'AccessDeniedException',
      `User: arn:aws:iam::${LOCAL_ACCOUNT}:user/backup is not authorized to perform: edge-identity:ReadSubjects on resource: ${arnOf(pool)}, which ExportIdentities needs as well`,
    )
    expect(succeeded(await importing(pool, { Header: headerOf(pool) }, options))).toMatchObject({ State: 'Importing' })
  })

  it('leave a record each, which names identities and nobody', async () => {
    const { guest, pool, shopper, user } = await poolOfThree()
    const [first, , last] = [guest, user, shopper].toSorted()
    const { Lines } = succeeded(await exporting(pool))
    expect(log.records().at(-1)).toMatchObject({
      eventName: 'ExportIdentities',
      readOnly: false,
      additionalEventData: { pool, firstIdentity: first, lastIdentity: last, subjects: 'shown' },
    })
    const into = await createDeveloperPool(ALL_PROVIDERS)
    const file = { Header: headerOf(pool), NewIds: true }
    const { Import } = succeeded(await importing(into, file))
    succeeded(await importing(into, { ...file, Import, FirstLine: 2, Lines }))
    const moved = (id = '') => into.slice(0, into.indexOf(':') + 9) + id.slice(id.indexOf(':') + 9)
    expect(log.records().at(-1)).toMatchObject({
      eventName: 'ImportIdentities',
      readOnly: false,
      requestParameters: { identityPoolId: into, firstLine: 2, lines: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      additionalEventData: { pool: into, firstIdentity: moved(first), lastIdentity: moved(last) },
    })
    expect(log.lines().join()).not.toContain('pr1vate')
  })
})
