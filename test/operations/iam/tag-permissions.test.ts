import { beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACCOUNT, query, type SigningKey } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { iam, trustPolicy } from '../support/callers.ts'

const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'
const KEY: SigningKey = { accessKeyId: 'KEYOFTAGGER', secretAccessKey: 'secret-of-the-key-of-the-tagger-0123456789' }
const where = (operator: string, key: string, value: string | string[]) => ({ [operator]: { [key]: value } })
const deny = (Action: string, Condition?: object) => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  ...(Condition && { Condition }),
})
const POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
    deny('iam:*', where('StringEquals', 'aws:ResourceTag/env', 'prod')),
    deny('iam:Tag*', where('ForAnyValue:StringEquals', 'aws:TagKeys', 'owner')),
    deny('iam:Tag*', where('StringEquals', 'aws:RequestTag/env', 'prod')),
  ],
}

let serve: Serve
beforeAll(async () => {
  const key = { secret: KEY.secretAccessKey, account: LOCAL_ACCOUNT, user: 'tagger', policy: POLICY }
  serve = await deploy({ [`ACCESS_KEY_${KEY.accessKeyId}`]: JSON.stringify(key) })
  await iam('CreateRole', {
    RoleName: 'tagged-prod',
    AssumeRolePolicyDocument: trustPolicy(POOL),
    ...tag('env', 'prod'),
  })
  await iam('CreateRole', { RoleName: 'tagged-dev', AssumeRolePolicyDocument: trustPolicy(POOL), ...tag('env', 'dev') })
  const Url = 'https://tags.example.com'
  await iam('CreateOpenIDConnectProvider', { Url, ...tag('env', 'prod') })
})

const tag = (key: string, value: string) => ({ 'Tags.member.1.Key': key, 'Tags.member.1.Value': value })
const role = (name: string) => ({ RoleName: name })
const provider = { OpenIDConnectProviderArn: `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/tags.example.com` }
const made = { AssumeRolePolicyDocument: trustPolicy(POOL) }
const codeOf = async (Action: string, params: Record<string, string>) => {
  const { parsed, status } = await query('iam', { Action, ...params }, { signed: KEY, serve })
  return status === 200 ? 'done' : parsed.ErrorResponse.Error.Code
}

describe('A policy with conditions on tags, at IAM', () => {
  it.each<[string, string, Record<string, string>, string]>([
    ['a role with the tag', 'GetRole', role('tagged-prod'), 'AccessDenied'],
    ['a role with another value', 'GetRole', role('tagged-dev'), 'done'],
    [
      'changing the tags of a role with the tag',
      'TagRole',
      { ...role('tagged-prod'), ...tag('x', 'y') },
      'AccessDenied',
    ],
    ['a provider with the tag', 'GetOpenIDConnectProvider', provider, 'AccessDenied'],
    ['setting a tag of that key', 'TagRole', { ...role('tagged-dev'), ...tag('owner', 'me') }, 'AccessDenied'],
    ['setting a tag of that value', 'TagRole', { ...role('tagged-dev'), ...tag('env', 'prod') }, 'AccessDenied'],
    ['setting another tag', 'TagRole', { ...role('tagged-dev'), ...tag('team', 'red') }, 'done'],
    ['creating with the tag', 'CreateRole', { ...role('new'), ...made, ...tag('env', 'prod') }, 'AccessDenied'],
    ['creating without a tag', 'CreateRole', { ...role('new'), ...made }, 'done'],
    ['deleting a role with the tag', 'DeleteRole', role('tagged-prod'), 'AccessDenied'],
  ])('holds for %s', async (_, action, params, code) => {
    expect(await codeOf(action, params)).toBe(code)
  })
})
