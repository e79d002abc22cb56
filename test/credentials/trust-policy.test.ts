// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import { checkTrust } from '../../src/credentials/trust.ts'
import { parseTrustPolicy, trustsEveryPool } from '../../src/credentials/trust-policy.ts'
import { ALIAS, guest, ISSUER, member, NOW, POOL_ID, statement, trustPolicy } from './support.ts'

const OURS = 'id.example.com/edge'
const ROLE = { partition: 'aws', account: '123456789012', tags: [['Level', 'admin']] as const }

type Change = Parameters<typeof statement>[0]

const when = (operator: string, key: string, value: string | string[] = 'x') => ({
  Condition: { [operator]: { [key]: value } },
})
const parse = (change: Change) => parseTrustPolicy(trustPolicy(statement(change)), ISSUER)
const detailOf = (change: Change) => {
  const parsed = parse(change)
  return parsed.ok ? undefined : parsed.error.detail
}
function policyOf(...statements: Parameters<typeof trustPolicy>) {
  const parsed = parseTrustPolicy(trustPolicy(...statements), ISSUER)
  if (!parsed.ok) throw new Error(parsed.error.detail)
  return parsed.value
}
const isLetIn = (identity: typeof member, ...statements: Parameters<typeof trustPolicy>) =>
  checkTrust(policyOf(...statements), { identity, role: ROLE, sessionName: 's', issuer: ISSUER, now: NOW }).ok

const NAMES = [
  'cognito-identity.amazonaws.com',
  'cognito-identity-us-gov.amazonaws.com',
  'cognito-identity.us-gov-east-1.amazonaws.com',
  'cognito-identity.cn-north-1.amazonaws.com.cn',
  'cognito-identity.me-south-1.amazonaws.com',
  'cognito-identity.eusc-de-east-1.amazonaws.eu',
]

const OTHERS = [
  'cognito-identity.cn-north-1.amazonaws.com',
  'cognito-identity.me-south-1.amazonaws.com.cn',
  'cognito-identity.mars-north-1.amazonaws.com',
  'cognito-identity.us-east-1.amazonaws.com.evil.example',
  'cognito-identity-cn.amazonaws.com',
  'cognito-identity..amazonaws.com',
  'cognito-idp.us-east-1.amazonaws.com',
  'evil.cognito-identity.amazonaws.com',
]

describe("AWS's names for identity pools", () => {
  it.each(NAMES)('%s is our issuer, as principal and before condition keys', (name) => {
    const rule = {
      Principal: { Federated: name },
      Condition: {
        StringEquals: { [`${name}:aud`]: POOL_ID, [`${name.toUpperCase()}:SUB`]: `\${${name}:sub}` },
        'ForAnyValue:StringLike': { [`${name}:amr`]: 'authenticated' },
      },
    }
    expect(isLetIn(member, statement(rule))).toBe(true)
    expect(isLetIn(guest, statement(rule))).toBe(false)
    expect(isLetIn(member, statement(), statement({ ...rule, Effect: 'Deny' }))).toBe(false)
  })

  it.each(OTHERS)('%s is not', (name) => {
    expect(isLetIn(member, statement({ Principal: { Federated: name } }))).toBe(false)
    expect(isLetIn(member, statement(when('StringEquals', `${name}:aud`, POOL_ID)))).toBe(false)
  })
})

describe('The provider with the name of our issuer', () => {
  const federated = (Federated: string) => isLetIn(member, statement({ Principal: { Federated } }))

  it.each(['aws', 'aws-cn', 'aws-us-gov'])('may be of the partition %s', (partition) => {
    expect(federated(`arn:${partition}:iam::${ROLE.account}:oidc-provider/${OURS}`)).toBe(true)
    expect(federated(`arn:${partition}:iam::999999999999:oidc-provider/${OURS}`)).toBe(false)
    expect(federated(`arn:${partition}:iam::${ROLE.account}:oidc-provider/x/${OURS}`)).toBe(false)
    expect(federated(`arn:${partition}:iam::${ROLE.account}:saml-provider/${OURS}`)).toBe(false)
  })
})

describe('A trust policy is refused', () => {
  const told = (key: string, why: string) =>
    `Statement 1 asks about the condition key '${key}', which is not known here, and ${why}.`

  it.each([
    'aws:UserAgent',
    'aws:ResourceOrgID',
    'aws:ResourceTag/',
    'iam:PassedToService',
    'sts:Duration',
    `${ALIAS}:email`,
    `${OURS}:azp`,
    'cognito-identity.cn-north-1.amazonaws.com.cn:aud2',
  ])('when it denies by %s', (key) => {
    const deny = { Effect: 'Deny', ...when('StringEquals', key) } as const
    expect(detailOf(deny)).toBe(told(key.toLowerCase(), 'denies by it'))
    expect(detailOf({ ...deny, Principal: '*', Action: '*' })).toBe(told(key.toLowerCase(), 'denies by it'))
    expect(detailOf({ ...deny, Action: 'sts:TagSession' })).toBe(told(key.toLowerCase(), 'denies by it'))
    expect(detailOf(when('StringNotEquals', key))).toBe(told(key, 'is met without it'))
    expect(detailOf(when('StringEquals', key))).toBeUndefined()
  })

  it('when it denies by a value that is not known', () => {
    const deny = { Effect: 'Deny', ...when('StringLike', `${ALIAS}:sub`, '${aws:UserAgent}') } as const
    expect(detailOf(deny)).toBe(told('aws:useragent', 'denies by it'))
  })

  it.each<[string, Change]>([
    ['is about other principals', { Principal: { Federated: 'accounts.google.com' } }],
    ['is about AWS principals', { Principal: { AWS: '123456789012' } }],
    ['is about another action', { Principal: '*', Action: 'sts:AssumeRole' }],
  ])('but not where the statement %s', (_, change) => {
    expect(detailOf({ Effect: 'Deny', ...when('StringEquals', 'aws:UserAgent'), ...change })).toBeUndefined()
  })

  it.each([
    `${OURS}:sub`,
    `${ALIAS}:oaud`,
    'aws:SourceIp',
    'aws:ViaAWSService',
    'aws:RequestTag/team',
    'aws:ResourceTag/team',
    'iam:ResourceTag/team',
    'sts:RoleSessionName',
    'sts:SourceIdentity',
    'aws:PrincipalOrgID',
    'aws:PrincipalTag/team',
    'aws:MultiFactorAuthPresent',
    'accounts.google.com:aud',
    'saml:aud',
  ])('nor for %s, which is there or never is', (key) => {
    expect(detailOf({ Effect: 'Deny', ...when('StringLike', key) })).toBeUndefined()
  })
})

describe('A trust policy sees', () => {
  const deny = (operator: string, key: string, value: string) =>
    statement({
      Effect: 'Deny',
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      ...when(operator, key, value),
    })

  it.each(['aws:ResourceTag/level', 'iam:ResourceTag/LEVEL'])('the tags of the role as %s', (key) => {
    expect(isLetIn(member, statement(), deny('StringEquals', key, 'admin'))).toBe(false)
    expect(isLetIn(member, statement(), deny('StringEquals', key, 'user'))).toBe(true)
  })

  it('that no service of AWS calls', () => {
    expect(isLetIn(member, statement(), deny('Bool', 'aws:ViaAWSService', 'false'))).toBe(false)
  })

  it('session tags whose keys differ in case alone as one key', () => {
    const tagged = { ...member, principalTags: { Env: 'prod', env: 'dev' } }
    const allow = statement({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })
    for (const value of ['prod', 'dev']) {
      expect(isLetIn(tagged, allow, deny('StringEquals', 'aws:RequestTag/env', value))).toBe(false)
      const only = statement({ Action: 'sts:TagSession', ...when('StringEquals', 'aws:RequestTag/ENV', value) })
      expect(isLetIn(tagged, statement(), only)).toBe(false)
    }
    expect(isLetIn(tagged, allow, deny('StringEquals', 'aws:RequestTag/env', 'test'))).toBe(true)
  })
})

describe('A trust policy trusts every pool', () => {
  const ofEvery = (change: Change) => trustsEveryPool(policyOf(statement(change)), ISSUER)

  it.each<[string, Change]>([
    ['without a condition', { Condition: {} }],
    ['by a wildcard', when('StringLike', `${ALIAS}:aud`, '*')],
    ['by wildcards of a region', when('StringLike', `${ALIAS}:aud`, 'us-east-1:????????-*')],
    ['by one wildcard among ids', when('StringLike', `${ALIAS}:aud`, [POOL_ID, '*'])],
    ['by comparing the key with itself', when('StringEquals', `${ALIAS}:aud`, `\${${ALIAS}:aud}`)],
    ['by a variable with a default', when('StringEquals', `${ALIAS}:aud`, "${aws:RequestTag/x, 'y'}")],
    ['by a key that only ends like it', when('StringEquals', 'aws:RequestTag/x:aud', POOL_ID)],
    ["by another issuer's key", when('StringEquals', 'accounts.google.com:aud', POOL_ID)],
    ['by what it is not', when('StringNotEquals', `${ALIAS}:aud`, POOL_ID)],
    ['by an optional key', when('StringEqualsIfExists', `${ALIAS}:aud`, POOL_ID)],
    ['by all values of none', when('ForAllValues:StringEquals', `${ALIAS}:aud`, POOL_ID)],
    ['by presence', when('Null', `${ALIAS}:aud`, 'false')],
    [
      'by an exception of actions',
      { Action: undefined, NotAction: 'sts:TagSession', Condition: {} } as unknown as Change,
    ],
    ['by a pattern of actions', { Action: 'sts:AssumeRole*', Condition: {} }],
    ['for every OIDC provider', { Principal: { Federated: '*' }, Condition: {} }],
    ['for everyone', { Principal: '*', Condition: {} }],
    ['for everyone by another name', { Principal: { AWS: '*' }, Condition: {} }],
    ["for our issuer's own name", { Principal: { Federated: `arn:aws:iam::1:oidc-provider/${OURS}` }, Condition: {} }],
    ...NAMES.map((name): [string, Change] => [`for ${name}`, { Principal: { Federated: name }, Condition: {} }]),
  ])('%s', (_, change) => {
    expect(ofEvery(change)).toBe(true)
  })

  it.each<[string, Change]>([
    ['names its pool', {}],
    ['names two', when('ForAnyValue:StringEquals', `${ALIAS}:aud`, [POOL_ID, 'us-east-1:other'])],
    ['names it as a pattern without wildcards', when('StringLike', `${OURS.toUpperCase()}:AUD`, POOL_ID)],
    ['ignores case', when('StringEqualsIgnoreCase', `${ALIAS}:aud`, POOL_ID)],
    ['names it by the key of a region', when('StringEquals', 'cognito-identity.me-south-1.amazonaws.com:aud', POOL_ID)],
    ['is about another action', { Principal: '*', Action: 'sts:AssumeRole', Condition: {} }],
    [
      'is about AWS principals of an organisation',
      {
        Principal: { AWS: '*' },
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        ...when('StringEquals', 'aws:PrincipalOrgID', 'o-1'),
      },
    ],
    ['is about another issuer', { Principal: { Federated: 'accounts.google.com' }, Condition: {} }],
    ['denies', { Effect: 'Deny', Condition: {} }],
  ])('but not if it %s', (_, change) => {
    expect(ofEvery(change)).toBe(false)
  })
})
