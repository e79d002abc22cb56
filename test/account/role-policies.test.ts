import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Account, Accounts } from '../../src/account/index.ts'
import {
  MAX_ATTACHED_POLICIES,
  MAX_INLINE_POLICY_CHARS,
  RECORDS_MAX_AGE_MS,
  RECORDS_MIN_AGE_MS,
} from '../../src/account/limits.ts'
import type { World } from '../../src/base/world.ts'
import { platformError, TroubledNamespace } from '../pools/troubled-namespace.ts'
import { dump, inside, newAccount, type RemoteAccount, remote, role, START } from './support.ts'

const user = role('User', '/app/')
const ARN = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

let account: string
let object: RemoteAccount

beforeEach(async () => {
  account = newAccount()
  object = remote(account)
  await object.createRole(user, 'op')
})

describe('the policies of a role', () => {
  it('are kept beside the role, whose record does not grow', async () => {
    const before = (await dump(account)).role
    expect(await object.putRolePolicy('User', 'p', '{ "a": 1 }')).toBe('done')
    expect(await object.attachRolePolicy('User', ARN)).toBe('done')
    await inside(account, () => {})
    await evictDurableObject(env.ACCOUNT.getByName(account))
    const after = await dump(account)
    expect(after.role).toEqual(before)
    expect(after.role_policy).toEqual([{ folded_role: 'user', name: 'p', size: 7, document: '{ "a": 1 }' }])
    expect(after.attached_policy).toEqual([{ folded_role: 'user', arn: ARN }])
    expect(await object.role('User')).toEqual(user)
    expect(await object.rolePolicy('User', 'p')).toEqual({ roleArn: user.arn, document: '{ "a": 1 }' })
    expect(await object.rolePolicyNames('User')).toEqual(['p'])
    expect(await object.attachedRolePolicies('User')).toEqual([ARN])
  })

  it('are told by the case of their names', async () => {
    await object.putRolePolicy('User', 'p', '1')
    expect(await object.rolePolicy('User', 'P')).toEqual({ roleArn: user.arn, document: undefined })
    expect(await object.deleteRolePolicy('User', 'P')).toBe('none')
    expect(await object.deleteRolePolicy('User', 'p')).toBe('done')
  })

  it('belong to no role in another case', async () => {
    await object.putRolePolicy('User', 'p', '1')
    await object.attachRolePolicy('User', ARN)
    const before = await dump(account)
    expect(await object.putRolePolicy('user', 'q', '1')).toBe('none')
    expect(await object.rolePolicy('user', 'p')).toBeUndefined()
    expect(await object.rolePolicyNames('user')).toBeUndefined()
    expect(await object.deleteRolePolicy('user', 'p')).toBe('no_role')
    expect(await object.attachRolePolicy('user', ARN)).toBe('none')
    expect(await object.attachedRolePolicies('user')).toBeUndefined()
    expect(await object.detachRolePolicy('user', ARN)).toBe('no_role')
    expect(await dump(account)).toEqual(before)
  })

  it('keep the role from being deleted, and do not come back with one of its name', async () => {
    await object.attachRolePolicy('User', ARN)
    await object.putRolePolicy('User', 'p', '1')
    expect(await object.deleteRole('User')).toBe('attached')
    await object.detachRolePolicy('User', ARN)
    expect(await object.deleteRole('User')).toBe('policies')
    await object.deleteRolePolicy('User', 'p')
    expect(await object.deleteRole('User')).toBe('done')
    expect(await object.createRole(role('USER'), 'op 2')).toBe('created')
    expect(await object.rolePolicyNames('USER')).toEqual([])
  })

  it('have bounds, and what exceeds them changes nothing', async () => {
    expect(await object.putRolePolicy('User', 'p', 'x'.repeat(MAX_INLINE_POLICY_CHARS - 1))).toBe('done')
    expect(await object.putRolePolicy('User', 'q', ' x\n\t\r ')).toBe('done')
    for (let n = 0; n < MAX_ATTACHED_POLICIES; n++) await object.attachRolePolicy('User', `${ARN}-${n}`)
    const before = await dump(account)
    expect(await object.putRolePolicy('User', 'q', 'xx')).toBe('limit')
    expect(await object.putRolePolicy('User', 'r', 'x')).toBe('limit')
    expect(await object.attachRolePolicy('User', ARN)).toBe('limit')
    expect(await object.attachRolePolicy('User', `${ARN}-0`)).toBe('done')
    expect(await dump(account)).toEqual(before)
    expect([MAX_INLINE_POLICY_CHARS, MAX_ATTACHED_POLICIES]).toEqual([10_240, 10])
  })
})

describe('an account from before roles had policies', () => {
  it('has its roles, and takes policies for them', async () => {
    await inside(account, (_, { sql }) => {
      for (const later of ['role_policy', 'attached_policy', 'erasure', 'erasure_mark', 'outbound_federation'])
        sql.exec(`DROP TABLE ${later}`)
      sql.exec('DELETE FROM migration WHERE number >= 2')
    })
    await evictDurableObject(env.ACCOUNT.getByName(account))
    expect(await object.role('User')).toEqual(user)
    expect(await object.rolePolicyNames('User')).toEqual([])
    expect(await object.attachedRolePolicies('User')).toEqual([])
    expect(await object.putRolePolicy('User', 'p', '1')).toBe('done')
    expect(await object.rolePolicy('User', 'p')).toEqual({ roleArn: user.arn, document: '1' })
  })
})

describe('an inline policy that an isolate knows', () => {
  let now: number
  let edge: TroubledNamespace<Account>
  let accounts: Accounts
  beforeEach(() => {
    now = START
    edge = new TroubledNamespace(env.ACCOUNT)
    accounts = new Accounts(edge.namespace, { now: () => now } as World)
  })

  it('is used for 30 seconds', async () => {
    await object.putRolePolicy('User', 'p', 'first')
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('first')
    await object.putRolePolicy('User', 'p', 'second')
    now += RECORDS_MAX_AGE_MS - 1
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('first')
    expect(edge.calls).toHaveLength(1)
    now += 1
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('second')
  })

  it('is asked for again at once after the isolate changed the account, and no sooner for a change of another', async () => {
    await object.putRolePolicy('User', 'p', 'first')
    await accounts.rolePolicy(account, user.arn, 'p')
    await object.putRolePolicy('User', 'p', 'second')
    accounts.forget(newAccount())
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('first')
    accounts.forget(account)
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('second')
  })

  it.each([
    'arn:aws:iam:::role/app/User',
    'arn:minio:iam:::role/app/User',
    'arn:aws:iam::RGW00000000000000001:role/app/User',
  ])('is that of the registered role which stands for one of a store: %s', async (arn) => {
    await object.putRolePolicy('User', 'p', 'policy')
    expect(await accounts.rolePolicy(account, arn, 'p')).toBe('policy')
  })

  it.each([
    'arn:aws:iam:::role/User',
    'arn:aws:iam:::role/other/User',
    'arn:aws:iam::RGW00000000000000001:role/User',
    'arn:aws:iam::999999999999:role/app/User',
    'arn:aws-cn:iam::999999999999:role/app/User',
    'User',
  ])('is none of a role with another path or account: %s', async (arn) => {
    await object.putRolePolicy('User', 'p', 'policy')
    expect(await accounts.rolePolicy(account, arn, 'p')).toBeUndefined()
  })

  it('is looked for again after a second if it was not there', async () => {
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBeUndefined()
    await object.putRolePolicy('User', 'p', 'late')
    now += RECORDS_MIN_AGE_MS - 1
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBeUndefined()
    now += 1
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('late')
  })

  it.each([
    ['under another path', 'arn:aws:iam::000000000000:role/User'],
    ['of another account', 'arn:aws:iam::111122223333:role/app/User'],
    ['in another case', 'arn:aws:iam::000000000000:role/app/user'],
  ])('is not found by the ARN of a role %s', async (_, arn) => {
    await object.putRolePolicy('User', 'p', 'x')
    expect(await accounts.rolePolicy(account, arn, 'p')).toBeUndefined()
    expect(await accounts.rolePolicy(account, user.arn, 'p')).toBe('x')
  })

  it.each([
    ['an inline policy', (o: RemoteAccount) => o.deleteRolePolicy('User', 'p')],
    ['a managed policy', (o: RemoteAccount) => o.detachRolePolicy('User', ARN)],
  ])('was deleted by the first of two calls that the platform made of one: %s', async (_, deletion) => {
    await object.putRolePolicy('User', 'p', 'x')
    await object.attachRolePolicy('User', ARN)
    edge.trouble({ after: platformError({ durableObjectReset: true }) })
    expect(await accounts.remove(account, (o) => deletion(o as RemoteAccount))).toBe('done')
    expect(await accounts.remove(account, (o) => deletion(o as RemoteAccount))).toBe('none')
  })
})
