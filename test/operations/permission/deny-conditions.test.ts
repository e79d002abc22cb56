import { beforeAll, describe, expect, it } from 'vitest'
import { call, expectFault, LOCAL_ACCOUNT, query, type SigningKey } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { iam, trustPolicy } from '../support/callers.ts'
import { createPool, succeeded } from '../support/pools.ts'

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const role = (name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`
const deny = (Action: string, operator: string, key: string, value: string) => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  Condition: { [operator]: { [key]: value } },
})

/** Every policy allows everything but what one statement denies. */
const GUARDS = {
  TAG: deny('cognito-identity:*', 'StringEquals', 'aws:ResourceTag/team', 'red'),
  ARN: deny('cognito-identity:*', 'StringLike', 'cognito-identity:IdentityPoolArn', '*'),
  REQUEST: deny('cognito-identity:*', 'StringEquals', 'aws:RequestTag/env', 'dev'),
  UNLESS: deny('cognito-identity:*', 'StringNotEquals', 'aws:RequestTag/env', 'prod'),
  RECORD: deny('iam:*', 'StringEquals', 'iam:ResourceTag/level', 'admin'),
  ADDRESS: deny('iam:PassRole', 'StringLike', 'aws:username', 'address'),
}

/** The ways to write a policy as JSON text that a search of the text would miss. */
const FORMS: ReadonlyMap<string, (json: string) => string> = new Map([
  ['PLAIN', (json) => json],
  ['SLASH', (json) => json.replaceAll('/', '\\/')],
  ['CODE', (json) => json.replaceAll('aws:', '\\u0061ws:').replaceAll('Pool', '\\u0050ool')],
])

const keyOf = (guard: string): SigningKey => ({
  accessKeyId: `GUARD${guard}`,
  secretAccessKey: `secret-of-the-key-with-the-guard-${guard}-01`,
})

function settings(): [string, string][] {
  return Object.entries(GUARDS).flatMap(([guard, statement]) =>
    [...FORMS].map(([form, write]): [string, string] => {
      const { accessKeyId, secretAccessKey: secret } = keyOf(guard + form)
      const allow = { Effect: 'Allow', Action: '*', Resource: '*' }
      const policy = write(JSON.stringify({ Version: '2012-10-17', Statement: [allow, statement] }))
      return [
        `ACCESS_KEY_${accessKeyId}`,
        JSON.stringify({ secret, account: LOCAL_ACCOUNT, user: guard.toLowerCase(), policy }),
      ]
    }),
  )
}

let serve: Serve
let red: string
let blue: string
beforeAll(async () => {
  serve = await deploy(Object.fromEntries(settings()))
  red = await createPool({ IdentityPoolTags: { team: 'blue', Team: 'red' } })
  blue = await createPool({ IdentityPoolTags: { team: 'blue' } })
  const made = { AssumeRolePolicyDocument: trustPolicy(POOL) }
  await iam('CreateRole', { RoleName: 'guarded-admin', ...made, ...iamTag('Level', 'admin') })
  await iam('CreateRole', { RoleName: 'guarded-user', ...made, ...iamTag('level', 'user') })
  await iam('CreateOpenIDConnectProvider', { Url: 'https://guarded.example.com', ...iamTag('level', 'admin') })
})

const iamTag = (key: string, value: string) => ({ 'Tags.member.1.Key': key, 'Tags.member.1.Value': value })
const as = (key: string) => (operation: string, input: object) => call(operation, input, { signed: keyOf(key), serve })
const codeOf = async (key: string, operation: string, input: object) => {
  const { body } = await as(key)(operation, input)
  return (body as { __type?: string } | undefined)?.__type ?? 'done'
}
const codeAtIam = async (key: string, Action: string, params: Record<string, string>) => {
  const { parsed, status } = await query('iam', { Action, ...params }, { signed: keyOf(key), serve })
  return status === 200 ? 'done' : parsed.ErrorResponse.Error.Code
}

describe.each([...FORMS.keys()])('A policy that is given as text, %s', (form) => {
  it('denies by the tags that a pool has, whatever the case of their keys', async () => {
    expect(await codeOf(`TAG${form}`, 'DescribeIdentityPool', { IdentityPoolId: red })).toBe('AccessDeniedException')
    expect(await codeOf(`TAG${form}`, 'DescribeIdentityPool', { IdentityPoolId: blue })).toBe('done')
  })

  it('denies by the ARN of a pool', async () => {
    expect(await codeOf(`ARN${form}`, 'DescribeIdentityPool', { IdentityPoolId: blue })).toBe('AccessDeniedException')
    expect(await codeOf(`ARN${form}`, 'ListIdentityPools', { MaxResults: 1 })).toBe('done')
  })

  it("denies by the tags of a role or provider under IAM's own name", async () => {
    const provider = { OpenIDConnectProviderArn: `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/guarded.example.com` }
    expect(await codeAtIam(`RECORD${form}`, 'GetRole', { RoleName: 'guarded-admin' })).toBe('AccessDenied')
    expect(await codeAtIam(`RECORD${form}`, 'GetRole', { RoleName: 'guarded-user' })).toBe('done')
    expect(await codeAtIam(`RECORD${form}`, 'GetOpenIDConnectProvider', provider)).toBe('AccessDenied')
  })

  it('denies to pass a role by its tags, that of a store as well', async () => {
    const pool = await createPool()
    const set = (authenticated: string) =>
      as(`RECORD${form}`)('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated } })
    for (const arn of [role('guarded-admin'), 'arn:minio:iam:::role/guarded-admin'])
      expectFault(await set(arn), 'NotAuthorizedException', `Access to Role '${arn}' is forbidden.`)
    succeeded(await set(role('guarded-user')))
    succeeded(await set(role('guarded-nobody')))
  })
})

describe('Tags in a request whose keys differ in case alone', () => {
  const create = (key: string, IdentityPoolTags: object) =>
    codeOf(key, 'CreateIdentityPool', { IdentityPoolName: 'p', AllowUnauthenticatedIdentities: true, IdentityPoolTags })

  it.each([[{ Env: 'prod', env: 'dev' }], [{ env: 'dev', Env: 'prod' }], [{ ENV: 'x', Env: 'dev', env: 'prod' }]])(
    'are all looked at by a Deny: %j',
    async (tags) => {
      expect(await create('REQUESTPLAIN', tags)).toBe('AccessDeniedException')
      expect(await create('UNLESSPLAIN', tags)).toBe('AccessDeniedException')
    },
  )

  it('are kept where no policy minds', async () => {
    expect(await create('REQUESTPLAIN', { Env: 'prod', env: 'test' })).toBe('done')
    expect(await create('UNLESSPLAIN', { Env: 'prod', env: 'prod' })).toBe('done')
  })
})

describe('Leave to pass a role', () => {
  it('is refused by every key that other requests have too', async () => {
    const set = (key: string) =>
      codeOf(key, 'SetIdentityPoolRoles', { IdentityPoolId: blue, Roles: { authenticated: role('any') } })
    expect(await set('ADDRESSPLAIN')).toBe('NotAuthorizedException')
    expect(await set('TAGPLAIN')).toBe('done')
  })
})
