import { describe, expect, it } from 'vitest'
import { checkTokenPolicy, type TokenQuestion } from '../../src/credentials/index.ts'

const API = 'https://api.example'
const AUDIENCE = 'sts:IdentityTokenAudience'
const question: TokenQuestion = {
  session: {
    account: '123456789012',
    audience: 'us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a',
    subject: 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10',
    userId: 'AROA:web',
    issuedAt: 4_102_444_800,
    claims: { amr: ['authenticated', 'idp.example'], tags: { team: 'red' } },
  },
  roleArn: 'arn:aws:iam::123456789012:role/app/user',
  audiences: [API],
  durationSeconds: 300,
  algorithm: 'RS256',
  requestTags: [],
  issuer: 'https://id.example',
  clientAddress: '192.0.2.1',
  region: 'eu-west-1',
  now: 4_102_444_900_000,
}

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements.map((one) => ({ Resource: '*', ...one })) })
const allow = (Condition: object, Action: string | string[] = 'sts:GetWebIdentityToken') =>
  policy({ Effect: 'Allow', Action, Condition })
const deny = (Condition: object, Action = 'sts:*') => policy({ Effect: 'Deny', Action, Condition })
const forApi = { StringEquals: { [AUDIENCE]: API } }

function decided(documents: readonly string[], changes: Partial<TokenQuestion> = {}): string {
  const allowed = checkTokenPolicy(documents, { ...question, ...changes })
  if (allowed.ok) return 'allow'
  return allowed.error.reason === 'token_denied' ? allowed.error.decision : allowed.error.reason
}

describe('a role lets its sessions have tokens', () => {
  it.each<[string, object]>([
    ['the audience', { StringEquals: { [AUDIENCE]: [API, 'b'] } }],
    ['the audience in any case', { StringEqualsIgnoreCase: { 'STS:identitytokenaudience': API.toUpperCase() } }],
    [
      'a pattern, as AWS writes it',
      { Null: { [AUDIENCE]: 'false' }, 'ForAllValues:StringLike': { [AUDIENCE]: 'https://*' } },
    ],
    ['the role', { ...forApi, ArnEquals: { 'aws:PrincipalArn': question.roleArn } }],
    ['the claims under the issuer', { StringEquals: { [AUDIENCE]: API, 'id.example:sub': question.session.subject } }],
    [
      "the claims under AWS's name",
      { ...forApi, 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'idp.*' } },
    ],
    ['a tag of the session', { StringEquals: { [AUDIENCE]: API, 'aws:PrincipalTag/Team': 'red' } }],
    [
      'time, address and region',
      {
        ...forApi,
        IpAddress: { 'aws:SourceIp': '192.0.2.0/24' },
        DateGreaterThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z', 'aws:TokenIssueTime': '2099-01-01T00:00:00Z' },
      },
    ],
    [
      'length and algorithm',
      {
        StringEquals: { [AUDIENCE]: API, 'sts:SigningAlgorithm': 'RS256' },
        NumericLessThanEquals: { 'sts:DurationSeconds': 300 },
      },
    ],
  ])('by a condition on %s', (_, condition) => {
    expect(decided([allow(condition)])).toBe('allow')
  })

  it.each<[string, string[]]>([
    ['no policy', []],
    ['no condition', [allow({}), allow({}, '*')]],
    ['a condition on something else', [allow({ StringEquals: { 'aws:PrincipalAccount': '123456789012' } })]],
    ['a condition that excludes others', [allow({ StringNotEquals: { [AUDIENCE]: 'other' } })]],
    ['the presence of an audience', [allow({ Null: { [AUDIENCE]: 'false' } })]],
    ['another audience', [allow({ StringEquals: { [AUDIENCE]: 'https://api.example/' } })]],
    ['another algorithm', [allow({ StringEquals: { [AUDIENCE]: API, 'sts:SigningAlgorithm': 'ES384' } })]],
    ['a shorter time', [allow({ ...forApi, NumericLessThan: { 'sts:DurationSeconds': 300 } })]],
    ['another user', [allow({ StringEquals: { [AUDIENCE]: API, 'id.example:sub': 'x' } })]],
    ['a tag that the session has not', [allow({ StringEquals: { [AUDIENCE]: API, 'aws:PrincipalTag/other': 'red' } })]],
    ['another action', [allow(forApi, ['sts:AssumeRole', 'sts:TagGetWebIdentityToken'])]],
  ])('but not by %s', (_, documents) => {
    expect(decided(documents)).toBe('implicit_deny')
  })

  it.each<[string, object, string?]>([
    ['everything', {}, '*'],
    ['a pattern of audiences', { StringLike: { [AUDIENCE]: 'https://*' } }],
    ['sessions from before a time', { DateLessThan: { 'aws:TokenIssueTime': '2101-01-01T00:00:00Z' } }],
    ['a tag of the session', { StringEquals: { 'aws:PrincipalTag/team': 'red' } }],
  ])('and not where a policy denies %s', (_, condition, action) => {
    expect(decided([allow(forApi), deny(condition, action)])).toBe('explicit_deny')
  })

  it('whatever policies deny for other actions, or for other audiences', () => {
    expect(decided([allow(forApi), deny({}, 's3:*'), deny({ StringEquals: { [AUDIENCE]: 'b' } })])).toBe('allow')
    expect(decided([allow(forApi), deny({ StringEquals: { 's3:prefix': 'x' } }, 's3:*')])).toBe('allow')
  })

  it.each<[string, string]>([
    ['is no JSON', '{'],
    ['has an operator that is not known', allow({ BinaryEquals: { 'a:b': 'YQ==' } })],
    ['denies by a key that is not known', deny({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } })],
    ['is met without a key that is not known', allow({ ...forApi, StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } })],
  ])('and none at all where a policy %s', (_, document) => {
    expect(decided([allow(forApi), document])).toBe('malformed_policy')
  })

  it('for several audiences, if it allows each by itself', () => {
    const both = { audiences: [API, 'b'] }
    expect(decided([allow(forApi), allow({ StringEquals: { [AUDIENCE]: 'b' } })], both)).toBe('allow')
    expect(decided([allow({ 'ForAnyValue:StringEquals': { [AUDIENCE]: API } })], both)).toBe('implicit_deny')
    const anyDenied = [allow({ StringLike: { [AUDIENCE]: '*' } }), deny({ StringEquals: { [AUDIENCE]: 'b' } })]
    expect(decided(anyDenied, both)).toBe('explicit_deny')
  })

  it('for an audience of AWS, if it is written out', () => {
    const aws = { audiences: ['sts.amazonaws.com'] }
    for (const wanted of ['*', 'sts.amazonaws.*', 'STS.amazonaws.com'])
      expect(decided([allow({ StringLike: { [AUDIENCE]: wanted } })], aws)).toBe('implicit_deny')
    const folded = { StringEqualsIgnoreCase: { [AUDIENCE]: 'STS.AMAZONAWS.COM' } }
    expect(decided([allow(folded)], aws)).toBe('implicit_deny')
    expect(decided([allow({ StringEquals: { [AUDIENCE]: 'sts.amazonaws.com' } })], aws)).toBe('allow')
  })

  it('with tags, if they have an action of their own', () => {
    const requestTags = [['job', '7']] as const
    const tagging = allow({ StringEquals: { 'aws:RequestTag/job': '7' } }, 'sts:TagGetWebIdentityToken')
    expect(decided([allow(forApi)], { requestTags })).toBe('implicit_deny')
    expect(decided([allow(forApi), tagging], { requestTags })).toBe('allow')
    expect(decided([allow(forApi), tagging], { requestTags: [['job', '8']] })).toBe('implicit_deny')
    const keys = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['job'] }, StringEquals: { [AUDIENCE]: API } }
    const both = allow(keys, ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'])
    expect(decided([both], { requestTags })).toBe('allow')
    expect(decided([both], { requestTags: [...requestTags, ['other', '1']] })).toBe('implicit_deny')
  })
})
