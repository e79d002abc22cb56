import { runInDurableObject } from 'cloudflare:test'
import { type DurableObject, env } from 'cloudflare:workers'
import type { Account, OidcProvider, Role } from '../../src/account/index.ts'

/** Far in the future, so that nothing set by a frozen clock is due by the platform's own. */
export const START = Date.UTC(2100, 0, 1)

type Methods = Exclude<keyof Account, keyof DurableObject>

/** The object's methods as they look from outside. */
export type RemoteAccount = {
  [M in Methods]: (...args: Parameters<Account[M]>) => Promise<Awaited<ReturnType<Account[M]>>>
}

let accounts = 0

/** An account that no other test has. */
export function newAccount(): string {
  return String(++accounts).padStart(12, '0')
}

export function remote(account: string): RemoteAccount {
  return env.ACCOUNT.getByName(account) as unknown as RemoteAccount
}

export function inside<T>(account: string, work: (object: Account, storage: DurableObjectStorage) => T): Promise<T> {
  return runInDurableObject<Account, T>(env.ACCOUNT.getByName(account), (object, state) => work(object, state.storage))
}

/** Every row that the object keeps. */
export function dump(account: string): Promise<Record<string, unknown[]>> {
  return inside(account, (_, { sql }) => {
    const tables = sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_cf_%'")
      .toArray()
    return Object.fromEntries(tables.map(({ name }) => [name, sql.exec(`SELECT * FROM ${name}`).toArray()]))
  })
}

export function provider(host: string, clientIds: readonly string[] = ['client']): OidcProvider {
  return {
    arn: `arn:aws:iam::000000000000:oidc-provider/${host}`,
    url: `https://${host}`,
    clientIds,
    thumbprints: ['0000000000000000000000000000000000000000'],
    tags: [['team', 'web']],
    createdAt: START,
  }
}

export function role(name: string, path = '/'): Role {
  return {
    arn: `arn:aws:iam::000000000000:role${path}${name}`,
    name,
    path,
    id: `AROA${name.toUpperCase()}`,
    trustPolicy: '{"Version":"2012-10-17","Statement":[]}',
    description: 'of a test',
    maxSessionDuration: 3600,
    tags: [],
    createdAt: START,
  }
}
