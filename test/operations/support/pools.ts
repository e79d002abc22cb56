import { expect } from 'vitest'
import { type CallOptions, call, type JsonAnswer } from '../../support/client.ts'

/** Asserts a success of the AWS JSON protocol and gives its body. */
export function succeeded<Output>({ body, headers, status, text }: JsonAnswer<Output>): Output {
  expect(status, text).toBe(200)
  expect(headers.get('content-type')).toBe('application/x-amz-json-1.1')
  return body
}

/** Asserts a success without output: an empty body. */
export function succeededEmpty(answer: JsonAnswer<unknown>): void {
  succeeded(answer)
  expect(answer.text).toBe('')
}

/** Creates a pool that allows guests and lists no provider, unless told, and gives its id. */
export async function createPool(settings: object = {}, options: CallOptions = {}): Promise<string> {
  const input = { IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true, ...settings }
  const answer = await call<{ IdentityPoolId: string }>('CreateIdentityPool', input, options)
  return succeeded(answer).IdentityPoolId
}

export async function getId(IdentityPoolId: string, Logins?: Record<string, string>): Promise<string> {
  return succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId, Logins })).IdentityId
}

export interface ListedPools {
  IdentityPools: { IdentityPoolId: string; IdentityPoolName: string }[]
  NextToken?: string
}

export interface ListedIdentities {
  IdentityPoolId: string
  Identities: { IdentityId: string; Logins?: string[]; CreationDate: number; LastModifiedDate: number }[]
  NextToken?: string
}

/** All identities of a pool as the API lists them; a test's pool has at most 60. */
export async function identitiesOf(IdentityPoolId: string, HideDisabled = false) {
  const listed = await call<ListedIdentities>('ListIdentities', { IdentityPoolId, MaxResults: 60, HideDisabled })
  return succeeded(listed).Identities
}

/** Everything that the API tells about a pool: what a refused call must leave as it was. */
export async function stateOf(IdentityPoolId: string): Promise<object> {
  const [pool, roles, identities] = await Promise.all([
    call('DescribeIdentityPool', { IdentityPoolId }),
    call('GetIdentityPoolRoles', { IdentityPoolId }),
    identitiesOf(IdentityPoolId),
  ])
  return { pool: succeeded(pool), roles: succeeded(roles), identities }
}
