import { describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { expectXmlFault, query, type XmlAnswer } from '../../support/client.ts'
import { resultOf, trustPolicy } from '../support/callers.ts'

const POOL = 'us-east-1:11111111-2222-4333-8444-555555555555'
const POLICY = trustPolicy(POOL)
const OTHER_POLICY = trustPolicy(POOL, { StringLike: { 'cognito-identity.amazonaws.com:sub': 'us-east-1:*' } })

const call = (Action: string, params: Record<string, string> = {}, options = {}) =>
  query('iam', { Action, ...params }, options)
const create = (RoleName: string, params: Record<string, string> = {}, options = {}) =>
  call('CreateRole', { RoleName, AssumeRolePolicyDocument: POLICY, ...params }, options)
const tags = (given: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )

function succeeded(answer: XmlAnswer, action: string) {
  expect(answer.status, answer.xml).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/xml')
  expect(answer.parsed[`${action}Response`].ResponseMetadata).toEqual({
    RequestId: answer.headers.get('x-amzn-RequestId'),
  })
  return resultOf(answer, action)
}
const roleNamed = async (RoleName: string) => succeeded(await call('GetRole', { RoleName }), 'GetRole').Role
const cannotBeFound = (name: string) => `The role with name ${name} cannot be found.`

describe('CreateRole', () => {
  it('answers the role with defaults for what was left out', async () => {
    const answer = await create('simple')
    expect(succeeded(answer, 'CreateRole')).toEqual({
      Role: {
        Path: '/',
        RoleName: 'simple',
        RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
        Arn: 'arn:aws:iam::000000000000:role/simple',
        CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        AssumeRolePolicyDocument: encodeURIComponent(POLICY),
      },
    })
    const { Role } = succeeded(answer, 'CreateRole')
    expect(await roleNamed('simple')).toEqual({ ...Role, MaxSessionDuration: '3600', RoleLastUsed: '' })
  })

  it('answers neither the description nor the duration that it was given', async () => {
    const { Role } = succeeded(await create('told', { Description: 'x', MaxSessionDuration: '7200' }), 'CreateRole')
    expect(await roleNamed('told')).toEqual({ ...Role, Description: 'x', MaxSessionDuration: '7200', RoleLastUsed: '' })
  })

  it('keeps a path, a description, a duration and tags', async () => {
    await create('full+=,.@-_1', {
      Path: '/app/guests/',
      Description: 'Guests <of> "the" app & more',
      MaxSessionDuration: '43200',
      ...tags({ team: 'blue' }),
    })
    expect(await roleNamed('full+=,.@-_1')).toMatchObject({
      Path: '/app/guests/',
      Arn: 'arn:aws:iam::000000000000:role/app/guests/full+=,.@-_1',
      Description: 'Guests <of> "the" app & more',
      MaxSessionDuration: '43200',
      Tags: { member: { Key: 'team', Value: 'blue' } },
    })
  })

  it('gives a role that takes the name of a deleted one an id of its own', async () => {
    const first = succeeded(await create('again'), 'CreateRole').Role.RoleId
    await call('DeleteRole', { RoleName: 'again' })
    expect(succeeded(await create('again'), 'CreateRole').Role.RoleId).not.toBe(first)
  })

  it('refuses a name that is taken, in whatever case and path, and leaves that role as it was', async () => {
    await create('Taken')
    const before = await roleNamed('Taken')
    for (const name of ['Taken', 'TAKEN'])
      expectXmlFault(
        await create(name, { Path: '/other/', AssumeRolePolicyDocument: OTHER_POLICY }),
        409,
        'EntityAlreadyExists',
        `Role with name ${name} already exists.`,
      )
    expect(await roleNamed('Taken')).toEqual(before)
  })

  it('keeps the roles of accounts apart', async () => {
    await create('shared')
    const answer = await create('shared', {}, { signed: OTHER_ACCOUNT_KEY })
    expect(succeeded(answer, 'CreateRole').Role.Arn).toBe(`arn:aws:iam::${OTHER_ACCOUNT}:role/shared`)
  })

  const invalid = (finding: string) => `1 validation error detected: ${finding}`
  it.each<[string, Record<string, string>, string]>([
    [
      'a name with a slash',
      { RoleName: 'a/b' },
      invalid(
        "Value 'a/b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
      ),
    ],
    [
      'a name of 65 characters',
      { RoleName: 'x'.repeat(65) },
      invalid(
        `Value '${'x'.repeat(65)}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64`,
      ),
    ],
    [
      'a path without slashes',
      { Path: 'app' },
      invalid(
        "Value 'app' at 'path' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)",
      ),
    ],
    [
      'a duration that is too short',
      { MaxSessionDuration: '3599' },
      invalid(
        "Value '3599' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600",
      ),
    ],
    [
      'a duration that is too long',
      { MaxSessionDuration: '43201' },
      invalid(
        "Value '43201' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200",
      ),
    ],
  ])('refuses %s', async (_what, params, message) => {
    expectXmlFault(await create('refused', params), 400, 'ValidationError', message)
  })
})

describe('GetRole', () => {
  it('finds a role by its very name', async () => {
    await create('Exact')
    expectXmlFault(await call('GetRole', { RoleName: 'exact' }), 404, 'NoSuchEntity', cannotBeFound('exact'))
  })

  it("does not find another account's role", async () => {
    await create('mine-alone')
    const answer = await call('GetRole', { RoleName: 'mine-alone' }, { signed: OTHER_ACCOUNT_KEY })
    expectXmlFault(answer, 404, 'NoSuchEntity', cannotBeFound('mine-alone'))
  })

  it('is allowed by a policy for the very names that the policy lists', async () => {
    await create('APP-secret')
    const answer = await call('GetRole', { RoleName: 'app-secret' }, { signed: LIMITED_KEY })
    expectXmlFault(answer, 404, 'NoSuchEntity', cannotBeFound('app-secret'))
    const arn = 'arn:aws:iam::000000000000:role/APP-secret'
    const refused = await call('GetRole', { RoleName: 'APP-secret' }, { signed: LIMITED_KEY })
    const why = 'because no identity-based policy allows the iam:GetRole action'
    const message = `User: ${LIMITED_USER_ARN} is not authorized to perform: iam:GetRole on resource: ${arn} ${why}`
    expectXmlFault(refused, 403, 'AccessDenied', message)
  })
})

describe('A policy that names roles by path', () => {
  it('is asked about the path that a role has, which its name does not tell', async () => {
    await create('app-inner', { Path: '/admin/' })
    const arn = 'arn:aws:iam::000000000000:role/admin/app-inner'
    const why = 'because no identity-based policy allows the iam:GetRole action'
    const message = `User: ${LIMITED_USER_ARN} is not authorized to perform: iam:GetRole on resource: ${arn} ${why}`
    const answer = await call('GetRole', { RoleName: 'app-inner' }, { signed: LIMITED_KEY })
    expectXmlFault(answer, 403, 'AccessDenied', message)
    await create('app-outer')
    const { Role } = succeeded(await call('GetRole', { RoleName: 'app-outer' }, { signed: LIMITED_KEY }), 'GetRole')
    expect(Role.Arn).toBe('arn:aws:iam::000000000000:role/app-outer')
  })
})

describe('ListRoles', () => {
  const list = async (params: Record<string, string>) => succeeded(await call('ListRoles', params), 'ListRoles')
  const names = (page: { Roles: { member?: { RoleName: string } | { RoleName: string }[] } }) =>
    [page.Roles.member ?? []].flat().map(({ RoleName }) => RoleName)

  it('answers the roles below a path by name, in pages', async () => {
    const more = { Path: '/list/', PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess', ...tags({ a: 'b' }) }
    for (const name of ['c', 'a', 'e', 'B', 'd']) await create(`list-${name}`, more)
    const whole = await list({ PathPrefix: '/list/' })
    expect(names(whole)).toEqual(['list-a', 'list-B', 'list-c', 'list-d', 'list-e'])
    expect(whole.IsTruncated).toBe('false')
    expect(whole).not.toHaveProperty('Marker')
    for (const left of ['Tags', 'PermissionsBoundary']) expect(whole.Roles.member[0]).not.toHaveProperty(left)

    const pages: string[][] = []
    let Marker: string | undefined
    do {
      const page = await list({ PathPrefix: '/list/', MaxItems: '2', ...(Marker && { Marker }) })
      pages.push(names(page))
      expect(page.IsTruncated).toBe(page.Marker === undefined ? 'false' : 'true')
      Marker = page.Marker
    } while (Marker)
    expect(pages).toEqual([['list-a', 'list-B'], ['list-c', 'list-d'], ['list-e']])
  })

  it('answers an empty list below a path without roles', async () => {
    expect(await list({ PathPrefix: '/nothing/' })).toEqual({ Roles: '', IsTruncated: 'false' })
  })

  it('refuses a marker that it did not make, or made for another path', async () => {
    for (const name of ['x', 'y']) await create(`marked-${name}`, { Path: '/marked/' })
    const { Marker } = await list({ PathPrefix: '/marked/', MaxItems: '1' })
    expect((await list({ PathPrefix: '/marked/', Marker })).IsTruncated).toBe('false')
    for (const params of [{ Marker: 'made-up' }, { Marker }])
      expectXmlFault(await call('ListRoles', params), 400, 'ValidationError', 'Invalid Marker')
  })
})

describe('Changes of a role', () => {
  it('replace its trust policy', async () => {
    await create('changed')
    const change = { RoleName: 'changed', PolicyDocument: OTHER_POLICY }
    expect(succeeded(await call('UpdateAssumeRolePolicy', change), 'UpdateAssumeRolePolicy')).toBeUndefined()
    expect((await roleNamed('changed')).AssumeRolePolicyDocument).toBe(encodeURIComponent(OTHER_POLICY))
  })

  it('replace its description and duration, and keep what is left out', async () => {
    await create('updated', { Description: 'before' })
    const RoleName = 'updated'
    expect(succeeded(await call('UpdateRole', { RoleName, MaxSessionDuration: '7200' }), 'UpdateRole')).toBe('')
    expect(await roleNamed(RoleName)).toMatchObject({ Description: 'before', MaxSessionDuration: '7200' })
    await call('UpdateRole', { RoleName, Description: 'after' })
    expect(await roleNamed(RoleName)).toMatchObject({ Description: 'after', MaxSessionDuration: '7200' })
    await call('UpdateRole', { RoleName })
    expect(await roleNamed(RoleName)).toMatchObject({ Description: 'after', MaxSessionDuration: '7200' })
    const described = await call('UpdateRoleDescription', { RoleName, Description: 'at last' })
    const { Role } = succeeded(described, 'UpdateRoleDescription')
    expect(Role).toMatchObject({ RoleName, Description: 'at last' })
    expect(await roleNamed(RoleName)).toEqual({ ...Role, MaxSessionDuration: '7200', RoleLastUsed: '' })
  })

  it('add, overwrite and take off its tags', async () => {
    await create('tagged', tags({ team: 'blue' }))
    const RoleName = 'tagged'
    expect(succeeded(await call('TagRole', { RoleName, ...tags({ team: 'red', a: 'b' }) }), 'TagRole')).toBeUndefined()
    const listed = async () => succeeded(await call('ListRoleTags', { RoleName }), 'ListRoleTags')
    const both = [
      { Key: 'a', Value: 'b' },
      { Key: 'team', Value: 'red' },
    ]
    expect(await listed()).toEqual({ Tags: { member: both }, IsTruncated: 'false' })
    const first = succeeded(await call('ListRoleTags', { RoleName, MaxItems: '1' }), 'ListRoleTags')
    expect(first).toEqual({ Tags: { member: both[0] }, IsTruncated: 'true', Marker: expect.any(String) })
    const rest = await call('ListRoleTags', { RoleName, MaxItems: '1', Marker: first.Marker })
    expect(succeeded(rest, 'ListRoleTags')).toEqual({ Tags: { member: both[1] }, IsTruncated: 'false' })
    const untagged = await call('UntagRole', { RoleName, 'TagKeys.member.1': 'a', 'TagKeys.member.2': 'none' })
    expect(succeeded(untagged, 'UntagRole')).toBeUndefined()
    expect(await listed()).toEqual({ Tags: { member: both[1] }, IsTruncated: 'false' })
  })

  it('know a tag by its key in whatever case', async () => {
    const RoleName = 'tagged-in-cases'
    await create(RoleName, tags({ Team: 'blue' }))
    await call('TagRole', { RoleName, ...tags({ team: 'red' }) })
    expect((await roleNamed(RoleName)).Tags).toEqual({ member: { Key: 'team', Value: 'red' } })
    const twice = tags({ a: '1', A: '2' })
    for (const answer of [await create('tagged-twice', twice), await call('TagRole', { RoleName, ...twice })])
      expectXmlFault(
        answer,
        400,
        'InvalidInput',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      )
    await call('UntagRole', { RoleName, 'TagKeys.member.1': 'TEAM' })
    expect(await roleNamed(RoleName)).not.toHaveProperty('Tags')
  })
})

describe('ListInstanceProfilesForRole', () => {
  it('answers that there are none', async () => {
    const RoleName = 'for-instance-profiles'
    await create(RoleName)
    const answer = await call('ListInstanceProfilesForRole', { RoleName, MaxItems: '1000' })
    expect(succeeded(answer, 'ListInstanceProfilesForRole')).toEqual({ InstanceProfiles: '', IsTruncated: 'false' })
  })
})

describe('DeleteRole', () => {
  it('answers nothing, and the role is gone', async () => {
    await create('gone')
    expect(succeeded(await call('DeleteRole', { RoleName: 'gone' }), 'DeleteRole')).toBeUndefined()
    for (const action of ['GetRole', 'DeleteRole'])
      expectXmlFault(await call(action, { RoleName: 'gone' }), 404, 'NoSuchEntity', cannotBeFound('gone'))
  })
})

describe.each<[string, Record<string, string>]>([
  ['GetRole', {}],
  ['DeleteRole', {}],
  ['UpdateRole', { Description: 'x' }],
  ['UpdateRoleDescription', { Description: 'x' }],
  ['UpdateAssumeRolePolicy', { PolicyDocument: POLICY }],
  ['TagRole', tags({ a: 'b' })],
  ['UntagRole', { 'TagKeys.member.1': 'a' }],
  ['ListRoleTags', {}],
  ['PutRolePolicy', { PolicyName: 'p', PolicyDocument: '{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}' }],
  ['GetRolePolicy', { PolicyName: 'p' }],
  ['DeleteRolePolicy', { PolicyName: 'p' }],
  ['ListRolePolicies', {}],
  ['AttachRolePolicy', { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  ['DetachRolePolicy', { PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  ['ListAttachedRolePolicies', {}],
  ['PutRolePermissionsBoundary', { PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
  ['DeleteRolePermissionsBoundary', {}],
  ['ListInstanceProfilesForRole', {}],
])('%s', (action, params) => {
  it('finds no role by a name in another case, nor in another account, and changes none', async () => {
    const name = `Case-${action}`
    await create(name)
    const before = await roleNamed(name)
    const folded = name.toLowerCase()
    const answer = await call(action, { ...params, RoleName: folded })
    expectXmlFault(answer, 404, 'NoSuchEntity', cannotBeFound(folded))
    const foreign = await call(action, { ...params, RoleName: name }, { signed: OTHER_ACCOUNT_KEY })
    expectXmlFault(foreign, 404, 'NoSuchEntity', cannotBeFound(name))
    expect(await roleNamed(name)).toEqual(before)
  })

  it('needs a signature', async () => {
    const answer = await call(action, { ...params, RoleName: 'any' }, { signed: false })
    expectXmlFault(answer, 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })
})
