import { type CallOptions, call, type JsonAnswer } from '../../support/client.ts'
import { createPool, stateOf, succeeded } from './pools.ts'

/** The developer provider of every pool that `createDeveloperPool` makes. */
export const DEVELOPER = 'login.example.app'

export const createDeveloperPool = (settings: object = {}, options: CallOptions = {}) =>
  createPool({ DeveloperProviderName: DEVELOPER, ...settings }, options)

export interface DeveloperToken {
  IdentityId: string
  Token: string
}

/** Calls GetOpenIdTokenForDeveloperIdentity for one user of the developer provider; `more` may replace any member. */
export const developerToken = (
  IdentityPoolId: string,
  user: string,
  more: object = {},
  options: CallOptions = {},
): Promise<JsonAnswer<DeveloperToken>> =>
  call('GetOpenIdTokenForDeveloperIdentity', { IdentityPoolId, Logins: { [DEVELOPER]: user }, ...more }, options)

/** The identity and a token of a developer user, which is made if it is new. */
export const signIn = async (pool: string, user: string, more?: object): Promise<DeveloperToken> =>
  succeeded(await developerToken(pool, user, more))

export interface Lookup {
  IdentityId: string
  DeveloperUserIdentifierList: string[]
  NextToken?: string
}

export const lookup = (IdentityPoolId: string, input: object, options: CallOptions = {}): Promise<JsonAnswer<Lookup>> =>
  call('LookupDeveloperIdentity', { IdentityPoolId, ...input }, options)

/** The identity that a developer user belongs to; `undefined` if there is none. */
export async function identityOf(pool: string, DeveloperUserIdentifier: string): Promise<string | undefined> {
  const answer = await lookup(pool, { DeveloperUserIdentifier })
  return answer.status === 200 ? answer.body.IdentityId : undefined
}

/** The developer users of an identity; a test's identity has at most 60. */
export async function usersOf(pool: string, IdentityId: string): Promise<string[]> {
  return succeeded(await lookup(pool, { IdentityId })).DeveloperUserIdentifierList
}

export const merge = (IdentityPoolId: string, source: string, destination: string, more: object = {}) =>
  call<{ IdentityId: string }>('MergeDeveloperIdentities', {
    IdentityPoolId,
    DeveloperProviderName: DEVELOPER,
    SourceUserIdentifier: source,
    DestinationUserIdentifier: destination,
    ...more,
  })

export const unlinkDeveloper = (IdentityPoolId: string, IdentityId: string, user: string, more: object = {}) =>
  call('UnlinkDeveloperIdentity', {
    IdentityPoolId,
    IdentityId,
    DeveloperProviderName: DEVELOPER,
    DeveloperUserIdentifier: user,
    ...more,
  })

/** The state of a pool, with the developer users of each of its identities. */
export async function stateWithUsers(pool: string): Promise<object> {
  const state = (await stateOf(pool)) as { identities: { IdentityId: string }[] }
  const users = await Promise.all(state.identities.map(({ IdentityId }) => usersOf(pool, IdentityId)))
  return { ...state, users }
}
