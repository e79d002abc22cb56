// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policies write variables this way
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
  InvalidIdentityPoolConfigurationException,
  SetPrincipalTagAttributeMapCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cognito-identity'
import { CreateRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { faultOf } from '../../conformance/support/answers.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../conformance/support/service.ts'
import type { Check } from './access-checks.ts'
import { anotherPool, type CephPool, decisionOn, get, list, put, remove } from './ceph-pool.ts'
import { type CephStore, trustOf } from './ceph-store.ts'
import { assumeAtStore } from './clients.ts'
import { jsonOnPage } from './page-blocks.ts'
import { type Bed, OBJECT } from './store-bed.ts'
import { BUCKET, ROLE_POLICIES } from './store-target.ts'

const DENIED = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }

/** The policy of the page for users who see only their own. */
const OWN = () => JSON.parse(jsonOnPage('ceph.md', 's3:RequestObjectTag'))

const policyOf = (Action: string[], Resource: string, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
})

/** What docs/connect/ceph.md says of roles, policies and tags. */
export const cephRoleChecks = (store: () => CephStore): Readonly<Record<string, Check>> => ({
  'users see only their own objects by the policy of the page': async (bed) => {
    const own = await poolOfOwners(bed, store(), 'Owners')
    const [ada, bob] = [await own.s3('ada'), await own.s3('bob')]
    await put(ada, 'ada/a.txt', 'owner=ada')
    await put(bob, 'bob/b.txt', 'owner=bob')
    expect(await get(ada, 'ada/a.txt')).toBe('of ada/a.txt')
    expect(await list(ada, 'ada')).toEqual(['ada/a.txt'])
    await expectDenied([
      get(ada, 'bob/b.txt'),
      get(ada, OBJECT.Key),
      remove(ada, 'bob/b.txt'),
      list(ada, 'bob'),
      list(ada, 'ada/'),
      list(ada),
      put(ada, 'ada/c.txt'),
      put(ada, 'ada/c.txt', 'owner=bob'),
    ])
    await remove(ada, 'ada/a.txt')
    expect(await list(ada, 'ada')).toEqual([])
  },

  'that policy has the limits of the page: overwriting, prefixes, guests': async (bed) => {
    const own = await poolOfOwners(bed, store(), 'LimitedOwners')
    await own.give({
      Users: 'arn:aws:iam:::role/LimitedOwners',
      Guests: await own.role({ name: 'GuestsOfOwners', of: 'Guests', policy: OWN() }),
    })
    const [ada, bob, bobby, guest] = [await own.s3('ada'), await own.s3('bob'), await own.s3('bobby'), await own.s3()]
    await put(bobby, 'bobby/b.txt', 'owner=bobby')
    expect(await list(bob, 'bob')).toContain('bobby/b.txt')
    await put(ada, 'bobby/b.txt', 'owner=ada')
    expect(await get(ada, 'bobby/b.txt')).toBe('of bobby/b.txt')
    expect(await faultOf(get(bobby, 'bobby/b.txt'))).toMatchObject(DENIED)
    await expectDenied([
      put(guest, 'g.txt', 'owner='),
      put(guest, 'g.txt', 'owner=ada'),
      get(guest, 'bobby/b.txt'),
      list(guest),
    ])
  },

  'a variable in a resource, or as a part of a value, is refused with the policy': async (bed) => {
    const own = await anotherPool(bed, store())
    const variable = '${aws:PrincipalTag/username}'
    const inResource = policyOf(['s3:GetObject'], `arn:aws:s3:::${BUCKET}/${variable}/*`)
    const partOfValue = policyOf(['s3:ListBucket'], `arn:aws:s3:::${BUCKET}`, {
      Condition: { StringLike: { 's3:prefix': `${variable}/*` } },
    })
    for (const [index, policy] of [inResource, partOfValue].entries()) {
      const refused = await faultOf(own.role({ name: `Variables${index}`, of: 'Users', policy }))
      expect(refused).toMatchObject({ name: 'MalformedPolicyDocumentException' })
    }
  },

  'only users with tags need sts:TagSession': async (bed) => {
    const own = await anotherPool(bed, store())
    const change = (trust: { Statement: [{ Action: string[] }] }) => {
      trust.Statement[0].Action = ['sts:AssumeRoleWithWebIdentity']
    }
    await own.give({ Users: await own.role({ name: 'Untagged', of: 'Users', policy: ROLE_POLICIES.Users, change }) })
    expect(await list(await own.s3('ada'))).toContain(OBJECT.Key)
    await mapTags(bed, own)
    await expectRefused(bed, own.credentials('ada'), 'AccessDenied')
  },

  'a guest may assume the role of users where its trust policy does not ask for amr': async (bed) => {
    const own = await anotherPool(bed, store())
    const amr = `${new URL(store().issuer).host}:amr`
    const open = await own.role({
      name: 'Open',
      of: 'Users',
      policy: ROLE_POLICIES.Users,
      change: ({ Statement: [{ Condition }] }) => delete Condition.StringEquals[amr],
    })
    const closed = await own.role({ name: 'Closed', of: 'Users', policy: ROLE_POLICIES.Users })
    const { IdentityId } = await bed.app.send(new GetIdCommand({ IdentityPoolId: own.pool }))
    const { Token = '' } = await bed.app.send(new GetOpenIdTokenCommand({ IdentityId }))
    expect(await assumeAtStore(bed.storeUrl, open, Token)).toHaveProperty('SessionToken')
    expect(await faultOf(assumeAtStore(bed.storeUrl, closed, Token))).toMatchObject({ name: 'AccessDenied' })
  },

  'a session longer than the role allows is refused, and one within its maximum is given': async (bed) => {
    const own = await anotherPool(bed, store())
    const role = { of: 'Users', policy: ROLE_POLICIES.Users } as const
    const hour = await own.role({ ...role, name: 'Hour' })
    const day = await own.role({ ...role, name: 'HalfADay', settings: { MaxSessionDuration: 43_200 } })
    const Tags = { 'edge-identity:session-seconds': '43200' }
    await bed.operator.send(new TagResourceCommand({ ResourceArn: own.arn, Tags }))
    await own.give({ Users: hour })
    await expectRefused(bed, own.credentials('ada'), 'InvalidArgument')
    await own.give({ Users: day })
    const ends = (await own.credentials('ada')).Expiration?.getTime() ?? 0
    expect(ends / 1000 - Date.now() / 1000).toBeGreaterThan(42_000)
  },

  'guests are narrowed to S3, and users are not': async (bed) => {
    const own = await anotherPool(bed, store())
    const policy = policyOf(['s3:*', 'iam:*'], '*')
    const Users = await own.role({ name: 'WideUsers', of: 'Users', policy })
    await own.give({ Users, Guests: await own.role({ name: 'WideGuests', of: 'Guests', policy }) })
    const rolesFor = async (user?: string) => {
      const iam = new IAMClient({ region: LOCAL_REGION, endpoint: bed.storeUrl, credentials: await own.provider(user) })
      return iam.send(new ListRolesCommand({}))
    }
    expect((await rolesFor('ada')).Roles?.map(({ RoleName }) => RoleName)).toContain('WideUsers')
    expect(await faultOf(rolesFor())).toMatchObject(DENIED)
    for (const s3 of [await own.s3('ada'), await own.s3()]) expect(await list(s3)).toContain(OBJECT.Key)
  },

  'a pool that names a policy of guests that is not registered here gives nothing': async (bed) => {
    const own = await anotherPool(bed, store())
    await own.give({ Guests: await own.role({ name: 'Unregistered', of: 'Guests', policy: ROLE_POLICIES.Guests }) })
    const Tags = { 'edge-identity:guest-policy': 'guests' }
    await bed.operator.send(new TagResourceCommand({ ResourceArn: own.arn, Tags }))
    const refused = await faultOf(own.credentials())
    expect(refused).toBeInstanceOf(InvalidIdentityPoolConfigurationException)
    expect(await decisionOn(refused, bed)).toMatchObject({ reason: 'guest_policy_missing' })
  },

  'the trust policy for Ceph is refused for the record of the role here, which asks for aud': async (bed) => {
    const { issuer, provider } = store()
    const trust = trustOf({ issuer, provider, pool: bed.pool, amr: 'unauthenticated' })
    const record = { RoleName: 'ByAppId', AssumeRolePolicyDocument: JSON.stringify(trust) }
    const refused = await faultOf(bed.iam.send(new CreateRoleCommand(record)))
    expect(refused).toMatchObject({
      name: 'MalformedPolicyDocumentException',
      message: expect.stringContaining('the key :aud with the id of each pool'),
    })
  },

  'each identity leaves a user at the gateway, which can be removed': async (bed) => {
    const { IdentityId = '' } = await bed.app.send(new GetIdCommand({ IdentityPoolId: bed.pool }))
    await bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId }))
    const { admin } = store().cluster
    const user = `$oidc$${IdentityId}`
    expect(await admin('user', 'list')).toContain(user)
    await admin('user', 'rm', '--uid', user)
    expect(await admin('user', 'list')).not.toContain(user)
    expect(await bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId }))).toHaveProperty('Credentials')
  },
})

/** A pool whose users have tags, and the role of the page for users who see only their own. */
async function poolOfOwners(bed: Bed, store: CephStore, name: string): Promise<CephPool> {
  const own = await anotherPool(bed, store)
  await mapTags(bed, own)
  await own.give({ Users: await own.role({ name, of: 'Users', policy: OWN() }) })
  return own
}

/** The default map makes the tag `username` of `sub`. */
async function mapTags(bed: Bed, { pool }: CephPool): Promise<void> {
  const [name = ''] = Object.keys(await bed.loginOf('ada'))
  const IdentityProviderName = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${name}`
  const map = { IdentityPoolId: pool, IdentityProviderName, UseDefaults: true }
  await bed.operator.send(new SetPrincipalTagAttributeMapCommand(map))
}

async function expectDenied(calls: readonly Promise<unknown>[]): Promise<void> {
  for (const refused of await Promise.all(calls.map(faultOf))) expect(refused).toMatchObject(DENIED)
}

async function expectRefused(bed: Bed, call: Promise<unknown>, code: string): Promise<void> {
  const refused = await faultOf(call)
  expect(refused).toBeInstanceOf(InvalidIdentityPoolConfigurationException)
  expect(await decisionOn(refused, bed)).toMatchObject({ reason: 'sts_refused', code })
}
