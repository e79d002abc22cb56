import { describe, expect, it } from 'vitest'
import { identityYaml } from '../../console/pages/pool/copy/identity-yaml.ts'
import { diffOf, linesOf } from '../../console/pages/pool/lines.ts'
import { masked } from '../../console/pages/pool/masked.ts'
import { fits, statementsIn } from '../../console/pages/roles/policy.ts'
import { trustOf, whyNotFor } from '../../console/pages/roles/trust.ts'

const ISSUER = 'https://id.example.com'
const ALIAS = 'cognito-identity.amazonaws.com'
const POOL = 'us-east-1:11111111-2222-4333-8444-555555555555'
const ASSUME = 'sts:AssumeRoleWithWebIdentity'

const aud = (value: string | string[], operator = 'StringEquals', name = ALIAS) => ({
  [operator]: { [`${name}:aud`]: value },
})
const amr = (value: string) => ({ 'ForAnyValue:StringLike': { [`${ALIAS}:amr`]: value } })

function trusted(statement: object) {
  const [one] = statementsIn(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { Federated: ALIAS }, Action: ASSUME, ...statement },
    }),
  )
  if (!one) throw new Error('no statement')
  return trustOf(one, ISSUER)
}

describe('a trust policy', () => {
  it.each<[string, object, string[]]>([
    ['nothing about one that names pool and kind', { Condition: { ...aud(POOL), ...amr('authenticated') } }, []],
    ['a missing aud', { Condition: amr('authenticated') }, ['It has no condition on aud']],
    ['a missing amr', { Condition: aud(POOL) }, ['It has no condition on amr']],
    ['both missing', {}, ['It has no condition on aud', 'It has no condition on amr']],
    [
      'a pattern of pools',
      { Condition: { ...aud('us-east-1:*', 'StringLike'), ...amr('authenticated') } },
      ['The condition on aud is us-east-1:*'],
    ],
    [
      'an aud that only may be there',
      { Condition: { ...aud(POOL, 'StringEqualsIfExists'), ...amr('authenticated') } },
      ['It has no condition on aud'],
    ],
    [
      'an aud that is excluded',
      { Condition: { ...aud(POOL, 'StringNotEquals'), ...amr('authenticated') } },
      ['It has no condition on aud'],
    ],
    [
      'a name in place of a pool',
      { Condition: { ...aud('my-pool'), ...amr('authenticated') } },
      ['my-pool is no id of a pool'],
    ],
    [
      'everybody',
      { Principal: '*', Condition: { ...aud(POOL), ...amr('authenticated') } },
      ['Its principal is everybody'],
    ],
    [
      'tags alone',
      { Action: 'sts:TagSession', Condition: { ...aud(POOL), ...amr('authenticated') } },
      ['It allows sts:TagSession'],
    ],
    [
      'an issuer with its scheme',
      { Condition: { ...aud(POOL), ...amr('authenticated'), StringLike: { [`${ISSUER}:sub`]: '*' } } },
      ['https://id.example.com:sub: policies name an issuer without its scheme'],
    ],
    [
      'a negated element',
      { Action: undefined, NotAction: 'sts:AssumeRole', Condition: { ...aud(POOL), ...amr('authenticated') } },
      ['It says whom or what it is not about'],
    ],
    ['nothing about other issuers', { Principal: { Federated: 'accounts.google.com' } }, []],
    ['nothing about what is denied', { Effect: 'Deny', Condition: aud('us-east-1:*', 'StringLike') }, []],
  ])('shows %s', (_, statement, beginnings) => {
    const { warnings } = trusted(statement)
    expect(warnings.map((text) => beginnings.find((one) => text.startsWith(one)))).toEqual(beginnings)
  })

  it.each<[string, object, { to?: string; pool?: string; isTagged?: boolean }, string | undefined]>([
    ['fits', { Condition: { ...aud(POOL), ...amr('authenticated') } }, {}, undefined],
    [
      'fits by the name of the issuer',
      {
        Principal: { Federated: 'arn:aws:iam::1:oidc-provider/id.example.com' },
        Condition: aud([POOL], 'StringEquals', 'id.example.com'),
      },
      {},
      undefined,
    ],
    [
      'is for guests',
      { Condition: { ...aud(POOL), ...amr('unauthenticated') } },
      {},
      'no statement has amr authenticated',
    ],
    [
      'is for another pool',
      { Condition: { ...aud(POOL.replace('1111', '9999')), ...amr('authenticated') } },
      {},
      `no statement for users has aud ${POOL}`,
    ],
    ['is of another issuer', { Principal: { Federated: 'accounts.google.com' } }, {}, `no statement allows ${ASSUME}`],
    [
      'allows no tags',
      { Condition: { ...aud(POOL), ...amr('authenticated') } },
      { isTagged: true },
      'their sessions have tags',
    ],
    ['denies', { Effect: 'Deny', Condition: aud(POOL) }, {}, `no statement allows ${ASSUME}`],
  ])('that %s', (_, statement, use, whyNot) => {
    const found = whyNotFor([trusted(statement)], { pool: POOL, to: 'authenticated', isTagged: false, ...use })
    if (whyNot === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(whyNot)
  })

  it.each([
    ['sts:*', 'sts:tagsession', true],
    ['*', '', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['a*a', 'a', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*:*', 'sts:x', true],
    ['abc', 'abcd', false],
  ])('reads %s as IAM does for %s: %s', (pattern, text, does) => {
    expect(fits(pattern, text)).toBe(does)
  })
})

describe('the difference of two pools', () => {
  const before = { a: 1, rules: [{ x: 1 }, { x: 2 }, { x: 3 }], gone: { y: { z: [] } } }
  const after = { a: 2, rules: [{ x: 0 }, { x: 1 }, { x: 3 }, { x: 4 }], more: 'new' }

  it('has each line of both, in order', () => {
    const [old, now] = [linesOf(before), linesOf(after)]
    const bare = (lines: readonly string[]) => lines.map((line) => line.replace(/,$/, ''))
    const lines = diffOf(old, now)
    const kept = (without: string) => lines.filter(({ kind }) => kind !== without).map(({ text }) => text)
    expect(bare(kept('new'))).toEqual(bare(old))
    expect(bare(kept('gone'))).toEqual(bare(now))
    expect(JSON.parse(now.join('\n'))).toEqual(after)
  })

  it('shows a rule that is put first as one line that is new', () => {
    const rules = [{ claim: 'a' }, { claim: 'b' }]
    const lines = diffOf(linesOf({ rules }), linesOf({ rules: [{ claim: 'c' }, ...rules] }))
    expect(lines.filter(({ kind }) => kind !== 'same')).toEqual([{ kind: 'new', text: '    { "claim": "c" },' }])
  })

  it('tells that a secret is another one, and neither', () => {
    const pool = (secret: string) => ({
      IdentityPoolName: 'p',
      AllowUnauthenticatedIdentities: false,
      SupportedLoginProviders: { 'api.twitter.com': `key;${secret}` },
    })
    const text = JSON.stringify(masked(pool('second-secret'), pool('first-secret')))
    expect(text).toContain('key;••• (another secret)')
    expect(text).not.toMatch(/first-secret|second-secret/)
  })
})

describe('identity.yaml of a pool', () => {
  it('has tags that are called like what every object has', () => {
    const IdentityPoolTags = JSON.parse('{"__proto__": "a", "constructor": "b"}')
    const text = identityYaml({
      ...{ IdentityPoolId: POOL, IdentityPoolName: 'app', Version: 1 },
      ...{ AllowUnauthenticatedIdentities: false, IdentityPoolTags },
    })
    expect(text).toContain('tags:\n      __proto__: a\n      constructor: b\n')
  })
})
