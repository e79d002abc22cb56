import { describe, expect, it } from 'vitest'
import { expectXmlFault, LOCAL_ACCOUNT, query } from '../../support/client.ts'
import { iam, trustPolicy } from '../support/callers.ts'

const POOL = 'us-east-1:11111111-2222-4333-8444-555555555555'
const POLICY = trustPolicy(POOL)
const AUD = 'cognito-identity.amazonaws.com:aud'

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)
const create = (RoleName: string, AssumeRolePolicyDocument: string, options = {}) =>
  call('CreateRole', { RoleName, AssumeRolePolicyDocument }, options)
const withStatement = (statement: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...JSON.parse(POLICY).Statement[0], ...statement }] })
const aud = (operator: string, value: string, key = AUD) => ({ Condition: { [operator]: { [key]: value } } })

const NO_POOL =
  'A trust policy for identity pools must have a condition on the pool: the key :aud with the id of each pool, without wildcards.'
const NO_STS = 'AssumeRole policy may only specify STS AssumeRole actions.'
const NO_VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
const FEDERATED = 'Federated principals must be valid domain names or SAML metadata ARNs'

describe('A trust policy', () => {
  it.each<[string, string, string]>([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['a trailing comma', POLICY.replace('}]}', '}],}'), 'This policy contains invalid Json'],
    ['an unknown element', withStatement({ invalid: 1 }), 'Unknown field invalid'],
    ['an unknown element of the document', '{"invalid":1}', 'Unknown field invalid'],
    ['a resource', withStatement({ Resource: '*' }), 'Has prohibited field Resource'],
    ['no statement', '{"Version":"2012-10-17"}', 'Missing required field Statement'],
    ['no principal', withStatement({ Principal: undefined }), 'Missing required field Principal'],
    ['an effect that there is not', withStatement({ Effect: 'Maybe' }), 'Effect must be Allow or Deny.'],
    ['an operator in lower case', withStatement(aud('stringEquals', POOL)), 'Invalid Condition type : stringEquals'],
    ['an operator that there is not', withStatement(aud('StringIsh', POOL)), 'Invalid Condition type : StringIsh'],
    ['an action without service', withStatement({ Action: 'AssumeRoleWithWebIdentity' }), NO_VENDOR],
    ['an action of another service', withStatement({ Action: ['sts:AssumeRole', 's3:GetObject'] }), NO_STS],
    ['every action', withStatement({ Action: '*' }), NO_STS],
    ['an action of STS that assumes no role', withStatement({ Action: 'sts:GetCallerIdentity' }), NO_STS],
    ['a pattern of actions of which none assumes a role', withStatement({ Action: 'sts:Get*' }), NO_STS],
    ['a pattern of services', withStatement({ Action: '*:AssumeRole' }), NO_STS],
    ['another service among exceptions', withStatement({ Action: undefined, NotAction: 's3:*' }), NO_STS],
    [
      'a word for a principal',
      withStatement({ Principal: { AWS: 'abc' } }),
      'Invalid principal in policy: "AWS":"abc"',
    ],
    [
      'a word among principals',
      withStatement({ Principal: { AWS: ['123456789012', 'arn:aws:iam::1:root'] } }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::1:root"',
    ],
    [
      'a bucket for a principal',
      withStatement({ Principal: { AWS: 'arn:aws:s3:::bucket' } }),
      'Invalid principal in policy: "AWS":"arn:aws:s3:::bucket"',
    ],
    [
      'a word for a service',
      withStatement({ Principal: { Service: 'ec2' } }),
      'Invalid principal in policy: "SERVICE":"ec2"',
    ],
    ['a word for a provider', withStatement({ Principal: { Federated: 'abc' } }), FEDERATED],
    [
      'an ARN that lacks a colon',
      withStatement({ Principal: { Federated: 'arn:aws:iam:1:saml-provider/x' } }),
      FEDERATED,
    ],
    [
      'a role for a provider',
      withStatement({ Principal: { Federated: 'arn:aws:iam::123456789012:role/x' } }),
      FEDERATED,
    ],
    [
      'a Deny by a key that is not known',
      withStatement({ Effect: 'Deny', ...aud('StringEquals', 'x', 'aws:UserAgent') }),
      "Statement 1 asks about the condition key 'aws:useragent', which is not known here, and denies by it.",
    ],
    ['no condition on the pool', withStatement({ Condition: {} }), NO_POOL],
    ['a condition that an absent key satisfies', withStatement(aud('StringEqualsIfExists', POOL)), NO_POOL],
    ['a condition on what the pool is not', withStatement(aud('StringNotEquals', POOL)), NO_POOL],
    ['a wildcard for the pool', withStatement(aud('StringLike', '*')), NO_POOL],
    ['the key itself for the pool', withStatement(aud('StringEquals', `\${${AUD}}`)), NO_POOL],
    [
      'a key that ends like that of the pool',
      withStatement(aud('StringEquals', POOL, 'aws:RequestTag/x:aud')),
      NO_POOL,
    ],
    ['everyone for a principal, and no condition', withStatement({ Principal: '*', Condition: {} }), NO_POOL],
    ['every AWS principal, which is everyone', withStatement({ Principal: { AWS: '*' }, Condition: {} }), NO_POOL],
  ])('is refused with %s, also as a change', async (_what, document, message) => {
    expectXmlFault(await create('malformed', document), 400, 'MalformedPolicyDocument', message)
    const absent = await call('GetRole', { RoleName: 'malformed' })
    expectXmlFault(absent, 404, 'NoSuchEntity', 'The role with name malformed cannot be found.')
    await create('to-be-malformed', POLICY)
    const change = { RoleName: 'to-be-malformed', PolicyDocument: document }
    expectXmlFault(await call('UpdateAssumeRolePolicy', change), 400, 'MalformedPolicyDocument', message)
    expect((await iam('GetRole', { RoleName: 'to-be-malformed' })).Role.AssumeRolePolicyDocument).toBe(
      encodeURIComponent(POLICY),
    )
  })

  const ORGANISATION = { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }
  it.each<[string, object]>([
    ['an organisation', { Principal: { AWS: '*' }, Action: 'sts:AssumeRole', Condition: ORGANISATION }],
    ['an organisation, by another name', { Principal: '*', Action: 'sts:AssumeRole', Condition: ORGANISATION }],
    [
      'accounts, users, roles and sessions',
      {
        Principal: {
          AWS: [
            '123456789012',
            'arn:aws:iam::123456789012:root',
            'arn:aws-cn:iam::123456789012:user/a/b',
            'arn:aws:iam::123456789012:role/app',
            'arn:aws:sts::123456789012:assumed-role/app/session',
          ],
        },
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'STS:tagsession'],
        Condition: {},
      },
    ],
    ['services', { Principal: { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }, Action: 'sts:AssumeRole' }],
    [
      'a SAML provider',
      {
        Principal: { Federated: 'arn:aws:iam::123456789012:saml-provider/idp' },
        Action: 'sts:AssumeRoleWithSAML',
        Condition: {},
      },
    ],
    [
      'another issuer',
      {
        Principal: { Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' },
        ...aud('StringLike', 'repo:octo-org/*', 'token.actions.githubusercontent.com:sub'),
      },
    ],
    ['patterns of actions that assume roles', { Action: ['sts:AssumeRole*', 'sts:*'] }],
    [
      'GovCloud',
      {
        Principal: { Federated: 'cognito-identity-us-gov.amazonaws.com' },
        ...aud('StringEquals', POOL, 'cognito-identity-us-gov.amazonaws.com:aud'),
      },
    ],
  ])('may be for %s', async (what, statement) => {
    const name = what.replaceAll(/\W+/g, '-')
    expect((await create(name, withStatement(statement))).status).toBe(200)
  })
})

describe('The ARN of a role or provider', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('is in the partition of the region that signed, %s', async (region, partition) => {
    const RoleName = `of-${region}`
    const { parsed } = await create(RoleName, POLICY, { region })
    const arn = `arn:${partition}:iam::${LOCAL_ACCOUNT}:role/${RoleName}`
    expect(parsed.CreateRoleResponse.CreateRoleResult.Role.Arn).toBe(arn)
    expect((await iam('GetRole', { RoleName })).Role.Arn).toBe(arn)
    const provider = await call('CreateOpenIDConnectProvider', { Url: `https://${region}.example.com` }, { region })
    const providerArn = `arn:${partition}:iam::${LOCAL_ACCOUNT}:oidc-provider/${region}.example.com`
    const made = provider.parsed.CreateOpenIDConnectProviderResponse.CreateOpenIDConnectProviderResult
    expect(made.OpenIDConnectProviderArn).toBe(providerArn)
    const found = await iam('GetOpenIDConnectProvider', { OpenIDConnectProviderArn: providerArn })
    expect(found.Url).toBe(`${region}.example.com`)
  })
})
