import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN } from '../../support/access-keys.ts'
import { expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { resultOf, trustPolicy } from '../support/callers.ts'

const TRUST = trustPolicy('us-east-1:11111111-2222-4333-8444-555555555555')
const READ = 'arn:aws:iam::aws:policy/ReadOnlyAccess'
const OWN = 'arn:aws:iam::000000000000:policy/teams/blue/Limits'
const LAMBDA = 'arn:aws:iam::aws:policy/service-role/AWSLambdaRole'
const CHINA = 'arn:aws-cn:iam::aws:policy/ReadOnlyAccess'

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)

function succeeded(answer: XmlAnswer, action: string) {
  expect(answer.status, answer.xml).toBe(200)
  return resultOf(answer, action)
}
const result = async (action: string, params: Record<string, string>) => succeeded(await call(action, params), action)
const done = async (action: string, params: Record<string, string>) =>
  expect(await result(action, params)).toBeUndefined()

const statement = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more })
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements })
const POLICY = policy(statement())
/** A document of this many characters that count, and some white space that does not. */
const policyOf = (size: number) => {
  const empty = policy(statement({ Resource: 'arn:' })).length
  return policy(statement({ Resource: `arn:${'x'.repeat(size - empty)}` })).replaceAll(',', ',\n    ')
}

let roles = 0
let RoleName: string
beforeEach(async () => {
  RoleName = `with-policies-${++roles}`
  await result('CreateRole', { RoleName, AssumeRolePolicyDocument: TRUST })
})

const put = (PolicyName: string, PolicyDocument: string) =>
  call('PutRolePolicy', { RoleName, PolicyName, PolicyDocument })
const get = (PolicyName: string) => call('GetRolePolicy', { RoleName, PolicyName })
const attach = (PolicyArn: string) => call('AttachRolePolicy', { RoleName, PolicyArn })
const boundary = async () => (await result('GetRole', { RoleName })).Role.PermissionsBoundary
const notFound = (name: string) => `The role policy with name ${name} cannot be found.`

describe('Inline policies of a role', () => {
  it('are given back as they were set, and replaced by one of the same name', async () => {
    const document = policy(
      statement({ Sid: 'Grüße', Resource: `arn:aws:s3:::bücket/\${aws:PrincipalTag/a%b}/*'+ <&>` }),
    )
    const spaced = JSON.stringify(JSON.parse(document), null, 2)
    for (const PolicyDocument of [POLICY, spaced, document]) {
      await done('PutRolePolicy', { RoleName, PolicyName: 'a+=,.@-_1', PolicyDocument })
      expect(await result('GetRolePolicy', { RoleName, PolicyName: 'a+=,.@-_1' })).toEqual({
        RoleName,
        PolicyName: 'a+=,.@-_1',
        PolicyDocument: encodeURIComponent(PolicyDocument),
      })
    }
    expect((await result('ListRolePolicies', { RoleName })).PolicyNames).toEqual({ member: 'a+=,.@-_1' })
  })

  it('are listed by name, in pages', async () => {
    expect(await result('ListRolePolicies', { RoleName })).toEqual({ PolicyNames: '', IsTruncated: 'false' })
    for (const name of ['c', 'a', 'b']) await put(name, POLICY)
    const first = await result('ListRolePolicies', { RoleName, MaxItems: '2' })
    expect(first).toEqual({ PolicyNames: { member: ['a', 'b'] }, IsTruncated: 'true', Marker: expect.any(String) })
    const rest = await result('ListRolePolicies', { RoleName, MaxItems: '2', Marker: first.Marker })
    expect(rest).toEqual({ PolicyNames: { member: 'c' }, IsTruncated: 'false' })
    const other = await call('ListAttachedRolePolicies', { RoleName, Marker: first.Marker })
    expectXmlFault(other, 400, 'ValidationError', 'Invalid Marker')
  })

  it('are deleted once', async () => {
    await put('gone', POLICY)
    await put('kept', POLICY)
    await done('DeleteRolePolicy', { RoleName, PolicyName: 'gone' })
    expectXmlFault(await get('gone'), 404, 'NoSuchEntity', notFound('gone'))
    const again = await call('DeleteRolePolicy', { RoleName, PolicyName: 'gone' })
    expectXmlFault(again, 404, 'NoSuchEntity', notFound('gone'))
    expect((await result('ListRolePolicies', { RoleName })).PolicyNames).toEqual({ member: 'kept' })
  })

  it('have 10,240 characters together at most, white space aside', async () => {
    const limit = `Maximum policy size of 10240 bytes exceeded for role ${RoleName}`
    expectXmlFault(await put('first', policyOf(10_241)), 409, 'LimitExceeded', limit)
    succeeded(await put('first', policyOf(10_240)), 'PutRolePolicy')
    expectXmlFault(await put('second', POLICY), 409, 'LimitExceeded', limit)
    succeeded(await put('first', policyOf(10_140)), 'PutRolePolicy')
    succeeded(await put('second', policyOf(100)), 'PutRolePolicy')
    expectXmlFault(await put('second', policyOf(101)), 409, 'LimitExceeded', limit)
    expect((await result('GetRolePolicy', { RoleName, PolicyName: 'second' })).PolicyDocument).toBe(
      encodeURIComponent(policyOf(100)),
    )
  })

  it.each<[string, object]>([
    [
      'an exception of actions and resources',
      { Action: undefined, NotAction: ['iam:*'], Resource: undefined, NotResource: 'arn:aws:s3:::b' },
    ],
    ['an operator that is not evaluated here', { Condition: { BinaryEquals: { 'x:key': 'QmluYXJ5' } } }],
    ['an operator that nobody knows yet', { Condition: { 'ForAllValues:VectorLikeIfExists': { 'x:key': [1, true] } } }],
    ['a resource that is no whole ARN', { Resource: ['arn:aws:s3:::b', 'arn:aws:dynamodb:*'] }],
    ['an action of a service to come', { Action: ['new-service.v2:Do*', '*'] }],
  ])('may have what only other services understand: %s', async (_, more) => {
    const document = policy(statement(more))
    succeeded(await put('p', document), 'PutRolePolicy')
    expect((await result('GetRolePolicy', { RoleName, PolicyName: 'p' })).PolicyDocument).toBe(
      encodeURIComponent(document),
    )
  })

  it.each<[string, string]>([
    ['the older version', JSON.stringify({ Version: '2008-10-17', Id: 'x', Statement: [statement()] })],
    ['no version, and one statement without a list', JSON.stringify({ Statement: statement({ Effect: 'Deny' }) })],
  ])('may have %s', async (_, document) => {
    succeeded(await put('p', document), 'PutRolePolicy')
  })

  const SYNTAX = 'Syntax errors in policy.'
  const PRINCIPAL = 'Policy document should not specify a principal.'
  const ACTIONS = 'Policy statement must contain actions.'
  const RESOURCES = 'Policy statement must contain resources.'
  const VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  const noArn = (resource: string) => `Resource ${resource} must be in ARN format or "*".`
  it.each<[string, string, string]>([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['a list', '[]', SYNTAX],
    ['null', 'null', SYNTAX],
    ['no statement', '{"Version":"2012-10-17"}', SYNTAX],
    ['an empty list of statements', policy(), SYNTAX],
    ['a statement that is a text', JSON.stringify({ Statement: ['Allow'] }), SYNTAX],
    ['another version', JSON.stringify({ Version: '2024-01-01', Statement: [statement()] }), SYNTAX],
    ['an unknown element', JSON.stringify({ Statement: [statement()], Statements: [] }), SYNTAX],
    ['an unknown element in a statement', policy(statement({ Actions: '*' })), SYNTAX],
    ['another effect', policy(statement({ Effect: 'allow' })), SYNTAX],
    ['an action and an exception', policy(statement({ NotAction: 'iam:*' })), SYNTAX],
    ['a resource and an exception', policy(statement({ NotResource: '*' })), SYNTAX],
    ['a condition that is a list', policy(statement({ Condition: [] })), SYNTAX],
    ['a condition without keys', policy(statement({ Condition: { Bool: 'true' } })), SYNTAX],
    [
      'an operator in another case',
      policy(statement({ Condition: { stringEquals: { 'x:key': '1' } } })),
      'Invalid Condition type : stringEquals',
    ],
    [
      'an operator with a prefix in another case',
      policy(statement({ Condition: { 'ForAnyvalue:StringLikeIfExists': { 'x:key': '1' } } })),
      'Invalid Condition type : ForAnyvalue:StringLikeIfExists',
    ],
    ['a principal', policy(statement({ Principal: '*' })), PRINCIPAL],
    ['an excluded principal', policy(statement({ NotPrincipal: { AWS: '*' } })), PRINCIPAL],
    ['no action', policy(statement({ Action: undefined })), ACTIONS],
    ['an empty list of actions', policy(statement({ Action: [] })), ACTIONS],
    ['an action that is a number', policy(statement({ Action: [1] })), ACTIONS],
    ['an action without a service', policy(statement({ Action: ['s3:GetObject', 'GetObject'] })), VENDOR],
    ['an empty action', policy(statement({ Action: '' })), VENDOR],
    ['an exception without a service', policy(statement({ Action: undefined, NotAction: 'invalid' })), VENDOR],
    [
      'an action with two colons',
      policy(statement({ Action: 's3:a:b' })),
      'Actions/Condition can contain only one colon.',
    ],
    ['a service that is no name', policy(statement({ Action: 'a a:b' })), 'Vendor a a is not valid'],
    ['a resource that is no ARN', policy(statement({ Resource: ['*', 'bucket/*'] })), noArn('bucket/*')],
    ['an exception that is no ARN', policy(statement({ Resource: undefined, NotResource: '' })), noArn('')],
    ['no resource', policy(statement({ Resource: undefined })), RESOURCES],
    ['a resource that is an object', policy(statement({ Resource: {} })), RESOURCES],
  ])('are refused with %s, and what was there stays', async (_, document, message) => {
    succeeded(await put('p', POLICY), 'PutRolePolicy')
    expectXmlFault(await put('p', document), 400, 'MalformedPolicyDocument', message)
    expect((await result('GetRolePolicy', { RoleName, PolicyName: 'p' })).PolicyDocument).toBe(
      encodeURIComponent(POLICY),
    )
  })

  it('have names of letters, digits and a few signs, 128 at most', async () => {
    const invalid = (name: string, constraint: string) =>
      `1 validation error detected: Value '${name}' at 'policyName' failed to satisfy constraint: Member must ${constraint}`
    succeeded(await put('x'.repeat(128), POLICY), 'PutRolePolicy')
    const long = 'x'.repeat(129)
    const tooLong = invalid(long, 'have length less than or equal to 128')
    expectXmlFault(await put(long, POLICY), 400, 'ValidationError', tooLong)
    const pattern = invalid('a/b', 'satisfy regular expression pattern: [\\w+=,.@-]+')
    expectXmlFault(await put('a/b', POLICY), 400, 'ValidationError', pattern)
  })
})

describe('Managed policies of a role', () => {
  const attached = (...policies: [PolicyName: string, PolicyArn: string][]) => ({
    AttachedPolicies: { member: policies.map(([PolicyName, PolicyArn]) => ({ PolicyName, PolicyArn })) },
  })

  it('are listed by ARN, below a path, in pages', async () => {
    expect(await result('ListAttachedRolePolicies', { RoleName })).toEqual({
      AttachedPolicies: '',
      IsTruncated: 'false',
    })
    for (const PolicyArn of [READ, OWN, LAMBDA, CHINA]) await done('AttachRolePolicy', { RoleName, PolicyArn })
    const first = await result('ListAttachedRolePolicies', { RoleName, MaxItems: '2' })
    expect(first).toEqual({
      ...attached(['ReadOnlyAccess', CHINA], ['Limits', OWN]),
      IsTruncated: 'true',
      Marker: expect.any(String),
    })
    const rest = await result('ListAttachedRolePolicies', { RoleName, Marker: first.Marker })
    expect(rest).toEqual({ ...attached(['ReadOnlyAccess', READ], ['AWSLambdaRole', LAMBDA]), IsTruncated: 'false' })
    const below = await result('ListAttachedRolePolicies', { RoleName, PathPrefix: '/service-role/' })
    expect(below.AttachedPolicies.member).toEqual({ PolicyName: 'AWSLambdaRole', PolicyArn: LAMBDA })
    expect((await result('ListAttachedRolePolicies', { RoleName, PathPrefix: '/none/' })).AttachedPolicies).toBe('')
  })

  it('are attached once however often, and detached once', async () => {
    for (const _ of ['once', 'again']) await done('AttachRolePolicy', { RoleName, PolicyArn: READ })
    expect((await result('ListAttachedRolePolicies', { RoleName })).AttachedPolicies.member.PolicyArn).toBe(READ)
    await done('DetachRolePolicy', { RoleName, PolicyArn: READ })
    expect((await result('ListAttachedRolePolicies', { RoleName })).AttachedPolicies).toBe('')
    const again = await call('DetachRolePolicy', { RoleName, PolicyArn: READ })
    expectXmlFault(again, 404, 'NoSuchEntity', `Policy ${READ} was not found.`)
  })

  it('are ten at most', async () => {
    for (let n = 0; n < 10; n++) await done('AttachRolePolicy', { RoleName, PolicyArn: `${OWN}-${n}` })
    expectXmlFault(await attach(READ), 409, 'LimitExceeded', 'Cannot exceed quota for PoliciesPerRole: 10')
    await done('AttachRolePolicy', { RoleName, PolicyArn: `${OWN}-0` })
    await done('DetachRolePolicy', { RoleName, PolicyArn: `${OWN}-0` })
    await done('AttachRolePolicy', { RoleName, PolicyArn: READ })
  })
})

describe.each(['AttachRolePolicy', 'DetachRolePolicy', 'PutRolePermissionsBoundary', 'CreateRole'])('%s', (action) => {
  it.each([
    ['a role', 'arn:aws:iam::000000000000:role/app'],
    ['another service', 'arn:aws:s3:::policy/ReadOnlyAccess'],
    ['a region', 'arn:aws:iam:us-east-1:aws:policy/ReadOnlyAccess'],
    ['nobody', 'arn:aws:iam:::policy/ReadOnlyAccess'],
    ['a short account', 'arn:aws:iam::123:policy/ReadOnlyAccess'],
    ['no name', 'arn:aws:iam::aws:policy/'],
    ['a name with a colon', 'arn:aws:iam::aws:policy/a:b'],
  ])('refuses an ARN of %s', async (_, arn) => {
    await expectRefused(arn, 'InvalidInput', `ARN ${arn} is not valid.`)
  })

  it.each([
    ['policy/that-is-no-arn-of-anything'],
    ['longpolicynamebutnoarn'],
    ['arn:aws:iam::aws-policy-without-fields'],
  ])('refuses %s, which is no ARN at all', async (text) => {
    if (/^(At|De)tach/.test(action)) await expectRefused(text, 'ValidationError', 'Invalid ARN:  Could not be parsed!')
    else await expectRefused(text, 'InvalidInput', `ARN ${text} is not valid.`)
  })

  async function expectRefused(arn: string, code: string, message: string): Promise<void> {
    const given = { PolicyArn: arn, PermissionsBoundary: arn, AssumeRolePolicyDocument: TRUST }
    const answer = await call(action, { RoleName: action === 'CreateRole' ? `${RoleName}-new` : RoleName, ...given })
    expectXmlFault(answer, 400, code, message)
    expect((await result('ListAttachedRolePolicies', { RoleName })).AttachedPolicies).toBe('')
    expect(await boundary()).toBeUndefined()
  }
})

describe('The permissions boundary of a role', () => {
  const described = (PermissionsBoundaryArn: string) => ({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn })

  it('is set when the role is created, replaced, and taken away however often', async () => {
    RoleName = `${RoleName}-bounded`
    const given = { RoleName, AssumeRolePolicyDocument: TRUST, PermissionsBoundary: READ }
    expect((await result('CreateRole', given)).Role.PermissionsBoundary).toEqual(described(READ))
    expect(await boundary()).toEqual(described(READ))
    await done('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: OWN })
    expect(await boundary()).toEqual(described(OWN))
    const { Role } = await result('UpdateRoleDescription', { RoleName, Description: 'x' })
    expect(Role.PermissionsBoundary).toEqual(described(OWN))
    for (const _ of ['once', 'again']) {
      await done('DeleteRolePermissionsBoundary', { RoleName })
      expect(await boundary()).toBeUndefined()
    }
  })

  it('does not keep the role from being deleted', async () => {
    await done('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: OWN })
    await done('DeleteRole', { RoleName })
  })
})

describe('DeleteRole', () => {
  const refusal = async () => {
    const { parsed, status } = await call('DeleteRole', { RoleName })
    return [status, parsed.ErrorResponse?.Error]
  }
  const conflict = (Message: string) => [409, { Type: 'Sender', Code: 'DeleteConflict', Message }]

  it('is refused while policies hang on the role', async () => {
    await done('AttachRolePolicy', { RoleName, PolicyArn: READ })
    succeeded(await put('p', POLICY), 'PutRolePolicy')
    expect(await refusal()).toEqual(conflict('Cannot delete entity, must detach all policies first.'))
    await done('DetachRolePolicy', { RoleName, PolicyArn: READ })
    expect(await refusal()).toEqual(conflict('Cannot delete entity, must delete policies first.'))
    expect((await result('ListRolePolicies', { RoleName })).PolicyNames).toEqual({ member: 'p' })
    await done('DeleteRolePolicy', { RoleName, PolicyName: 'p' })
    expect(await refusal()).toEqual([200, undefined])
  })
})

describe('Policies of another role', () => {
  it('are not those of this one', async () => {
    await put('p', POLICY)
    await attach(READ)
    const other = { RoleName: `${RoleName}-other` }
    await result('CreateRole', { ...other, AssumeRolePolicyDocument: TRUST })
    expect((await result('ListRolePolicies', other)).PolicyNames).toBe('')
    expect((await result('ListAttachedRolePolicies', other)).AttachedPolicies).toBe('')
    const found = await call('GetRolePolicy', { ...other, PolicyName: 'p' })
    expectXmlFault(found, 404, 'NoSuchEntity', notFound('p'))
    await done('DeleteRole', other)
  })
})

describe('A policy that allows roles by name', () => {
  const params = { PolicyName: 'p', PolicyDocument: POLICY, PolicyArn: READ, PermissionsBoundary: READ }

  it.each([
    'PutRolePolicy',
    'GetRolePolicy',
    'DeleteRolePolicy',
    'ListRolePolicies',
    'AttachRolePolicy',
    'DetachRolePolicy',
    'ListAttachedRolePolicies',
    'PutRolePermissionsBoundary',
    'DeleteRolePermissionsBoundary',
  ])('is asked about the role: %s', async (action) => {
    const answer = await call(action, { RoleName, ...params }, { signed: LIMITED_KEY })
    const arn = `arn:aws:iam::000000000000:role/${RoleName}`
    const why = `because no identity-based policy allows the iam:${action} action`
    const message = `User: ${LIMITED_USER_ARN} is not authorized to perform: iam:${action} on resource: ${arn} ${why}`
    expectXmlFault(answer, 403, 'AccessDenied', message)
  })
})

describe('A key that may attach one policy and set one boundary', () => {
  const key = { accessKeyId: 'AKIAATTACHER', secretAccessKey: 'a-secret-of-the-attacher-0123456789' }
  let serve: Serve
  beforeAll(async () => {
    const may = (Action: string, operand: string) => ({
      ...statement({ Action }),
      Condition: { ArnEquals: { [operand]: READ } },
    })
    const allowed = [may('iam:AttachRolePolicy', 'iam:PolicyARN'), may('iam:PutRole*', 'iam:PermissionsBoundary')]
    const access = { secret: key.secretAccessKey, account: '000000000000', policy: JSON.parse(policy(...allowed)) }
    serve = await deploy({ [`ACCESS_KEY_${key.accessKeyId}`]: JSON.stringify(access) })
  })

  it.each([
    ['AttachRolePolicy', 'PolicyArn'],
    ['PutRolePermissionsBoundary', 'PermissionsBoundary'],
  ])('calls %s with that one and with no other', async (action, member) => {
    const status = async (arn: string) =>
      (await call(action, { RoleName, [member]: arn }, { signed: key, serve })).status
    expect([await status(READ), await status(OWN)]).toEqual([200, 403])
  })
})
