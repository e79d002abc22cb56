// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { call, expectFault } from '../../support/client.ts'
import { deploy, type Serve } from '../../support/deployment.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { expectMisconfigured, poolWith, role, USER, type VendedAnswer } from '../support/credentials.ts'
import { createDeveloperPool, signIn } from '../support/developers.ts'
import { getId, stateOf, succeeded } from '../support/pools.ts'
import { OIDC, OIDC_ARN, type Providers, startProviders } from '../support/providers.ts'
import { RemoteSts, STORE } from '../support/remote-sts.ts'
import { simulated } from '../support/simulations.ts'

const INVALID = 'The attributes for access control of this user are not valid session tags.'
const MISCONFIGURED = 'Invalid identity pool configuration. Check assigned IAM roles for this pool.'

let idp: Providers
let sts: RemoteSts
let log: CapturedLog
const serves: Record<string, Serve> = {}
let pool: string
beforeAll(async () => {
  idp = await startProviders()
  sts = new RemoteSts(idp.network)
  const [store, aws, embedded] = await Promise.all([
    deploy({ STS_ENDPOINT: STORE }),
    deploy({ STS_ENDPOINT: 'aws' }),
    deploy({ STS_ENDPOINT: 'embedded' }),
  ])
  Object.assign(serves, { store, aws, embedded })
  pool = await poolWith({ Roles: { authenticated: USER } })
  const map = { IdentityProviderName: OIDC_ARN, PrincipalTags: { team: 'nickname' } }
  succeeded(await call('SetPrincipalTagAttributeMap', { IdentityPoolId: pool, ...map }))
})
beforeEach(() => {
  sts.reset()
  log = captureLog()
})
afterEach(() => log.restore())

const login = async (nickname: string) => ({ [OIDC]: await idp.token(OIDC, 'ann', { nickname }) })
const at = (name: string) => ({ serve: serves[name] as Serve })
const decision = () => log.records()[0]?.additionalEventData

const REFUSED: [string, string, string][] = [
  ['embedded', '*', 'value'],
  ['aws', '*', 'value'],
  ['aws', 'v'.repeat(257), 'value'],
  ['store', '*', 'value'],
  ['store', '${aws:PrincipalTag/admin}', 'value'],
  ['store', 'a\0b', 'value'],
  ['store', '../bob', 'value_in_path'],
  ['store', '', 'value_in_path'],
]

describe('A claim that its user edits, mapped to a tag', () => {
  it.each(REFUSED)(
    'gives no credentials and links nothing where it is no plain text: %s, %j',
    async (name, nickname, why) => {
      const guest = await getId(pool)
      const before = await stateOf(pool)
      log.restore()
      log = captureLog()
      const input = { IdentityId: guest, Logins: await login(nickname) }
      expectMisconfigured(await call<VendedAnswer>('GetCredentialsForIdentity', input, at(name)))
      expect(decision()).toMatchObject({ reason: 'invalid_tags', why, tag: 'team', role: USER })
      expect(sts.sent).toEqual([])
      expect(await stateOf(pool)).toEqual(before)
    },
  )

  it.each(REFUSED)('gives no token for an STS, either: %s, %j', async (name, nickname, why) => {
    const guest = await getId(pool)
    const before = await stateOf(pool)
    log.restore()
    log = captureLog()
    const answer = await call('GetOpenIdToken', { IdentityId: guest, Logins: await login(nickname) }, at(name))
    expectFault(answer, 'InvalidParameterException', INVALID)
    expect(decision()).toMatchObject({ reason: 'invalid_tags', why, tag: 'team' })
    expect(await stateOf(pool)).toEqual(before)
  })

  it.each(['aws', 'embedded'])('may name a path where no store reads it: %s', async (name) => {
    const Logins = await login('../bob')
    const answer = await call('GetOpenIdToken', { IdentityId: await getId(pool, Logins), Logins }, at(name))
    expect(answer.status).toBe(200)
  })

  it('is told of by a simulation, before a remote STS would be asked', async () => {
    const { Role, Answer } = await simulated(pool, { Logins: await login('a*') }, at('store'))
    expect(Role).toEqual({ RoleArn: USER, Reason: 'invalid_tags', Why: 'value', Tag: 'team' })
    expect(Answer).toEqual({ Code: 'InvalidIdentityPoolConfigurationException', Message: MISCONFIGURED })
  })

  it('is judged again in a token of ours that is handed back, whatever made the token', async () => {
    const developers = await createDeveloperPool()
    succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: developers, Roles: { authenticated: USER } }))
    const { IdentityId, Token } = await signIn(developers, 'ann', { PrincipalTags: { team: '../bob' } })
    log.restore()
    log = captureLog()
    const input = { IdentityId, Logins: { 'cognito-identity.amazonaws.com': Token } }
    expectMisconfigured(await call<VendedAnswer>('GetCredentialsForIdentity', input, at('store')))
    expect(decision()).toMatchObject({ reason: 'invalid_tags', why: 'value_in_path', tag: 'team' })
    expect(sts.sent).toEqual([])
  })

  it('is judged by the path of its grant where R2 takes it', async () => {
    const Logins = await login('')
    const IdentityId = await getId(pool, Logins)
    const grant = 'arn:aws:r2::000000000000:grant/photos/object-read-only/${sub}/'
    succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: grant } }))
    log.restore()
    log = captureLog()
    await call('GetCredentialsForIdentity', { IdentityId, Logins }, at('store'))
    expect(decision()).toMatchObject({ broker: 'r2' })
    succeeded(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: role('app-user') } }))
  })
})
