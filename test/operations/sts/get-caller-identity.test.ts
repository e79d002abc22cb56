import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN, OTHER_ACCOUNT, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { call, expectFault, expectXmlFault, LOCAL_KEY, query, type SigningKey } from '../../support/client.ts'
import { callerOf, signingKeyOf, type Vended } from '../support/callers.ts'
import { createPool, getId, stateOf, succeeded } from '../support/pools.ts'

const SESSION_ARN = 'arn:aws:sts::000000000000:assumed-role/app-guest/CognitoIdentityCredentials'

/** AWS ends the sentence with a period where the key is unknown, and without where the session token is. */
const UNKNOWN = ({ sessionToken }: SigningKey) =>
  `The security token included in the request is invalid${sessionToken === undefined ? '.' : ''}`

const whoAmI = (signed: boolean | SigningKey, options = {}) =>
  query('sts', { Action: 'GetCallerIdentity' }, { signed, ...options })

describe('GetCallerIdentity', () => {
  it.each([
    ['local mode', LOCAL_KEY, '000000000000', 'arn:aws:iam::000000000000:user/test'],
    ['the operator, whatever its policy', LIMITED_KEY, '000000000000', LIMITED_USER_ARN],
    ['another account', OTHER_ACCOUNT_KEY, OTHER_ACCOUNT, `arn:aws:iam::${OTHER_ACCOUNT}:user/other`],
  ])('answers the user of a key of %s', async (_whose, key, Account, Arn) => {
    expect(await callerOf(key)).toEqual({ UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/), Account, Arn })
  })

  it('answers one user id for one user at every call, and others for others', async () => {
    const { UserId } = await callerOf(LOCAL_KEY)
    expect((await callerOf(LOCAL_KEY)).UserId).toBe(UserId)
    expect((await callerOf(LIMITED_KEY)).UserId).not.toBe(UserId)
  })

  it('takes a signature for any region', async () => {
    for (const region of ['eu-west-1', 'us-gov-west-1', 'local'])
      expect((await whoAmI(LOCAL_KEY, { region })).status).toBe(200)
  })

  it('needs a signature', async () => {
    expectXmlFault(await whoAmI(false), 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }],
    ['a key of the name of JavaScript', { accessKeyId: 'constructor', secretAccessKey: 'x' }],
    ['a key of local mode with a session token that is none', { ...LOCAL_KEY, sessionToken: 'made-up' }],
  ])('refuses %s', async (_what, key) => {
    expectXmlFault(await whoAmI(key), 403, 'InvalidClientTokenId', UNKNOWN(key))
  })

  it('refuses a wrong secret', async () => {
    const answer = await whoAmI({ ...LOCAL_KEY, secretAccessKey: 'wrong' })
    expect(answer.status).toBe(403)
    expect(answer.parsed.ErrorResponse.Error.Code).toBe('SignatureDoesNotMatch')
  })
})

describe('Vended credentials', () => {
  let pool: string
  let guest: string
  let key: SigningKey
  beforeAll(async () => {
    pool = await createPool()
    const Roles = { unauthenticated: 'arn:aws:iam::000000000000:role/app-guest' }
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles })
    guest = await getId(pool)
    const answer = await call<{ Credentials: Vended }>('GetCredentialsForIdentity', { IdentityId: guest })
    key = signingKeyOf(succeeded(answer).Credentials)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('tell the session that they are for', async () => {
    expect(await callerOf(key)).toEqual({
      UserId: expect.stringMatching(/^AROA[A-Z2-7]{17}:CognitoIdentityCredentials$/),
      Account: '000000000000',
      Arn: SESSION_ARN,
    })
  })

  it.each<[operation: string, input: () => object, resource: () => string]>([
    [
      'ListIdentityPools',
      () => ({ MaxResults: 1 }),
      () => 'arn:aws:cognito-identity:us-east-1:000000000000:identitypool/',
    ],
    [
      'DescribeIdentityPool',
      () => ({ IdentityPoolId: pool }),
      () => `arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${pool}`,
    ],
    ['DescribeIdentity', () => ({ IdentityId: guest }), () => '*'],
    ['DeleteIdentities', () => ({ IdentityIdsToDelete: [guest] }), () => '*'],
    ['SetIdentityPoolRoles', () => ({ IdentityPoolId: pool, Roles: {} }), () => '*'],
  ])('are good for nothing else: %s', async (operation, input, resource) => {
    const before = await stateOf(pool)
    const action = `cognito-identity:${operation}`
    const message =
      `User: ${SESSION_ARN} is not authorized to perform: ${action} on resource: ${resource()} ` +
      `because no identity-based policy allows the ${action} action`
    expectFault(await call(operation, input(), { signed: key }), 'AccessDeniedException', message)
    expect(await stateOf(pool)).toEqual(before)
  })

  it('are good for nothing at IAM', async () => {
    const answer = await query('iam', { Action: 'ListRoles' }, { signed: key })
    const resource = 'arn:aws:iam::000000000000:role/*'
    const message =
      `User: ${SESSION_ARN} is not authorized to perform: iam:ListRoles on resource: ${resource} ` +
      'because no identity-based policy allows the iam:ListRoles action'
    expectXmlFault(answer, 403, 'AccessDenied', message)
  })

  it('are good only together: key, secret and session token', async () => {
    const { accessKeyId, secretAccessKey } = key
    for (const wrong of [
      { accessKeyId, secretAccessKey },
      { ...key, accessKeyId: 'test' },
    ])
      expectXmlFault(await whoAmI(wrong), 403, 'InvalidClientTokenId', UNKNOWN(wrong))
    const other = await whoAmI({ ...key, secretAccessKey: 'x'.repeat(40) })
    expect(other.parsed.ErrorResponse.Error.Code).toBe('SignatureDoesNotMatch')
  })

  it('expire', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3601 * 1000 })
    const answer = await whoAmI(key)
    expectXmlFault(answer, 403, 'ExpiredToken', 'The security token included in the request is expired')
    const json = await call('ListIdentityPools', { MaxResults: 1 }, { signed: key })
    expectFault(json, 'ExpiredTokenException', 'The security token included in the request is expired')
  })
})
