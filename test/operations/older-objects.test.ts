import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CallOptions, call, expectFault, expectXmlFault, LOCAL_ACCOUNT, query } from '../support/client.ts'
import { deploy } from '../support/deployment.ts'
import { objectsOf, RELEASES } from '../support/older-builds.ts'
import { type CapturedLog, captureLog } from './support/audit.ts'
import { createPool, type ListedIdentities, type ListedPools, succeeded, succeededEmpty } from './support/pools.ts'
import { CLIENT, GOOGLE, type Providers, startProviders } from './support/providers.ts'
import { simulate } from './support/simulations.ts'

const UPDATING = 'The service is being updated. Try again in a minute.'
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`

let idp: Providers
beforeAll(async () => {
  idp = await startProviders()
})

/** What was logged, for tests that expect it; the fake network stays. */
let log: CapturedLog
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.restore())

const loggedOf = (event: string) =>
  log
    .lines()
    .map((line) => JSON.parse(line))
    .filter((record) => record.event === event)

/** Today's Worker, whose objects are all still of an older release. */
const workerBefore = async (release: string): Promise<CallOptions> => ({ serve: await deploy(objectsOf(release)) })

describe.each([...RELEASES.keys()])('while the objects are of %s', (release) => {
  it('pools are made, used, changed, listed and deleted', async () => {
    const here = { ...(await workerBefore(release)), region: 'eu-central-1' }
    const IdentityPoolId = await createPool({ IdentityPoolName: 'before' }, here)
    const Roles = { authenticated: ROLE, unauthenticated: ROLE }
    succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId, Roles }, here))
    const guest = succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId }, here))
    succeeded(await call('GetOpenIdToken', guest, here))
    const after = { IdentityPoolId, IdentityPoolName: 'after', AllowUnauthenticatedIdentities: true }
    expect(succeeded(await call('UpdateIdentityPool', after, here))).toEqual(after)
    succeeded(await call('GetOpenIdToken', guest, here))
    const listed = succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, here))
    expect(listed.IdentityPools).toEqual([{ IdentityPoolId, IdentityPoolName: 'after' }])
    succeededEmpty(await call('DeleteIdentityPool', { IdentityPoolId }, here))
    expect(succeeded(await call<ListedPools>('ListIdentityPools', { MaxResults: 60 }, here)).IdentityPools).toEqual([])
    expectFault(
      await call('DeleteIdentityPool', { IdentityPoolId }, here),
      'ResourceNotFoundException',
      `IdentityPool '${IdentityPoolId}' not found.`,
    )
  })

  it('what they would misunderstand is not asked: a simulation links nothing, and may be tried again', async () => {
    const here = await workerBefore(release)
    const SupportedLoginProviders = { [GOOGLE]: CLIENT[GOOGLE] }
    const pool = await createPool({ SupportedLoginProviders }, here)
    const { IdentityId } = succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId: pool }, here))
    const identities = async () =>
      succeeded(await call<ListedIdentities>('ListIdentities', { IdentityPoolId: pool, MaxResults: 60 }, here))
    const before = await identities()
    const Logins = { [GOOGLE]: await idp.token(GOOGLE, 'ann') }
    const answer = await simulate(pool, { IdentityId, Logins }, here)
    expectFault(answer, 'InternalErrorException', UPDATING)
    expect(await identities()).toEqual(before)
    expect(loggedOf('object_of_other_version')).toEqual([expect.objectContaining({ level: 'warn', reason: 'older' })])
  })
})

describe.each([...RELEASES.keys()])('a change for one version of a pool, while the objects are of %s', (release) => {
  it('is not made, and may be tried again', async () => {
    const before = await workerBefore(release)
    const IdentityPoolId = await createPool({ IdentityPoolName: 'before' }, before)
    const here = { ...before, service: 'edge-identity' as const }
    const { Version } = succeeded(await call<{ Version: number }>('GetPoolSettings', { IdentityPoolId }, here))
    const input = { IdentityPoolId, IfVersion: Version, IdentityPoolName: 'after' }
    expectFault(await call('SetPoolSettings', input, here), 'InternalErrorException', UPDATING)
    expect(succeeded(await call('GetPoolSettings', { IdentityPoolId }, here))).toMatchObject({
      IdentityPoolName: 'before',
      Version,
    })
  })
})

describe.each([...RELEASES.keys()])('the directory, while the objects are of %s', (release) => {
  it('cannot be asked, and may be again later', async () => {
    const before = await workerBefore(release)
    const IdentityPoolId = await createPool({ SupportedLoginProviders: { [GOOGLE]: CLIENT[GOOGLE] } }, before)
    const { IdentityId } = succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId }, before))
    for (const [operation, input] of [
      ['FindIdentity', { Provider: GOOGLE, Subject: 'ann' }],
      ['GetIdentityDetail', { IdentityId }],
      ['ListIdentityDetails', { MaxResults: 1 }],
      ['LinkLogin', { IdentityId, Provider: GOOGLE, Subject: 'ann' }],
      ['LinkLogin', { IdentityId, Provider: GOOGLE, Subject: 'ann', DryRun: true }],
      ['UnlinkLogin', { IdentityId, Provider: GOOGLE, Subject: 'ann' }],
      ['MergeIdentities', { SourceIdentityId: IdentityId, DestinationIdentityId: IdentityId }],
    ] as const) {
      const answer = await call(operation, { IdentityPoolId, ...input }, { ...before, service: 'edge-identity' })
      expectFault(answer, 'InternalErrorException', UPDATING)
    }
  })
})

describe('while the objects are of 0.1.0', () => {
  it('operations that came later may be tried again', async () => {
    const here = await workerBefore('0.1.0')
    const policy = { RoleName: 'app', PolicyName: 'p', PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' }
    const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
    const answer = await query('iam', { Action: 'PutRolePolicy', ...policy, PolicyDocument }, here)
    expectXmlFault(answer, 500, 'InternalFailure', UPDATING)
  })
})

describe.each([...RELEASES.keys()])('while the objects are of %s', (release) => {
  it('nobody is blocked, which operators are told, and users are served', async () => {
    const here = await workerBefore(release)
    const IdentityPoolId = await createPool({}, here)
    const guest = succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId }, here))
    for (const name of ['BlockIdentity', 'UnblockIdentity', 'RevokeSessions']) {
      const answer = await call(name, { IdentityPoolId, ...guest }, { service: 'edge-identity', ...here })
      expectFault(answer, 'InternalErrorException', UPDATING)
    }
    succeeded(await call('GetOpenIdToken', guest, here))
  })
})

describe('an object whose tables are of a later release', () => {
  it('answers what SDKs try again, and tells the operator which', async () => {
    const later = {
      getByName: () => ({
        readByRegion: () =>
          Promise.reject(new Error('The tables of this object are of a later version of the service: migration 2.')),
      }),
    }
    const serve = await deploy({ IDENTITY_POOL: later, ACCOUNT: env.ACCOUNT })
    const pool = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'
    expectFault(await call('GetId', { IdentityPoolId: pool }, { serve }), 'InternalErrorException', UPDATING)
    expect(loggedOf('object_of_other_version')).toEqual([
      expect.objectContaining({ level: 'error', reason: 'newer_tables' }),
    ])
  })
})

describe.each([...RELEASES.keys()])('erasing, while the objects are of %s', (release) => {
  it('cannot be done, and may be tried again', async () => {
    const before = await workerBefore(release)
    const IdentityPoolId = await createPool({}, before)
    const guest = succeeded(await call<{ IdentityId: string }>('GetId', { IdentityPoolId }, before))
    const here = { ...before, service: 'edge-identity' as const }
    for (const DryRun of [false, true])
      expectFault(
        await call('EraseUser', { IdentityPoolId, ...guest, DryRun }, here),
        'InternalErrorException',
        UPDATING,
      )
    succeeded(await call('GetOpenIdToken', guest, before))
  })
})
