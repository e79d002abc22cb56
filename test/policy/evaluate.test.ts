// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, type PolicyRequest, parsePolicy } from '../../src/policy/index.ts'
import { context, decide } from './decide.ts'

const allow = { Effect: 'Allow', Action: 'svc:Do', Resource: '*' }
const deny = { ...allow, Effect: 'Deny' }

describe('statements', () => {
  it.each([
    ['nothing that matches', [{ ...allow, Action: 'svc:Other' }], 'implicit_deny'],
    ['an Allow', [allow], 'allow'],
    ['a Deny', [deny], 'explicit_deny'],
    ['an Allow before a Deny', [allow, deny], 'explicit_deny'],
    ['a Deny before an Allow', [deny, allow], 'explicit_deny'],
    ['an Allow and a Deny of something else', [{ ...deny, Action: 'svc:Other' }, allow], 'allow'],
  ])('decide by %s', (_, statements, decision) => {
    expect(decide(statements, {})).toBe(decision)
  })

  it.each([
    [{ Action: 'SVC:do' }, 'allow'],
    [{ Action: 'svc:D?' }, 'allow'],
    [{ Action: ['svc:Other', 'svc:*'] }, 'allow'],
    [{ Action: '*' }, 'allow'],
    [{ Action: 'svc:D' }, 'implicit_deny'],
    [{ NotAction: 'svc:DO' }, 'implicit_deny'],
    [{ NotAction: ['svc:Other', 'iam:*'] }, 'allow'],
    [{ NotAction: ['svc:Other', 'svc:*'] }, 'implicit_deny'],
  ])('cover the action svc:Do by %j: %s', (actions, decision) => {
    expect(decide({ Effect: 'Allow', Resource: '*', ...actions }, {})).toBe(decision)
  })

  const resource = 'arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:9f3c2a71'
  it.each([
    [{ Resource: resource }, 'allow'],
    [{ Resource: resource.toUpperCase().replace('ARN', 'arn') }, 'implicit_deny'],
    [{ Resource: 'arn:aws:cognito-identity:*:*:identitypool/*' }, 'allow'],
    [{ Resource: 'arn:aws:cognito-identity:*' }, 'allow'],
    [{ Resource: 'arn:aws:cognito-identity:us-east-1:123456789012:identitypool/us-east-1:????????' }, 'allow'],
    [{ Resource: ['arn:aws:s3:::*', 'arn:aws:iam::*:role/*'] }, 'implicit_deny'],
    [{ NotResource: 'arn:aws:s3:::*' }, 'allow'],
    [{ NotResource: ['arn:aws:s3:::*', 'arn:aws:cognito-identity:*'] }, 'implicit_deny'],
  ])('cover a pool by %j: %s', (resources, decision) => {
    expect(decide({ Effect: 'Allow', Action: '*', ...resources }, { resource })).toBe(decision)
  })

  it.each([
    [{ Resource: '*' }, 'allow'],
    [{ Resource: 'arn:*' }, 'implicit_deny'],
    [{ NotResource: 'arn:*' }, 'allow'],
  ])('cover an action without resource by %j: %s', (resources, decision) => {
    const policy = parsePolicy({ Statement: { Effect: 'Allow', Action: '*', ...resources } }, 'identity')
    expect(policy.ok && evaluate(policy.value, { action: 'svc:List', context: new Map() })).toBe(decision)
  })
})

describe('trust policies', () => {
  const provider = 'arn:aws:iam::000000000000:oidc-provider/identity.example'
  const principal = { type: 'Federated', anyOf: [provider, 'cognito-identity.amazonaws.com'] } as const
  const action = 'sts:AssumeRoleWithWebIdentity'

  it.each([
    ['*', 'allow'],
    [{ AWS: '*' }, 'allow'],
    [{ Federated: '*' }, 'allow'],
    [{ Federated: provider }, 'allow'],
    [{ Federated: 'cognito-identity.amazonaws.com' }, 'allow'],
    [{ Federated: ['accounts.google.com', provider] }, 'allow'],
    [{ Federated: 'accounts.google.com' }, 'implicit_deny'],
    [{ Federated: provider.toUpperCase() }, 'implicit_deny'],
    [{ AWS: provider }, 'implicit_deny'],
    [{ Service: '*' }, 'implicit_deny'],
  ])('name a federated caller by %j: %s', (Principal, decision) => {
    expect(decide({ Effect: 'Allow', Action: action, Principal }, { action, principal }, { kind: 'trust' })).toBe(
      decision,
    )
  })

  it('name nobody when the request has no caller, except by the star', () => {
    const trust = (Principal: unknown) =>
      decide({ Effect: 'Allow', Action: action, Principal }, { action }, { kind: 'trust' })
    expect([trust({ Federated: '*' }), trust({ AWS: '1' }), trust('*')]).toEqual([
      'implicit_deny',
      'implicit_deny',
      'allow',
    ])
  })

  it('decide an unchanged role of an identity pool', () => {
    const document = {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: [action, 'sts:TagSession'],
      Condition: {
        StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:9f3c2a71-7c55-4e21-9f0c-0a4d0d2b7f11' },
        'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
      },
    }
    const claims = (aud: string, amr: readonly string[]) =>
      context({ 'cognito-identity.amazonaws.com:aud': aud, 'cognito-identity.amazonaws.com:amr': amr })
    const pool = 'us-east-1:9f3c2a71-7c55-4e21-9f0c-0a4d0d2b7f11'
    const by = (keys: PolicyRequest['context']) =>
      decide(document, { action, principal, context: keys }, { kind: 'trust' })
    expect(by(claims(pool, ['authenticated', 'accounts.google.com']))).toBe('allow')
    expect(by(claims(pool, ['unauthenticated']))).toBe('implicit_deny')
    expect(by(claims(`${pool}0`, ['authenticated']))).toBe('implicit_deny')
    expect(by(new Map())).toBe('implicit_deny')
  })
})

describe('variables in resources', () => {
  const home = 'arn:aws:s3:::home/'
  const at = (
    Resource: string,
    keys: Record<string, string | string[]>,
    resource = `${home}ann`,
    version = '2012-10-17',
  ) => decide({ ...allow, Resource }, { resource, context: context(keys) }, { version })

  it.each([
    ['the key’s value', '${aws:UserName}', { 'aws:username': 'ann' }, 'allow'],
    ['another value', '${aws:username}', { 'aws:username': 'bob' }, 'implicit_deny'],
    ['a value with a star, taken as it is', '${aws:username}', { 'aws:username': '*' }, 'implicit_deny'],
    ['no value', '${aws:username}', {}, 'implicit_deny'],
    ['an empty list of values', '${aws:username}', { 'aws:username': [] }, 'implicit_deny'],
    ['two values', '${aws:username}', { 'aws:username': ['ann', 'ann'] }, 'implicit_deny'],
    ['a default for no value', "${ aws:username , 'ann' }", {}, 'allow'],
    ['a default that is not needed', "${aws:username,'ann'}", { 'aws:username': 'bob' }, 'implicit_deny'],
    ['a default, for two values', "${aws:username, 'ann'}", { 'aws:username': ['ann', 'bob'] }, 'implicit_deny'],
    [
      'a tag whose name has a blank',
      '${aws:PrincipalTag/cost center}',
      { 'aws:principaltag/cost center': 'ann' },
      'allow',
    ],
    ['a value beside text and wildcards', '?${aws:username}*', { 'aws:username': 'n' }, 'allow'],
  ])('stand for %s', (_, variable, keys, decision) => {
    expect(at(home + variable, keys)).toBe(decision)
  })

  it.each([
    ['${*}', '*', 'x'],
    ['${?}', '?', 'x'],
    ['${$}', '$', 'x'],
    ["${a:b, 'it''s }'}", "it's }", 'it'],
  ])('write %s for %j alone', (written, meant, other) => {
    expect(at(home + written, {}, home + meant)).toBe('allow')
    expect(at(home + written, {}, home + other)).toBe('implicit_deny')
  })

  it.each([undefined, '2008-10-17'])('are plain text in version %s', (Version) => {
    const statement = { ...allow, Resource: `${home}\${aws:username}` }
    const policy = parsePolicy(Version ? { Version, Statement: statement } : { Statement: statement }, 'identity')
    const by = (resource: string) =>
      policy.ok && evaluate(policy.value, { action: 'svc:Do', resource, context: context({ 'aws:username': 'ann' }) })
    expect([by(`${home}ann`), by(`${home}\${aws:username}`)]).toEqual(['implicit_deny', 'allow'])
  })

  it('without a value let no NotResource allow, and no NotResource escape a Deny', () => {
    const NotResource = `${home}\${aws:username}`
    const by = (Effect: string) =>
      decide(
        [
          { ...allow, Action: '*' },
          { Effect, Action: 'svc:Do', NotResource },
        ],
        {},
      )
    expect(decide({ Effect: 'Allow', Action: '*', NotResource }, {})).toBe('implicit_deny')
    expect(by('Deny')).toBe('explicit_deny')
  })
})

describe('for all policies', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.oneof(
      name.map((n) => `svc:${n}`),
      fc.constant('*'),
      fc.constant('svc:?'),
    ),
    Resource: fc.oneof(
      name.map((n) => `arn:aws:svc:::${n}`),
      fc.constant('*'),
      fc.constant("arn:aws:svc:::${svc:k, 'a'}"),
    ),
    Condition: fc.oneof(
      fc.constant({}),
      fc
        .record({
          operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'ForAllValues:StringLike'),
          value: name,
        })
        .map(({ operator, value }) => ({ [operator]: { 'svc:K': value } })),
    ),
  })
  const request = fc.record({
    action: name.map((n) => `svc:${n}`),
    resource: name.map((n) => `arn:aws:svc:::${n}`),
    context: fc.array(name, { maxLength: 2 }).map((values) => new Map(values.length > 0 ? [['svc:k', values]] : [])),
  })
  const statements = fc.array(statement, { minLength: 1, maxLength: 5 })

  it('one statement that denies alone denies among all others', () => {
    fc.assert(
      fc.property(statements, request, (all, asked) => {
        const denied = all.some((one) => decide(one, asked) === 'explicit_deny')
        const allowed = all.some((one) => decide(one, asked) === 'allow')
        expect(decide(all, asked)).toBe(denied ? 'explicit_deny' : allowed ? 'allow' : 'implicit_deny')
      }),
      { numRuns: 500 },
    )
  })

  it('a statement about something else changes nothing', () => {
    const unrelated = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.constant('other:*'),
      Condition: fc.constant({}),
      Resource: fc.constant('*'),
    })
    fc.assert(
      fc.property(statements, unrelated, request, fc.nat(5), (all, more, asked, at) => {
        expect(decide(all.toSpliced(at, 0, more), asked)).toBe(decide(all, asked))
      }),
      { numRuns: 300 },
    )
  })

  it('one more Deny never allows more', () => {
    fc.assert(
      fc.property(statements, statement, request, (all, more, asked) => {
        const before = decide(all, asked)
        const after = decide([...all, { ...more, Effect: 'Deny' }], asked)
        expect([before, 'explicit_deny']).toContain(after)
      }),
      { numRuns: 300 },
    )
  })
})
