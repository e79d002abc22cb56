// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { type PolicyKind, parsePolicy } from '../../src/policy/index.ts'

const identity = { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' }
const trust = {
  Effect: 'Allow',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Principal: { Federated: 'accounts.google.com' },
}
const malformed = (detail: string) => ({ ok: false, error: { reason: 'malformed_policy', detail } })
const parse = (statement: unknown, kind: PolicyKind = 'identity') =>
  parsePolicy({ Version: '2012-10-17', Statement: statement }, kind)
const condition = (block: unknown) => parse({ ...identity, Condition: block })

describe('well-formed documents', () => {
  it.each<[string, unknown, PolicyKind]>([
    ['text', JSON.stringify({ Statement: identity }), 'identity'],
    ['a value', { Statement: [identity] }, 'identity'],
    ['an Id and the older version', { Version: '2008-10-17', Id: 'x', Statement: identity }, 'identity'],
    ['an empty Condition', { Statement: { ...identity, Condition: { StringEquals: {} } } }, 'identity'],
    [
      'NotAction and NotResource',
      { Statement: { Effect: 'Deny', NotAction: ['a:*'], NotResource: ['arn:aws:s3:::b'] } },
      'identity',
    ],
    [
      'two statements',
      { Statement: [{ ...identity, Sid: 'A' }, { ...identity, Sid: 'B' }, identity, identity] },
      'identity',
    ],
    ['a federated principal', { Statement: trust }, 'trust'],
    ['everyone', { Statement: { ...trust, Principal: '*' } }, 'trust'],
    [
      'several principals',
      { Statement: { ...trust, Principal: { AWS: ['123456789012', '*'], Service: 'ec2.amazonaws.com' } } },
      'trust',
    ],
  ])('accepts %s', (_, document, kind) => {
    expect(parsePolicy(document, kind).ok).toBe(true)
  })

  it.each(['*', '*:*', 'cognito-identity:Get*', 'S3:ListBucket?', 'dynamo*:*'])('accepts the action %s', (Action) => {
    expect(parse({ ...identity, Action }).ok).toBe(true)
  })

  it.each([
    '*',
    'arn:*',
    'arn:aws:s3:::bucket/*',
    'arn:aws:cognito-identity:us-east-1:1:identitypool/us-east-1:9f3c',
    'arn:aws:sqs*',
  ])('accepts the resource %s', (Resource) => {
    expect(parse({ ...identity, Resource }).ok).toBe(true)
  })

  it.each([
    ['StringEqualsIfExists', ['a', 'b']],
    ['ForAllValues:StringNotLikeIfExists', 'a*'],
    ['ForAnyValue:ArnLike', 'arn:aws:iam::*:role/${aws:PrincipalTag/a:b}'],
    ['NumericLessThanEquals', [-1.5, '1e3']],
    ['DateGreaterThan', ['2026-11-20T09:30:00Z', '2026-11-20T09:30+01:00', '2026-11', 2026, 1763631000]],
    ['Bool', [true, 'FALSE']],
    ['NotIpAddress', ['10.0.0.0/8', '2001:db8::/32']],
    ['Null', 'true'],
  ])('accepts %s with %j', (operator, value) => {
    expect(condition({ [operator]: { 'aws:Key': value } }).ok).toBe(true)
  })
})

describe('malformed documents', () => {
  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['an empty text', '', 'This policy contains invalid Json'],
    ['a list', [], 'Syntax errors in policy.'],
    ['null', null, 'Syntax errors in policy.'],
    ['six thousand lists in one another', `${'['.repeat(6000)}${']'.repeat(6000)}`, 'Syntax errors in policy.'],
    ['nothing', undefined, 'This policy contains invalid Json'],
    ['a number', 1n, 'This policy contains invalid Json'],
    ['an unknown element', { Statement: identity, Extra: 1 }, 'Unknown field Extra'],
    ['an inherited name', '{"__proto__": {}, "Statement": []}', 'Unknown field __proto__'],
    ['an unknown version', { Version: '2012-10-18', Statement: identity }, 'Version must be 2012-10-17 or 2008-10-17.'],
    ['a version that is no text', { Version: 2012, Statement: identity }, 'Version must be 2012-10-17 or 2008-10-17.'],
    ['a null version', { Version: null, Statement: identity }, 'Version must be 2012-10-17 or 2008-10-17.'],
    ['a null Id', { Id: null, Statement: identity }, 'Id must be a string.'],
    ['a null statement', { Statement: null }, 'Syntax errors in policy.'],
    ['an Id that is no text', { Id: 1, Statement: identity }, 'Id must be a string.'],
    ['no statement', { Version: '2012-10-17' }, 'Missing required field Statement'],
    ['an empty list of statements', { Statement: [] }, 'Missing required field Statement'],
    ['201 statements', { Statement: Array(201).fill(identity) }, 'The policy has more than 200 statements.'],
    ['a statement that is text', { Statement: 'x' }, 'Syntax errors in policy.'],
    ['a statement twice', '{"Statement":[],"Statement":[]}', 'The policy names a member of an object twice.'],
    [
      'a condition twice',
      `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true"},"\\u0042ool":{}}}}`,
      'The policy names a member of an object twice.',
    ],
    [
      'one Sid twice',
      {
        Statement: [
          { ...identity, Sid: 'A' },
          { ...identity, Sid: 'A' },
        ],
      },
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ])('refuses %s', (_, document, detail) => {
    expect(parsePolicy(document, 'identity')).toEqual(malformed(detail))
  })

  it('does not take equal names of different objects, or values, for a name twice', () => {
    const text =
      '{"Id":"Id\\":","Statement":[{"Effect":"Allow","Action":["a:b","a:b"],"Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}'
    expect(parsePolicy(text, 'identity').ok).toBe(true)
  })

  it.each<[PolicyKind, number]>([
    ['identity', 20_480],
    ['trust', 131_072],
  ])('refuses an %s policy of more than %i characters', (kind, limit) => {
    const text = JSON.stringify({ Statement: kind === 'trust' ? trust : identity })
    expect(parsePolicy(text.padEnd(limit), kind).ok).toBe(true)
    expect(parsePolicy(text.padEnd(limit + 1), kind)).toEqual(
      malformed(`The policy is longer than ${limit} characters.`),
    )
  })

  it.each<[string, PolicyKind, unknown, string]>([
    ['an unknown element', 'identity', { ...identity, NotPrincipal: '*' }, 'Unknown field NotPrincipal'],
    ['an element in lower case', 'identity', { ...identity, condition: {} }, 'Unknown field condition'],
    [
      'a Principal in an identity policy',
      'identity',
      { ...identity, Principal: '*' },
      'Has prohibited field Principal',
    ],
    ['a Resource in a trust policy', 'trust', { ...trust, Resource: '*' }, 'Has prohibited field Resource'],
    ['a NotResource in a trust policy', 'trust', { ...trust, NotResource: '*' }, 'Has prohibited field NotResource'],
    ['no Principal in a trust policy', 'trust', { ...trust, Principal: undefined }, 'Missing required field Principal'],
    ['a Sid with a blank', 'identity', { ...identity, Sid: 'a b' }, 'Statement IDs (SID) must be alpha-numeric.'],
    ['a null Sid', 'identity', { ...identity, Sid: null }, 'Statement IDs (SID) must be alpha-numeric.'],
    ['a Sid that is no text', 'identity', { ...identity, Sid: 1 }, 'Statement IDs (SID) must be alpha-numeric.'],
    ['no Effect', 'identity', { Action: '*', Resource: '*' }, 'Effect must be Allow or Deny.'],
    ['an Effect in lower case', 'identity', { ...identity, Effect: 'allow' }, 'Effect must be Allow or Deny.'],
    ['no Action', 'trust', { ...trust, Action: undefined }, 'A statement must have either Action or NotAction.'],
    [
      'Action and NotAction',
      'trust',
      { ...trust, NotAction: 'a:b' },
      'A statement must have either Action or NotAction.',
    ],
    [
      'no Resource',
      'identity',
      { Effect: 'Allow', Action: '*' },
      'A statement must have either Resource or NotResource.',
    ],
    ['an empty list of actions', 'trust', { ...trust, Action: [] }, 'Action must be a string or a list of strings.'],
    [
      'an action that is no text',
      'trust',
      { ...trust, Action: ['a:b', 1] },
      'Action must be a string or a list of strings.',
    ],
    ['a Condition that is text', 'trust', { ...trust, Condition: 'x' }, 'Condition must be an object.'],
    ['a null Condition', 'trust', { ...trust, Condition: null }, 'Condition must be an object.'],
    ['a principal that is text', 'trust', { ...trust, Principal: 'a' }, 'Principal must be "*" or an object.'],
    ['a principal of no type', 'trust', { ...trust, Principal: {} }, 'Principal must be "*" or an object.'],
    [
      'a CanonicalUser',
      'trust',
      { ...trust, Principal: { CanonicalUser: 'x' } },
      "Unknown principal type 'CanonicalUser'.",
    ],
    [
      'a principal that is no text',
      'trust',
      { ...trust, Principal: { AWS: [] } },
      'The AWS principal must be a string or a list of strings.',
    ],
    [
      'a principal with a wildcard',
      'trust',
      { ...trust, Principal: { AWS: 'arn:aws:iam::1:role/*' } },
      'The principal \'arn:aws:iam::1:role/*\' must be a name or "*".',
    ],
    [
      'an empty principal',
      'trust',
      { ...trust, Principal: { Federated: [''] } },
      'The principal \'\' must be a name or "*".',
    ],
  ])('refuses %s', (_, kind, statement, detail) => {
    expect(parse(statement, kind)).toEqual(malformed(detail))
  })

  it.each(['', 'PassRole', 'iam:', ':PassRole', 'iam:Pass Role', 'ia m:PassRole'])(
    'refuses the action %j',
    (Action) => {
      expect(parse({ ...identity, Action })).toEqual(
        malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'),
      )
    },
  )

  it.each(['a:b:c', 'iam:${aws:username}', ':::'])('refuses the action %j, which has more than one colon', (Action) => {
    expect(parse({ ...identity, Action })).toEqual(malformed('Actions/Condition can contain only one colon.'))
  })

  it.each(['', 'bucket', 'arn:aws:s3', 'arn:aws:sqs:us-east-1:queue', '*:thing', '${aws:username}'])(
    'refuses the resource %j',
    (Resource) => {
      expect(parse({ ...identity, Resource })).toEqual(malformed(`Resource ${Resource} must be in ARN format or "*".`))
    },
  )

  it.each([
    ['${aws:username', "Variable without closing brace in 'arn:aws:s3:::${aws:username'."],
    ["${a:b, 'x}", "Variable without closing brace in 'arn:aws:s3:::${a:b, 'x}'."],
    ['${}', "Invalid variable name in ''."],
    ['${ }', "Invalid variable name in ' '."],
    ['${**}', "Invalid variable name in '**'."],
    ['${a:${b}}', "Invalid variable name in 'a:${b'."],
    ['${a:b, c}', "The default of a variable must be in single quotes in 'a:b, c'."],
    ["${a:b,'c' d}", "The default of a variable must be in single quotes in 'a:b,'c' d'."],
  ])('refuses the variable %s', (variable, detail) => {
    expect(parse({ ...identity, Resource: `arn:aws:s3:::${variable}` })).toEqual(malformed(detail))
  })

  it.each([
    'Equals',
    'stringEquals',
    'BinaryEquals',
    'NullIfExists',
    'ForAnyValue:Null',
    'ForAny:StringEquals',
    'ForAllValues:',
    'IfExists',
    'constructor',
    '',
  ])('refuses the operator %j, with or without keys', (operator) => {
    const answer = malformed(`Invalid Condition type : ${operator}`)
    expect(condition({ [operator]: { 'a:b': 'c' } })).toEqual(answer)
    expect(condition({ [operator]: {} })).toEqual(answer)
  })

  it.each([
    ['a null block', { Bool: null }, "Condition 'Bool' must be an object."],
    ['a block that is no object', { Bool: 'true' }, "Condition 'Bool' must be an object."],
    ['a key without prefix', { Bool: { sub: 'true' } }, "Condition keys must be prefaced by a vendor, not 'sub'."],
    ['no values', { Bool: { 'a:b': [] } }, "The values of 'a:b' must be strings."],
    ['a null value', { Bool: { 'a:b': null } }, "The values of 'a:b' must be strings."],
    ['a nested value', { Bool: { 'a:b': [['true']] } }, "The values of 'a:b' must be strings."],
    ['no boolean', { Bool: { 'a:b': 'yes' } }, "'yes' is not true or false."],
    ['no boolean for Null', { Null: { 'a:b': 'yes' } }, 'Null must be true or false.'],
    ['no number', { NumericEquals: { 'a:b': '0x10' } }, "'0x10' is not a number."],
    ['an empty number', { NumericEquals: { 'a:b': '' } }, "'' is not a number."],
    ['a variable for a number', { NumericEquals: { 'a:b': '${c:d}' } }, "'${c:d}' is not a number."],
    ['no date', { DateEquals: { 'a:b': 'tomorrow' } }, "'tomorrow' is not a date."],
    [
      'a date of no time zone',
      { DateEquals: { 'a:b': '2026-11-20T09:30:00' } },
      "'2026-11-20T09:30:00' is not a date.",
    ],
    ['a month that does not exist', { DateEquals: { 'a:b': '2026-13-01' } }, "'2026-13-01' is not a date."],
    ['no address', { IpAddress: { 'a:b': '10.0.0.0/33' } }, "'10.0.0.0/33' is not an IP address or range."],
    ['no ARN', { ArnLike: { 'a:b': 'arn:aws:iam::1' } }, "'arn:aws:iam::1' is not an ARN."],
    ['an ARN without its first part', { ArnLike: { 'a:b': '*:aws:iam::1:x' } }, "'*:aws:iam::1:x' is not an ARN."],
    ['an open variable', { StringLike: { 'a:b': '${c' } }, "Variable without closing brace in '${c'."],
    ['an open variable in an ARN', { ArnLike: { 'a:b': '${c' } }, "Variable without closing brace in '${c'."],
    ['a long value', { Bool: { 'a:b': 'x'.repeat(65) } }, `'${'x'.repeat(64)}…' is not true or false.`],
  ])('refuses a condition with %s', (_, block, detail) => {
    expect(condition(block)).toEqual(malformed(detail))
  })
})
