import { describe, expect, it } from 'vitest'
import { checkSessionPolicy } from '../../src/credentials/session-policy.ts'

const POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
const ARN = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

const malformed = (detail: string) => ({ ok: false, error: { reason: 'malformed_policy', detail } })
const tooLarge = (percent: number) => ({ ok: false, error: { reason: 'session_policies_too_large', percent } })

describe('session policies', () => {
  it.each([
    ['none at all', undefined, []],
    ['an inline one', POLICY, []],
    ['managed ones', undefined, [ARN, ARN]],
    ['both kinds', POLICY, [ARN]],
    ['2048 characters', POLICY.padEnd(2048), []],
    ['2048 characters together', POLICY.padEnd(2048 - ARN.length), [ARN]],
  ])('may be %s', (_, policy, arns) => {
    expect(checkSessionPolicy(policy, arns)).toEqual({ ok: true, value: undefined })
  })

  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['empty', '', 'This policy contains invalid Json'],
    ['with a Principal', POLICY.replace('"Resource"', '"Principal":"*","Resource"'), 'Has prohibited field Principal'],
    [
      'without a Resource',
      POLICY.replace('"Resource":"*"', '"Sid":"A"'),
      'A statement must have either Resource or NotResource.',
    ],
    [
      'with an unknown operator',
      POLICY.replace('"Resource"', '"Condition":{"Is":{}},"Resource"'),
      'Invalid Condition type : Is',
    ],
  ])('are refused when the inline one is %s', (_, policy, detail) => {
    expect(checkSessionPolicy(policy)).toEqual(malformed(detail))
  })

  it.each([
    ['one inline policy of 2049 characters', POLICY.padEnd(2049), [], 101],
    ['an inline one that leaves no space for the managed one', POLICY.padEnd(2049 - ARN.length), [ARN], 101],
    ['managed ones alone', undefined, [ARN.padEnd(2048, 'x'), ARN.padEnd(2048, 'x')], 200],
    ['an inline one, malformed or not', '{'.repeat(4096), [], 200],
  ])('are refused when too large: %s', (_, policy, arns, percent) => {
    expect(checkSessionPolicy(policy, arns)).toEqual(tooLarge(percent))
  })
})
