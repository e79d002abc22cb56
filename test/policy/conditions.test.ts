// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { operators } from '../../src/policy/operators.ts'
import { context, decide } from './decide.ts'

type Keys = Readonly<Record<string, string | readonly string[]>>

const holds = (Condition: unknown, keys: Keys, Effect = 'Allow') =>
  decide({ Effect, Action: '*', Resource: '*', Condition }, { context: context(keys) }) !== 'implicit_deny'

describe('comparisons of one value', () => {
  it.each([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a*', 'ab', false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringEqualsIgnoreCase', 'aß', 'Aß', true],
    ['StringNotEqualsIgnoreCase', ['x', 'a'], 'A', false],
    ['StringLike', 'a*?', 'ab', true],
    ['StringLike', 'a*?', 'a', false],
    ['StringLike', 'A*', 'ab', false],
    ['StringNotLike', ['a*', 'b*'], 'bc', false],
    ['StringNotLike', ['a*', 'b*'], 'cd', true],
    ['NumericEquals', 10, '1e1', true],
    ['NumericEquals', '10', 'ten', false],
    ['NumericNotEquals', ['10', '11'], '11', false],
    ['NumericNotEquals', '10', '11', true],
    ['NumericLessThan', '10', '9.5', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericGreaterThan', '-1', '0', true],
    ['NumericGreaterThan', '9', '10', true],
    ['NumericGreaterThanEquals', '10', '9', false],
    ['DateEquals', '2026-11-20T10:30:00+01:00', '2026-11-20T09:30:00Z', true],
    ['DateEquals', '1763631000', '2025-11-20T09:30:00Z', true],
    ['DateNotEquals', '2026-11-20T09:30:00Z', '2026-11-20T09:30:01Z', true],
    ['DateLessThan', '2026-11-20T09:30:00Z', '2026-11-20T09:29:59Z', true],
    ['DateLessThan', '2026', '2025-12-31', true],
    ['DateLessThanEquals', '2026-11-20T09:30:00Z', '2026-11-20T09:30:00.001Z', false],
    ['DateGreaterThan', '2026-11-20T09:30:00Z', '2026-11-20T09:30:00Z', false],
    ['DateGreaterThanEquals', '2026-11-20T09:30Z', '2026-11-20T09:30:00Z', true],
    ['DateGreaterThan', '2026-11-20T09:30Z', 'soon', false],
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'True', true],
    ['Bool', 'false', 'true', false],
    ['IpAddress', ['203.0.113.0/24', '2001:db8::/32'], '2001:db8::1', true],
    ['IpAddress', '203.0.113.0/24', '203.0.114.1', false],
    ['NotIpAddress', ['203.0.113.0/24', '10.0.0.0/8'], '10.1.1.1', false],
    ['NotIpAddress', ['203.0.113.0/24', '10.0.0.0/8'], '192.0.2.1', true],
    ['ArnEquals', 'arn:aws:iam::*:role/*', 'arn:aws:iam::1:role/a:b', true],
    ['ArnLike', 'arn:aws:iam::?:role/*', 'arn:aws:iam::12:role/a', false],
    ['ArnLike', 'arn:aws:*:role/x', 'arn:aws:iam::1:role/x', 'malformed'],
    ['ArnLike', 'arn:aws:*::*:role/x', 'arn:aws:iam::1:2:role/x', false],
    ['ArnLike', 'arn:aws:iam::1:*', 'arn:aws:iam::1', false],
    ['ArnNotEquals', 'arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/b', true],
    ['ArnNotLike', ['arn:aws:iam::1:*', 'arn:aws:iam::2:*'], 'arn:aws:iam::2:role/b', false],
  ])('%s %j against %j: %s', (operator, wanted, got, answer) => {
    const asked = () => holds({ [operator]: { 'svc:Key': wanted } }, { 'svc:key': got })
    if (answer === 'malformed') expect(asked).toThrow('is not an ARN')
    else expect(asked()).toBe(answer)
  })
})

describe('keys that are absent', () => {
  it.each([
    ['StringEquals', 'x', false],
    ['StringNotEquals', 'x', true],
    ['StringNotEqualsIgnoreCase', 'x', true],
    ['StringNotLike', 'x', true],
    ['NumericLessThan', 1, false],
    ['NumericNotEquals', 1, true],
    ['DateNotEquals', '2026', true],
    ['Bool', 'false', false],
    ['IpAddress', '10.0.0.0/8', false],
    ['NotIpAddress', '10.0.0.0/8', true],
    ['ArnNotLike', 'arn:aws:iam::1:x', true],
    ['StringEqualsIfExists', 'x', true],
    ['BoolIfExists', 'true', true],
    ['StringNotEqualsIfExists', 'x', true],
    ['ForAnyValue:StringEquals', 'x', false],
    ['ForAnyValue:StringNotEquals', 'x', false],
    ['ForAnyValue:StringEqualsIfExists', 'x', true],
    ['ForAllValues:StringEquals', 'x', true],
    ['ForAllValues:StringNotEquals', 'x', true],
    ['Null', 'true', true],
    ['Null', 'false', false],
    ['Null', ['true', 'false'], true],
  ])('%s %j: %s', (operator, wanted, answer) => {
    expect(holds({ [operator]: { 'svc:key': wanted } }, {})).toBe(answer)
    expect(holds({ [operator]: { 'svc:key': wanted } }, { 'svc:key': [] })).toBe(answer)
  })

  it('are not absent when they are empty text', () => {
    expect(holds({ Null: { 'svc:key': 'false' } }, { 'svc:key': '' })).toBe(true)
    expect(holds({ StringEquals: { 'svc:key': '' } }, { 'svc:key': '' })).toBe(true)
  })
})

describe('the suffix IfExists', () => {
  const wrong: Readonly<Record<string, readonly [string, string]>> = {
    StringEquals: ['a', 'b'],
    StringNotEquals: ['a', 'a'],
    StringEqualsIgnoreCase: ['a', 'b'],
    StringNotEqualsIgnoreCase: ['a', 'A'],
    StringLike: ['a*', 'b'],
    StringNotLike: ['a*', 'ab'],
    NumericEquals: ['1', '2'],
    NumericNotEquals: ['1', '1.0'],
    NumericLessThan: ['1', '1'],
    NumericLessThanEquals: ['1', '2'],
    NumericGreaterThan: ['1', '1'],
    NumericGreaterThanEquals: ['1', '0'],
    DateEquals: ['2026-01-01', '2026-01-02'],
    DateNotEquals: ['2026-01-01', '2026-01-01'],
    DateLessThan: ['2026-01-01', '2026-01-01'],
    DateLessThanEquals: ['2026-01-01', '2026-01-02'],
    DateGreaterThan: ['2026-01-01', '2026-01-01'],
    DateGreaterThanEquals: ['2026-01-01', '2025-12-31'],
    Bool: ['true', 'false'],
    IpAddress: ['10.0.0.0/8', '11.0.0.1'],
    NotIpAddress: ['10.0.0.0/8', '10.0.0.1'],
    ArnEquals: ['arn:aws:iam::1:a', 'arn:aws:iam::1:b'],
    ArnNotEquals: ['arn:aws:iam::1:a', 'arn:aws:iam::1:a'],
    ArnLike: ['arn:aws:iam::1:a*', 'arn:aws:iam::1:b'],
    ArnNotLike: ['arn:aws:iam::1:a*', 'arn:aws:iam::1:ab'],
  }

  it('is tested below for every operator', () => {
    expect(Object.keys(wrong).sort()).toEqual([...operators.keys()].sort())
  })

  const prefixes = ['', 'ForAnyValue:', 'ForAllValues:']
  const cases = Object.entries(wrong).flatMap(([name, pair]) => prefixes.map((prefix) => [prefix + name, ...pair]))
  it.each(cases as [string, string, string][])(
    'of %s lets an absent key pass and no wrong value',
    (name, wanted, got) => {
      const block = { [`${name}IfExists`]: { 'svc:key': wanted } }
      expect(holds(block, {})).toBe(true)
      expect(holds(block, { 'svc:key': got })).toBe(false)
    },
  )
})

describe('keys with several values', () => {
  it.each([
    ['StringEquals', 'b', ['a', 'b'], true],
    ['StringEquals', 'c', ['a', 'b'], false],
    ['StringNotEquals', 'a', ['a', 'b'], true],
    ['StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAnyValue:StringEquals', ['b', 'c'], ['a', 'b'], true],
    ['ForAnyValue:StringEquals', ['c', 'd'], ['a', 'b'], false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAllValues:StringEquals', ['a', 'b', 'c'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'c'], ['a', 'b'], false],
    ['ForAllValues:StringLike', '?', ['a', 'b'], true],
    ['ForAllValues:StringNotEquals', 'c', ['a', 'b'], true],
    ['ForAllValues:StringNotEquals', ['a', 'c'], ['a', 'b'], false],
    ['ForAllValues:StringEqualsIfExists', 'a', ['a', 'b'], false],
    ['Null', 'false', ['a', 'b'], true],
  ])('%s %j against %j: %s', (operator, wanted, got, answer) => {
    expect(holds({ [operator]: { 'svc:key': wanted } }, { 'svc:key': got })).toBe(answer)
  })
})

describe('tags whose keys differ in case alone', () => {
  const tags = { 'aws:requesttag/env': ['prod', 'dev'] }
  it.each([
    ['StringEquals', 'dev', false, true],
    ['StringEquals', ['prod', 'dev'], true, true],
    ['StringNotEquals', 'dev', false, true],
    ['StringNotEquals', 'test', true, true],
    ['StringNotEquals', ['prod', 'dev'], false, false],
    ['StringLikeIfExists', 'd*', false, true],
    ['ForAllValues:StringEquals', 'dev', false, true],
    ['ForAnyValue:StringEquals', 'dev', false, true],
    ['ForAnyValue:StringEquals', 'test', false, false],
  ])('%s %j: Allow %s, Deny %s', (operator, wanted, allows, denies) => {
    const block = { [operator]: { 'aws:RequestTag/Env': wanted } }
    expect(holds(block, tags)).toBe(allows)
    expect(holds(block, tags, 'Deny')).toBe(denies)
  })

  it.each(['StringEquals', 'StringNotEquals', 'ArnLike'])('as a variable of %s let nobody pass a Deny', (operator) => {
    const wanted = 'arn:aws:iam::1:${aws:RequestTag/env}'
    const block = { [operator]: { 'svc:arn': wanted } }
    const keys = { ...tags, 'svc:arn': 'arn:aws:iam::1:dev' }
    expect(holds(block, keys, 'Deny')).toBe(true)
    expect(holds(block, keys)).toBe(false)
  })
})

describe('several conditions', () => {
  it.each([
    ['of one operator', { StringEquals: { 'svc:a': '1', 'svc:b': '2' } }],
    ['of two operators', { StringEquals: { 'svc:a': '1' }, StringLike: { 'svc:b': '2*' } }],
    ['of names that differ in case', { StringLike: { 'svc:a': '1*', 'SVC:A': '*1', 'svc:B': '2' } }],
  ])('%s must all hold', (_, block) => {
    expect(holds(block, { 'svc:a': '1', 'svc:b': '2' })).toBe(true)
    expect(holds(block, { 'svc:a': '1', 'svc:b': '3' })).toBe(false)
    expect(holds(block, { 'svc:a': '0', 'svc:b': '2' })).toBe(false)
  })

  it('none at all hold', () => {
    expect(holds({}, {})).toBe(true)
    expect(holds({ StringEquals: {} }, {})).toBe(true)
  })
})

describe('variables', () => {
  const same = { 'svc:owner': 'ann', 'svc:user': 'ann' }
  const others = { 'svc:owner': 'bob', 'svc:user': 'ann' }
  it.each([
    ['StringEquals', '${svc:User}', true, false],
    ['StringNotEquals', '${svc:user}', false, true],
    ['StringEqualsIgnoreCase', "${svc:none, 'ANN'}", true, false],
    ['StringLike', '${svc:user}*', true, false],
    ['StringLike', '${*}', false, false],
    ['ForAllValues:StringEquals', '${svc:user}', true, false],
  ])('%s %s', (operator, wanted, whenSame, otherwise) => {
    expect(holds({ [operator]: { 'svc:owner': wanted } }, same)).toBe(whenSame)
    expect(holds({ [operator]: { 'svc:owner': wanted } }, others)).toBe(otherwise)
  })

  it('stand within one part of an ARN', () => {
    const block = { ArnLike: { 'svc:arn': 'arn:aws:iam::${svc:account}:role/${svc:user}' } }
    const keys = { 'svc:arn': 'arn:aws:iam::1:role/ann' }
    expect(holds(block, { ...keys, 'svc:account': '1', 'svc:user': 'ann' })).toBe(true)
    expect(holds(block, { ...keys, 'svc:account': '1:role/ann', 'svc:user': '' })).toBe(false)
    expect(holds(block, { ...keys, 'svc:account': '1' })).toBe(false)
  })

  it.each([
    ['StringEquals', ['${svc:none}'], false, false],
    ['StringEquals', ['${svc:none}', 'bob'], true, true],
    ['StringEqualsIfExists', ['${svc:none}'], false, false],
    ['ForAllValues:StringEquals', ['${svc:none}'], false, false],
    ['StringNotEquals', ['${svc:none}'], false, true],
    ['StringNotEquals', ['${svc:none}', 'bob'], false, false],
    ['StringNotLike', ['${svc:none}', 'x'], false, true],
    ['ForAnyValue:StringNotEquals', ['${svc:none}'], false, true],
    ['ArnNotLike', ['arn:aws:iam::1:${svc:none}'], false, true],
  ])('without a value under %s %j: Allow %s, Deny %s', (operator, wanted, allows, denies) => {
    const block = { [operator]: { 'svc:owner': wanted } }
    expect(holds(block, others)).toBe(allows)
    expect(holds(block, others, 'Deny')).toBe(denies)
  })

  it('without a value let no Allow rest on an absent key either', () => {
    const block = (operator: string) => ({ [operator]: { 'svc:gone': '${svc:none}' } })
    expect(holds(block('ForAllValues:StringEquals'), {})).toBe(false)
    expect(holds(block('StringNotEquals'), {})).toBe(false)
    expect(holds(block('ForAllValues:StringEquals'), {}, 'Deny')).toBe(true)
    expect(holds(block('StringNotEquals'), {}, 'Deny')).toBe(true)
  })
})
