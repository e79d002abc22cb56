import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseRole, type LoginClaims, type RoleSettings } from '../../src/roles/index.ts'

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
const USER = role('user')
const GUEST = role('guest')
const DEFAULTS = new Map([
  ['authenticated', USER],
  ['unauthenticated', GUEST],
])

type Mapping = RoleSettings['roleMappings'] extends ReadonlyMap<string, infer M> ? M : never
type Rule = NonNullable<Mapping['rules']>[number]

const rule = (claim: string, match: Rule['match'], value: string, name: string): Rule => ({
  claim,
  match,
  value,
  roleArn: role(name),
})
const settings = (mappings: Record<string, Mapping> = {}, roles: ReadonlyMap<string, string> = DEFAULTS) => ({
  roles,
  roleMappings: new Map(Object.entries(mappings)),
})
const login = (claims: Record<string, unknown>, mappingKey = 'idp'): LoginClaims => ({ mappingKey, claims })
const choose = (given: RoleSettings, logins: readonly LoginClaims[], customRole?: string) =>
  chooseRole(given, { guest: false, logins }, customRole)

/** What decided is for the last tests here to say. */
const chosen = (name: string) => ({ kind: 'role', arn: role(name), chosen: expect.anything() })
const NO_ROLE = { kind: 'denied', why: 'no_role' }
const CUSTOM_ROLE = { kind: 'denied', why: 'custom_role' }
const AMBIGUOUS = { kind: 'denied', why: 'ambiguous', mappingKey: 'idp' }

describe('Without a mapping for any of its logins, an identity', () => {
  const guest = (given: RoleSettings, customRole?: string) => chooseRole(given, { guest: true, logins: [] }, customRole)
  const none = settings({}, new Map())
  const users = settings({ other: { type: 'Token', ambiguous: 'Deny' } })

  it.each([
    ['as a guest gets the default role of guests', guest(settings()), chosen('guest')],
    ['as a user gets the default role of users', choose(users, [login({})]), chosen('user')],
    ['with a developer login alone gets the default role of users', choose(users, []), chosen('user')],
    ['as a guest gets none where the pool has none for guests', guest(none), NO_ROLE],
    ['as a user gets none where the pool has none for users', choose(none, [login({})]), NO_ROLE],
    ['gets none even if it asks for one where the pool has none', choose(none, [login({})], USER), NO_ROLE],
    ['may ask for the role it would get anyway', choose(users, [login({})], USER), chosen('user')],
    ['may not ask for another role', choose(users, [login({})], role('admin')), CUSTOM_ROLE],
    ['may not ask for the role of guests', choose(users, [login({})], GUEST), CUSTOM_ROLE],
    ['may as a guest not ask for the role of users', guest(settings(), USER), CUSTOM_ROLE],
  ])('%s', (_what, choice, expected) => {
    expect(choice).toEqual(expected)
  })

  it('gives no role that its own claims name', () => {
    const claims = { 'cognito:preferred_role': role('admin'), 'cognito:roles': [role('admin')] }
    expect(choose(settings(), [login(claims)])).toEqual(chosen('user'))
    expect(choose(settings(), [login(claims)], role('admin'))).toEqual(CUSTOM_ROLE)
  })
})

describe('A mapping of type Token', () => {
  const token = (ambiguous: Mapping['ambiguous'], roles = DEFAULTS) =>
    settings({ idp: { type: 'Token', ambiguous } }, roles)
  const both = [role('a'), role('b')]
  const claims = (roles?: unknown, preferred?: unknown) => ({
    ...(roles !== undefined && { 'cognito:roles': roles }),
    ...(preferred !== undefined && { 'cognito:preferred_role': preferred }),
  })

  it.each([
    ['the preferred role', claims(both, role('a')), undefined, chosen('a')],
    ['a preferred role that the list does not have', claims(both, role('c')), undefined, chosen('c')],
    ['the preferred role without a list', claims(undefined, role('a')), undefined, chosen('a')],
    ['the role that is asked for', claims(both, role('a')), role('b'), chosen('b')],
    ['the role that is asked for, without a preferred one', claims(both), role('b'), chosen('b')],
    ['the role that is asked for out of a text', claims(both.join(',')), role('b'), chosen('b')],
    ['the role that is asked for out of a text with blanks', claims(` ${both.join(' , ')} `), role('b'), chosen('b')],
    ['the role that is asked for out of a single text', claims(role('a')), role('a'), chosen('a')],
    ['no role that the list does not have', claims(both), role('c'), CUSTOM_ROLE],
    ['no preferred role that is asked for and not in the list', claims(both, role('c')), role('c'), CUSTOM_ROLE],
    ['no default role that the list does not have', claims(both), USER, CUSTOM_ROLE],
    ['no role whose name only begins as one of the list', claims([role('admin-x')]), role('admin'), CUSTOM_ROLE],
    ['no part of a text', claims(`${role('a')}x`), role('a'), CUSTOM_ROLE],
    ['no role in another case', claims([role('A')]), role('a'), CUSTOM_ROLE],
    ['no role out of an empty list', claims([]), role('a'), CUSTOM_ROLE],
    ['no role out of an object', claims({ 0: role('a') }), role('a'), CUSTOM_ROLE],
    ['no role out of no list', {}, role('a'), CUSTOM_ROLE],
  ])('gives %s', (_what, given, customRole, expected) => {
    expect(choose(token('Deny'), [login(given)], customRole)).toEqual(expected)
    expect(choose(token('AuthenticatedRole'), [login(given)], customRole)).toEqual(expected)
  })

  it.each([
    ['no claim about roles', {}],
    ['several roles and no preferred one', claims(both)],
    ['one role and no preferred one', claims([role('a')])],
    ['an empty list', claims([])],
    ['an empty preferred role', claims(both, '')],
    ['a list of preferred roles', claims(both, both)],
    ['an object for a preferred role', claims(both, { arn: role('a') })],
    ['null for both', claims(null, null)],
  ])('is ambiguous for a token with %s, which the pool resolves as it says', (_what, given) => {
    expect(choose(token('Deny'), [login(given)])).toEqual(AMBIGUOUS)
    expect(choose(token(undefined), [login(given)])).toEqual(AMBIGUOUS)
    expect(choose(token('AuthenticatedRole'), [login(given)])).toEqual(chosen('user'))
    expect(choose(token('AuthenticatedRole', new Map()), [login(given)])).toEqual(NO_ROLE)
  })
})

describe('A SAML assertion that offers roles itself', () => {
  const saml = (...assertedRoles: string[]) => [{ mappingKey: 'idp', claims: { group: 'staff' }, assertedRoles }]
  const none = settings({}, new Map())
  const mappedTo = (mapping: Mapping) => settings({ idp: mapping })
  const two = saml(role('a'), role('b'))

  it.each([
    ['gives the one role that it offers, and the pool needs none', choose(none, saml(role('a'))), chosen('a')],
    ['gives no default role', choose(settings(), saml(role('a'))), chosen('a')],
    ['is ambiguous where it offers several', choose(settings(), two), AMBIGUOUS],
    ['lets the caller choose among them', choose(settings(), two, role('b')), chosen('b')],
    ['lets the caller choose no other', choose(settings(), two, role('c')), CUSTOM_ROLE],
    ['lets the caller not choose the default role', choose(settings(), two, USER), CUSTOM_ROLE],
    ['leaves it to the default role where it offers none', choose(settings(), saml()), chosen('user')],
    [
      'is the token of a mapping of type Token',
      choose(mappedTo({ type: 'Token', ambiguous: 'AuthenticatedRole' }), saml(role('a'))),
      chosen('a'),
    ],
    [
      'is ambiguous under such a mapping as the pool says',
      choose(mappedTo({ type: 'Token', ambiguous: 'AuthenticatedRole' }), two),
      chosen('user'),
    ],
    [
      'has no say where the pool maps it by rules',
      choose(mappedTo({ type: 'Rules', ambiguous: 'Deny', rules: [rule('group', 'Equals', 'staff', 'ruled')] }), two),
      chosen('ruled'),
    ],
    [
      'has no say where the rules deny it',
      choose(mappedTo({ type: 'Rules', ambiguous: 'Deny', rules: [] }), saml(role('a')), role('a')),
      CUSTOM_ROLE,
    ],
  ])('%s', (_what, choice, expected) => {
    expect(choice).toEqual(expected)
  })

  it('does not take roles out of attributes that are named as a user pool names its claims', () => {
    const claims = { 'cognito:roles': [role('admin')], 'cognito:preferred_role': role('admin') }
    const login = [{ mappingKey: 'idp', claims, assertedRoles: [role('a'), role('b')] }]
    expect(choose(mappedTo({ type: 'Token', ambiguous: 'Deny' }), login)).toEqual(AMBIGUOUS)
    expect(choose(mappedTo({ type: 'Token', ambiguous: 'Deny' }), login, role('admin'))).toEqual(CUSTOM_ROLE)
  })
})

describe('A rule', () => {
  const match = (claim: unknown, how: Rule['match'], value: string) => {
    const mapping: Mapping = { type: 'Rules', ambiguous: 'Deny', rules: [rule('claim', how, value, 'ruled')] }
    const choice = choose(settings({ idp: mapping }), [login(claim === undefined ? {} : { claim })])
    expect([chosen('ruled'), AMBIGUOUS]).toContainEqual(choice)
    return choice.kind === 'role'
  }

  // Columns: what each match says of the claim's value and the rule's value `staff`.
  it.each([
    ['staff', { Equals: true, NotEqual: false, StartsWith: true, Contains: true }],
    ['Staff', { Equals: false, NotEqual: true, StartsWith: false, Contains: false }],
    ['staff2', { Equals: false, NotEqual: true, StartsWith: true, Contains: true }],
    ['a staff', { Equals: false, NotEqual: true, StartsWith: false, Contains: true }],
    [' staff', { Equals: false, NotEqual: true, StartsWith: false, Contains: true }],
    ['staf', { Equals: false, NotEqual: true, StartsWith: false, Contains: false }],
    ['', { Equals: false, NotEqual: true, StartsWith: false, Contains: false }],
    [['staff'], { Equals: true, NotEqual: false, StartsWith: true, Contains: true }],
    [['a', 'staff'], { Equals: true, NotEqual: false, StartsWith: true, Contains: true }],
    [['a', 'staff2'], { Equals: false, NotEqual: true, StartsWith: true, Contains: true }],
    [['sta', 'ff'], { Equals: false, NotEqual: true, StartsWith: false, Contains: false }],
    [[['staff']], { Equals: true, NotEqual: false, StartsWith: true, Contains: true }],
    [undefined, { Equals: false, NotEqual: false, StartsWith: false, Contains: false }],
    [null, { Equals: false, NotEqual: false, StartsWith: false, Contains: false }],
    [[], { Equals: false, NotEqual: false, StartsWith: false, Contains: false }],
    [{ staff: 'staff' }, { Equals: false, NotEqual: false, StartsWith: false, Contains: false }],
    [7, { Equals: false, NotEqual: true, StartsWith: false, Contains: false }],
  ])('sees the claim %j as it is', (claim, expected) => {
    const seen = Object.keys(expected).map((how) => [how, match(claim, how as Rule['match'], 'staff')])
    expect(Object.fromEntries(seen)).toEqual(expected)
  })

  it.each([
    [true, 'true'],
    [false, 'false'],
    [7, '7'],
    [0, '0'],
    [1.5, '1.5'],
  ])('takes the claim %j for the text %s', (claim, text) => {
    expect(match(claim, 'Equals', text)).toBe(true)
    expect(match(claim, 'NotEqual', text)).toBe(false)
  })

  it('has no wildcards and no patterns', () => {
    expect(match('staff', 'Equals', '*')).toBe(false)
    expect(match('staff', 'Contains', '.')).toBe(false)
    expect(match('staff', 'StartsWith', '^s')).toBe(false)
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'on the claim %s sees nothing of what every object has',
    (claim) => {
      const rules = (['NotEqual', 'Contains', 'StartsWith'] as const).map((how) => rule(claim, how, 'x', 'ruled'))
      const mapped = settings({ idp: { type: 'Rules', ambiguous: 'Deny', rules } })
      expect(choose(mapped, [login({ sub: 'ann' })])).toEqual(AMBIGUOUS)
      expect(choose(mapped, [login(JSON.parse(`{"${claim}":"y"}`))])).toEqual(chosen('ruled'))
    },
  )
})

describe('A mapping of type Rules', () => {
  const RULES = [
    rule('group', 'Equals', 'nobody', 'first'),
    rule('group', 'Equals', 'staff', 'second'),
    rule('group', 'StartsWith', 's', 'third'),
  ]
  const rules = (ambiguous: Mapping['ambiguous'], roles = DEFAULTS, list: Mapping['rules'] = RULES) =>
    settings({ idp: { type: 'Rules', ambiguous, rules: list } }, roles)
  const staff = login({ group: 'staff' })

  it('takes the first rule that matches', () => {
    expect(choose(rules('Deny'), [staff])).toEqual(chosen('second'))
    expect(choose(rules('Deny', DEFAULTS, [...RULES].reverse()), [staff])).toEqual(chosen('third'))
  })

  it('lets the caller choose among the rules that match, and no others', () => {
    expect(choose(rules('Deny'), [staff], role('third'))).toEqual(chosen('third'))
    expect(choose(rules('Deny'), [staff], role('second'))).toEqual(chosen('second'))
    for (const other of [role('first'), role('admin'), USER])
      expect(choose(rules('AuthenticatedRole'), [staff], other)).toEqual(CUSTOM_ROLE)
  })

  it.each([
    ['none matches', RULES],
    ['there are none', []],
    ['they were never given', undefined],
  ])('is ambiguous where %s, which the pool resolves as it says', (_what, list) => {
    const other = [login({ group: 'other' })]
    expect(choose(rules('Deny', DEFAULTS, list), other)).toEqual(AMBIGUOUS)
    expect(choose(rules(undefined, DEFAULTS, list), other)).toEqual(AMBIGUOUS)
    expect(choose(rules('AuthenticatedRole', DEFAULTS, list), other)).toEqual(chosen('user'))
    expect(choose(rules('AuthenticatedRole', new Map(), list), other)).toEqual(NO_ROLE)
    expect(choose(rules('AuthenticatedRole', DEFAULTS, list), other, USER)).toEqual(CUSTOM_ROLE)
  })

  it('gives no role that the token names', () => {
    const claims = { group: 'other', 'cognito:preferred_role': role('admin'), 'cognito:roles': [role('admin')] }
    expect(choose(rules('Deny'), [login(claims)])).toEqual(AMBIGUOUS)
    expect(choose(rules('Deny'), [login(claims)], role('admin'))).toEqual(CUSTOM_ROLE)
  })
})

describe('Of several logins', () => {
  const mapped = settings({
    one: { type: 'Rules', ambiguous: 'Deny', rules: [rule('group', 'Equals', 'staff', 'one')] },
    two: { type: 'Token', ambiguous: 'Deny' },
  })
  const unmapped = login({ group: 'staff', 'cognito:preferred_role': role('x') }, 'three')
  const one = login({ group: 'staff' }, 'one')
  const two = login({ 'cognito:preferred_role': role('two') }, 'two')

  it.each([
    ['the first decides', [one, two], chosen('one')],
    ['the first decides, whichever it is', [two, one], chosen('two')],
    ['the first with a mapping decides', [unmapped, two], chosen('two')],
    [
      'the first with a mapping decides, be it to deny',
      [unmapped, login({}, 'one'), two],
      { kind: 'denied', why: 'ambiguous', mappingKey: 'one' },
    ],
    ['none decides if none has a mapping', [unmapped], chosen('user')],
  ])('%s', (_what, logins, expected) => {
    expect(choose(mapped, logins)).toEqual(expected)
  })

  it('no claim of one helps the mapping of another', () => {
    const both = [login({ group: 'other' }, 'one'), login({ group: 'staff' }, 'three')]
    expect(choose(mapped, both)).toEqual({ kind: 'denied', why: 'ambiguous', mappingKey: 'one' })
  })

  it('finds mappings by the very key', () => {
    for (const key of ['One', 'one:client', 'constructor', '__proto__'])
      expect(choose(mapped, [login({ group: 'staff' }, key)])).toEqual(chosen('user'))
  })
})

describe('Whatever the settings, the claims and the wish', () => {
  const arn = fc.constantFrom(...['a', 'b', 'c', 'd', 'e'].map(role))
  const text = fc.constantFrom('x', 'xy', 'y', '')
  const claims = fc.record(
    {
      group: fc.oneof(text, fc.array(text), fc.boolean(), fc.constant(null)),
      'cognito:roles': fc.oneof(fc.array(arn), arn, fc.constant(7)),
      'cognito:preferred_role': fc.oneof(arn, fc.constant('')),
    },
    { requiredKeys: [] },
  )
  const aRule = fc.record({
    claim: fc.constantFrom('group', 'absent'),
    match: fc.constantFrom('Equals', 'Contains', 'StartsWith', 'NotEqual'),
    value: text,
    roleArn: arn,
  })
  const mapping = fc.record({
    type: fc.constantFrom('Token', 'Rules'),
    ambiguous: fc.constantFrom('AuthenticatedRole', 'Deny', undefined),
    rules: fc.option(fc.array(aRule), { nil: undefined }),
  })
  const roles = fc
    .record({ authenticated: arn, unauthenticated: arn }, { requiredKeys: [] })
    .map((given) => new Map(Object.entries(given)))
  const logins = fc.array(fc.record({ mappingKey: fc.constantFrom('one', 'two', 'three'), claims }), { maxLength: 3 })

  it('the role is one that the pool or the token offers, and the one that is asked for', () => {
    const settingsOf = fc.record({ roles, roleMappings: fc.dictionary(fc.constantFrom('one', 'two'), mapping) })
    fc.assert(
      fc.property(
        settingsOf,
        logins,
        fc.boolean(),
        fc.option(arn, { nil: undefined }),
        (given, proven, guest, wish) => {
          const pool = { roles: given.roles, roleMappings: new Map(Object.entries(given.roleMappings)) }
          const choice = chooseRole(pool, { guest, logins: guest ? [] : proven }, wish)
          if (choice.kind === 'denied') return
          const offered = [
            ...pool.roles.values(),
            ...[...pool.roleMappings.values()].flatMap(({ rules = [] }) => rules.map(({ roleArn }) => roleArn)),
            ...proven.flatMap(({ claims }) => [claims['cognito:roles'], claims['cognito:preferred_role']].flat()),
          ]
          expect(offered).toContain(choice.arn)
          if (wish !== undefined) expect(choice.arn).toBe(wish)
          if (guest) expect(choice.arn).toBe(pool.roles.get('unauthenticated'))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('The choice says what decided:', () => {
  const rules: Mapping = {
    type: 'Rules',
    ambiguous: 'AuthenticatedRole',
    rules: [
      rule('team', 'Equals', 'red', 'red'),
      rule('team', 'Equals', 'blue', 'blue'),
      rule('age', 'Equals', '7', 'seven'),
    ],
  }
  const token: Mapping = { type: 'Token', ambiguous: 'AuthenticatedRole' }
  const blue = login({ team: 'blue', age: 7 })
  const preferring = login({ 'cognito:preferred_role': role('a'), 'cognito:roles': [role('a'), role('b')] })

  it.each<[string, ReturnType<typeof chooseRole>, object]>([
    [
      'the default role of guests',
      chooseRole(settings(), { guest: true, logins: [] }, undefined),
      { by: 'default', role: 'unauthenticated', custom: false },
    ],
    [
      'the default role of users',
      choose(settings(), [login({})]),
      { by: 'default', role: 'authenticated', custom: false },
    ],
    [
      'the default role, asked for',
      choose(settings(), [login({})], USER),
      { by: 'default', role: 'authenticated', custom: true },
    ],
    [
      'the first rule that matched',
      choose(settings({ idp: rules }), [blue]),
      { by: 'rule', mappingKey: 'idp', rule: 2, custom: false },
    ],
    [
      'another rule that matched, asked for',
      choose(settings({ idp: rules }), [blue], role('seven')),
      { by: 'rule', mappingKey: 'idp', rule: 3, custom: true },
    ],
    [
      'the default role, as no rule matched',
      choose(settings({ idp: rules }), [login({})]),
      { by: 'default', role: 'authenticated', custom: false },
    ],
    [
      'the role that the token prefers',
      choose(settings({ idp: token }), [preferring]),
      { by: 'token', mappingKey: 'idp', custom: false },
    ],
    [
      'a role that the token lists, asked for',
      choose(settings({ idp: token }), [preferring], role('b')),
      { by: 'token', mappingKey: 'idp', custom: true },
    ],
    [
      'the one role of a SAML assertion',
      choose(settings(), [{ ...login({}), assertedRoles: [role('c')] }]),
      { by: 'token', mappingKey: 'idp', custom: false },
    ],
  ])('%s', (_what, choice, expected) => {
    expect(choice).toMatchObject({ kind: 'role', chosen: expected })
  })
})
