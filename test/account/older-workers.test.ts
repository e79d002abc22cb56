import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Account, Accounts } from '../../src/account/index.ts'
import { newPoolId } from '../../src/base/ids.ts'
import { world } from '../pools/support.ts'
import { objectsOf, RELEASES } from '../support/older-builds.ts'
import { dump, newAccount, provider, type RemoteAccount, role } from './support.ts'

type Ask = (object: RemoteAccount) => Promise<unknown>

describe.each([...RELEASES])('the Worker of %s', (_, build) => {
  const older = () => {
    const accounts = new build.Accounts(env.ACCOUNT, world)
    const account = newAccount()
    return { account, accounts, ask: (question: Ask) => accounts.ask(account, question) }
  }

  it('finds every method of objects that it calls', () => {
    const own = Object.getOwnPropertyNames(Account.prototype)
    expect(Object.getOwnPropertyNames(build.Account.prototype).filter((method) => !own.includes(method))).toEqual([])
  })

  it('creates, renames, lists and deletes pools in a directory of today', async () => {
    const { account, ask } = older()
    const { region, text } = newPoolId('us-east-1', world)
    expect(await ask((a) => a.reservePool(text, region, 'shop'))).toBe('reserved')
    await ask((a) => a.poolIsOpen(text, 'shop'))
    await ask((a) => a.poolIsOpen(text, 'store'))
    // Workers of both releases go through `unsettled`.
    const page = { pools: [{ id: text, name: 'store' }], more: false, unsettled: [] }
    expect(await ask((a) => a.listPools(region, '', 10))).toEqual(page)
    await ask((a) => a.poolIsClosing(text))
    await ask((a) => a.poolIsGone(text))
    expect((await dump(account)).pool).toEqual([])
  })

  it('registers and reads providers and roles in an object of today', async () => {
    const { account, accounts, ask } = older()
    const [idp, app] = [provider('idp.example.com'), role('app')]
    expect(await ask((a) => a.createOidcProvider(idp, 'op'))).toBe('created')
    expect(await ask((a) => a.createRole(app, 'op'))).toBe('created')
    expect(await accounts.oidcProviders(account, [idp.arn])).toEqual([idp])
    expect(await accounts.role(account, app.arn)).toEqual(app)
    expect(await ask((a) => a.changeRole('app', { description: 'changed' }))).toBe('done')
    expect(await ask((a) => a.deleteRole('app'))).toBe('done')
  })
})

describe.each([...RELEASES.keys()])('while the object is of %s', (release) => {
  it('today’s Worker tells it nothing that it has no ear for, and says so of nothing else', async () => {
    const account = newAccount()
    const accounts = new Accounts(objectsOf(release).ACCOUNT, world)
    await accounts.ask(account, (a) => a.reservePool('us-east-1:a', 'us-east-1', 'shop'))
    await accounts.poolIsChanging(account, 'us-east-1:a')
    await accounts.tell(account, (directory) => directory.poolIsOpen('us-east-1:a', 'store'))
    const { pools } = await accounts.read(account, (a) => a.listPools('us-east-1', '', 10))
    expect(pools).toEqual([{ id: 'us-east-1:a', name: 'store' }])
  })
})
