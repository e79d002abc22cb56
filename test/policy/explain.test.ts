// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate, explain, type PolicyKind, type PolicyRequest, parsePolicy } from '../../src/policy/index.ts'
import { context } from './decide.ts'

function documentOf(Statement: unknown, kind: PolicyKind) {
  const policy = parsePolicy({ Version: '2012-10-17', Statement }, kind)
  if (!policy.ok) throw new Error(policy.error.detail)
  return policy.value
}

const ACTION = 'sts:AssumeRoleWithWebIdentity'
const caller = { type: 'Federated', anyOf: ['id.example.com', 'alias.example'] } as const
const trust = { Effect: 'Allow', Action: ACTION, Principal: { Federated: 'id.example.com' } }

function explained(statements: unknown, keys: Parameters<typeof context>[0] = {}) {
  return explain(documentOf(statements, 'trust'), { action: ACTION, principal: caller, context: context(keys) })
}

describe('an explanation', () => {
  it('says of every statement, in order, whether it matched', () => {
    const deny = { ...trust, Effect: 'Deny', Sid: 'Never', Action: 'sts:TagSession' }
    expect(explained([{ ...trust, Sid: 'Users' }, deny, trust])).toEqual({
      decision: 'allow',
      statements: [
        { sid: 'Users', effect: 'allow', unmet: [] },
        {
          sid: 'Never',
          effect: 'deny',
          unmet: [{ element: 'action', negated: false, wanted: ['sts:TagSession'], found: [ACTION] }],
        },
        { sid: '', effect: 'allow', unmet: [] },
      ],
    })
  })

  it('lists everything that was not met, as the policy writes it, beside what the request has', () => {
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: ['accounts.google.com'], AWS: '123456789012' },
      NotAction: 'STS:Assume*',
      Condition: {
        StringEquals: { 'ID.example.com:Aud': ['pool-1', '${aws:none}'], 'id.example.com:sub': 'ann' },
        'ForAnyValue:StringLikeIfExists': { 'id.example.com:amr': 'authenticated' },
        Null: { 'aws:TagKeys': false },
      },
    }
    const keys = { 'id.example.com:aud': 'pool-2', 'id.example.com:sub': 'ann', 'id.example.com:amr': ['a', 'b'] }
    expect(explained(statement, keys)).toEqual({
      decision: 'implicit_deny',
      statements: [
        {
          sid: '',
          effect: 'allow',
          unmet: [
            {
              element: 'principal',
              wanted: ['Federated accounts.google.com', 'AWS 123456789012'],
              found: ['Federated id.example.com', 'Federated alias.example'],
            },
            { element: 'action', negated: true, wanted: ['STS:Assume*'], found: [ACTION] },
            {
              element: 'condition',
              operator: 'StringEquals',
              key: 'ID.example.com:Aud',
              wanted: ['pool-1', '${aws:none}'],
              found: ['pool-2'],
            },
            {
              element: 'condition',
              operator: 'ForAnyValue:StringLikeIfExists',
              key: 'id.example.com:amr',
              wanted: ['authenticated'],
              found: ['a', 'b'],
            },
            { element: 'condition', operator: 'Null', key: 'aws:TagKeys', wanted: ['false'], found: [] },
          ],
        },
      ],
    })
  })

  it('names the resource of an identity policy, and the caller that a request has not', () => {
    const statement = { Effect: 'Allow', Action: '*', NotResource: ['arn:aws:s3:::*', '*'] }
    const unmet = (kind: PolicyKind, document: unknown, request: PolicyRequest) =>
      explain(documentOf(document, kind), request).statements[0]?.unmet
    const empty = new Map()
    expect(unmet('identity', statement, { action: 's3:ListAllMyBuckets', context: empty })).toEqual([
      { element: 'resource', negated: true, wanted: ['arn:aws:s3:::*', '*'], found: ['*'] },
    ])
    expect(unmet('trust', trust, { action: ACTION, context: empty })).toEqual([
      { element: 'principal', wanted: ['Federated id.example.com'], found: [] },
    ])
  })
})

describe('for all policies and requests', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 })
  const condition = fc
    .record({
      prefix: fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'),
      operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'),
      suffix: fc.constantFrom('', 'IfExists'),
      key: fc.constantFrom('svc:K', 'svc:l', 'svc:none'),
      values: some(fc.oneof(name, fc.constantFrom('*', '${svc:l}', "${svc:none, 'a'}"))),
    })
    .map(({ prefix, operator, suffix, key, values }) => [`${prefix}${operator}${suffix}`, { [key]: values }] as const)
  const presence = fc.constantFrom('true', 'false').map((wanted) => ['Null', { 'svc:K': wanted }] as const)
  const conditions = fc.array(fc.oneof(condition, presence), { maxLength: 3 }).map(Object.fromEntries)
  const either = (element: string, values: fc.Arbitrary<string>) =>
    fc.tuple(fc.constantFrom(element, `Not${element}`), some(values)).map((entry) => Object.fromEntries([entry]))
  const actions = either(
    'Action',
    fc.oneof(
      name.map((n) => `SVC:${n}`),
      fc.constantFrom('*', 'svc:?'),
    ),
  )
  const resources = either(
    'Resource',
    fc.oneof(
      name.map((n) => `arn:aws:svc:::${n}`),
      fc.constantFrom('*', 'arn:aws:svc:::${svc:l}'),
    ),
  )
  const principals = fc.oneof(
    fc.constant('*'),
    fc.dictionary(fc.constantFrom('Federated', 'AWS'), some(fc.oneof(name, fc.constant('*'))), {
      minKeys: 1,
      noNullPrototype: true,
    }),
  )
  const effect = fc.constantFrom('Allow', 'Deny')
  const statement = {
    identity: fc
      .tuple(fc.record({ Effect: effect, Condition: conditions }), actions, resources)
      .map((parts) => Object.assign({}, ...parts)),
    trust: fc
      .tuple(fc.record({ Effect: effect, Condition: conditions, Principal: principals }), actions)
      .map((parts) => Object.assign({}, ...parts)),
  }
  const written = fc.oneof(
    ...(['identity', 'trust'] as const).map((kind) =>
      fc.record({ kind: fc.constant(kind), statements: fc.array(statement[kind], { minLength: 1, maxLength: 4 }) }),
    ),
  )
  const values = fc.array(name, { maxLength: 2 })
  const request: fc.Arbitrary<PolicyRequest> = fc.record(
    {
      action: name.map((n) => `svc:${n}`),
      resource: name.map((n) => `arn:aws:svc:::${n}`),
      principal: fc.record({ type: fc.constantFrom('Federated', 'AWS'), anyOf: values }),
      context: fc.record({ 'svc:k': values, 'svc:l': values }).map(context),
    },
    { requiredKeys: ['action', 'context'] },
  )

  it('the explanation decides as the policy does, by the statements that it lists as matched', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(written, request, ({ kind, statements }, asked) => {
        const policy = documentOf(statements, kind)
        const { decision, statements: outcomes } = explain(policy, asked)
        expect(decision).toBe(evaluate(policy, asked))
        expect(outcomes.map((one) => one.effect)).toEqual(statements.map((one) => one.Effect.toLowerCase()))
        const matched = outcomes.filter(({ unmet }) => unmet.length === 0).map((one) => one.effect)
        expect(decision === 'allow').toBe(matched.includes('allow') && !matched.includes('deny'))
        expect(decision === 'explicit_deny').toBe(matched.includes('deny'))
        seen.set(decision, (seen.get(decision) ?? 0) + 1)
      }),
      { numRuns: 1000 },
    )
    expect(Math.min(...['allow', 'explicit_deny', 'implicit_deny'].map((one) => seen.get(one) ?? 0))).toBeGreaterThan(
      50,
    )
  })

  it('a statement without the conditions that it lists as not met has none left that is not met', () => {
    fc.assert(
      fc.property(written, request, ({ kind, statements }, asked) => {
        const before = explain(documentOf(statements, kind), asked).statements
        const relaxed = statements.map((one, n) => {
          const listed = before[n]?.unmet.flatMap((what) => (what.element === 'condition' ? [what.operator] : [])) ?? []
          const left = Object.entries(one.Condition).filter(([operator]) => !listed.includes(operator))
          return { ...one, Condition: Object.fromEntries(left) }
        })
        const after = explain(documentOf(relaxed, kind), asked).statements
        expect(after.map(({ unmet }) => unmet)).toEqual(
          before.map(({ unmet }) => unmet.filter(({ element }) => element !== 'condition')),
        )
      }),
      { numRuns: 300 },
    )
  })
})
