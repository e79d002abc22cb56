// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { parseAccessKeyPolicy, parsePolicy } from '../../src/policy/index.ts'

type Json = Readonly<Record<string, unknown>>

const statement = (more: Json) => ({ Effect: 'Deny', Action: '*', Resource: '*', ...more })
const policy = (...Statement: Json[]) => ({ Version: '2012-10-17', Statement })
const when = (operator: string, key: string, value = 'x') => ({ Condition: { [operator]: { [key]: value } } })
const detailOf = (...statements: Json[]) => {
  const parsed = parseAccessKeyPolicy(policy(...statements))
  return parsed.ok ? undefined : parsed.error.detail
}

describe('The policy of an access key', () => {
  it.each([
    'aws:SourceIp',
    'AWS:currenttime',
    'aws:username',
    'aws:ResourceTag/Team',
    'iam:ResourceTag/team',
    'aws:RequestTag/${*}',
    'aws:TagKeys',
    'iam:PassedToService',
    'iam:PolicyARN',
    'cognito-identity:IdentityPoolArn',
    'aws:MultiFactorAuthPresent',
    'aws:SourceVpce',
  ])('may deny by %s', (key) => {
    expect(detailOf(statement(when('StringLike', key)))).toBeUndefined()
  })

  it.each([
    'aws:PrincipalTag/team',
    'aws:PrincipalOrgID',
    'aws:ResourceTag/',
    'aws:ResourceTags/team',
    'aws:SourceIP2',
    'iam:AssociatedResourceArn',
    'cognito-identity:IdentityPoolName',
    'constructor:name',
  ])('may not deny by %s, which would never be met', (key) => {
    const told = `asks about the condition key '${key.toLowerCase()}', which is not known here, and denies by it.`
    expect(detailOf(statement({ Effect: 'Allow' }), statement(when('StringEquals', key)))).toBe(`Statement 2 ${told}`)
    const named = statement({ Sid: 'Guard', Action: 'iam:Get*', ...when('ForAnyValue:StringNotLike', key) })
    expect(detailOf(named)).toBe(`Statement 1 ('Guard') ${told}`)
  })

  it.each<[string, Json]>([
    ['a resource', { Resource: 'arn:aws:iam::1:role/${aws:PrincipalTag/team}/*' }],
    ['an excepted resource', { Resource: undefined, NotResource: "arn:aws:iam::1:role/${aws:PrincipalTag/team, 'x'}" }],
    ['the value of a condition', when('StringEquals', 'aws:ResourceTag/team', '${aws:PrincipalTag/team}')],
  ])('may not deny by an unknown key that stands as a variable in %s', (_, more) => {
    expect(detailOf(statement(more))).toBe(
      "Statement 1 asks about the condition key 'aws:principaltag/team', which is not known here, and denies by it.",
    )
  })

  it.each([
    ['StringEquals', undefined],
    ['ForAnyValue:StringLike', undefined],
    ['Bool', undefined],
    ['StringNotEquals', 'is met without it'],
    ['StringEqualsIfExists', 'is met without it'],
    ['ForAllValues:StringEquals', 'is met without it'],
    ['Null', 'is met without it'],
  ])('may allow by an unknown key under %s: unless %s', (operator, told) => {
    const found = detailOf(statement({ Effect: 'Allow', ...when(operator, 'aws:PrincipalOrgID', 'true') }))
    expect(found).toBe(
      told &&
        "Statement 1 asks about the condition key 'aws:PrincipalOrgID', which is not known here, and is met without it.",
    )
  })

  it.each<[string | string[], boolean]>([
    ['s3:*', true],
    [['S3:GetObject', 'dynamodb:*'], true],
    [['s3:GetObject', 'IAM:GetRole'], false],
    ['*', false],
    ['*:Get*', false],
    ['ia?:*', false],
  ])('may ask anything of actions of other services alone: %j', (Action, kept) => {
    expect(detailOf(statement({ Action, ...when('StringEquals', 's3:prefix') })) === undefined).toBe(kept)
    const { Action: _, ...excepting } = statement({ NotAction: Action, ...when('StringEquals', 's3:prefix') })
    expect(detailOf(excepting)).toBeDefined()
  })

  it('is read as any other policy besides', () => {
    const malformed = { Version: '2012-10-17', Statement: [{ Effect: 'Deny' }] }
    expect(parseAccessKeyPolicy(malformed)).toEqual(parsePolicy(malformed, 'identity'))
  })
})
