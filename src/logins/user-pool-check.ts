import { AwsV4Signer } from 'aws4fetch'
import { issuerName } from '../base/issuer-name.ts'
import { isJsonObject } from '../base/json.ts'
import { outboundUrl } from '../base/outbound-url.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { userPoolEndpoint, userPoolOf } from './catalogue.ts'
import { askJson, type JsonAnswer } from './fetch-json.ts'
import { MAX_USER_POOL_ANSWER_BYTES, USER_ACTIVE_SECONDS } from './limits.ts'
import type { LoginRejected, VerifiedLogin } from './login.ts'
import { createShortMemory } from './short-memory.ts'

interface UserPool {
  region: string
  userPoolId: string
}

interface User {
  username: string
  /** The `sub` of the user's tokens. A user who was deleted and made anew under the same name has another. */
  subject: string
}

/**
 * Asks a user pool whether a user may still sign in. `gone`: the user is disabled or no longer there. `unavailable`: not
 * known. A global sign-out alone does not show: no operation tells of it without the user's access token.
 */
export type UserPoolCheck = (userPool: UserPool, user: User) => Promise<'active' | 'gone' | 'unavailable'>

export interface UserPoolCheckOptions {
  /** AWS keys that may call `cognito-idp:AdminGetUser` on the user pools. */
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  /** Asked instead of AWS; `{region}` in it becomes the user pool's region. */
  endpoint?: string
  /** Allows an `http` endpoint on a loopback host. */
  localMode?: boolean
  world: World
}

/** The check by AdminGetUser. That a user is active is remembered for a minute; nothing else is. */
export function createUserPoolCheck(options: UserPoolCheckOptions): UserPoolCheck {
  const { world } = options
  const active = createShortMemory<true>('activeUsers', world)
  return async (userPool, user) => {
    const name = JSON.stringify([userPool.region, userPool.userPoolId, user.username, user.subject])
    if (active.recall(name)) return 'active'
    const answer = await adminGetUser(userPool, user.username, options)
    const state: State = answer.ok
      ? stateOf(answer.value, user)
      : { failure: answer.error, misconfigured: answer.error === 'bad_url' }
    if (typeof state !== 'string') {
      const level = state.misconfigured ? 'error' : 'warn'
      world.log[level]('user_pool_check_failed', { userPool: userPool.userPoolId, detail: state.failure })
      return 'unavailable'
    }
    if (state === 'active') active.remember(name, true, USER_ACTIVE_SECONDS)
    return state
  }
}

/** The login, unless its user pool does not vouch for the user. */
export async function checkedAtUserPool(
  login: VerifiedLogin,
  check: UserPoolCheck,
): Promise<Result<VerifiedLogin, LoginRejected>> {
  const { claims, provider, subject } = login
  // Where a replica signed the user in, the replica is asked: the user pool's own region may be what is down.
  const userPool = typeof claims.iss === 'string' ? userPoolOf(issuerName(claims.iss)) : undefined
  const name = claims['cognito:username']
  const username = typeof name === 'string' && name !== '' ? name : subject
  const state = userPool ? await check(userPool, { username, subject }) : 'unavailable'
  switch (state) {
    case 'active':
      return ok(login)
    case 'gone':
      return err({ reason: 'signed_out_or_deleted' })
    case 'unavailable':
      return err({ reason: 'provider_unreachable', provider, detail: 'server_side_check' })
  }
}

async function adminGetUser(
  { region, userPoolId }: UserPool,
  username: string,
  { endpoint, localMode, world, ...keys }: UserPoolCheckOptions,
): Promise<Result<JsonAnswer, string>> {
  const url = outboundUrl((endpoint ?? userPoolEndpoint(region)).replaceAll('{region}', region), localMode ?? false)
  if (!url) return err('bad_url')
  const { headers, body } = await new AwsV4Signer({
    ...keys,
    method: 'POST',
    url: url.href,
    service: 'cognito-idp',
    region,
    datetime: amzDate(world.now()),
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.AdminGetUser',
    },
    body: JSON.stringify({ UserPoolId: userPoolId, Username: username }),
  }).sign()
  return askJson(world, url, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: String(body),
    maxBytes: MAX_USER_POOL_ANSWER_BYTES,
  })
}

function amzDate(now: number): string {
  return new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '')
}

type State = 'active' | 'gone' | { failure: string; misconfigured?: boolean }

function stateOf({ status, json }: JsonAnswer, { subject }: User): State {
  const answer = isJsonObject(json) ? json : {}
  if (status !== 200) return failureOf(status, errorCode(answer.__type))
  const { Enabled: enabled, UserAttributes: attributes } = answer
  const sub = Array.isArray(attributes)
    ? attributes.filter(isJsonObject).find(({ Name }) => Name === 'sub')?.Value
    : undefined
  if (typeof enabled !== 'boolean' || typeof sub !== 'string') return { failure: 'bad_answer' }
  return enabled && sub === subject ? 'active' : 'gone'
}

const BUSY = [
  'TooManyRequestsException',
  'ThrottlingException',
  'InternalErrorException',
  'ServiceUnavailableException',
]

/** Anything but a missing user or a busy service means that this deployment's keys or settings are not right. */
function failureOf(status: number, code: string): State {
  if (code === 'UserNotFoundException') return 'gone'
  return { failure: code, misconfigured: status < 500 && status !== 429 && !BUSY.includes(code) }
}

/** AWS may put a namespace before an error's name. */
function errorCode(type: unknown): string {
  const [name] = typeof type === 'string' ? (/\w{1,64}$/.exec(type) ?? []) : []
  return name ?? 'status'
}
