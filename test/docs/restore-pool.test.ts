import { createExecutionContext, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import restoring, { IdentityPool } from '../../docs/examples/restore-pool.ts'

const TOKEN = 'a token of at least 32 characters'
const POOL = 'eu-west-1:5a1c0e2d-0000-4000-8000-000000000000'
const NO_RECOVERY = "This Durable Object's storage back-end does not implement point-in-time recovery."

interface Asked {
  token?: string
  query?: string
  method?: string
  /** What the object does for a restore; by default it answers a bookmark. */
  restore?: (to: number | string) => Promise<string>
}

/** Asks the Worker of the example, whose objects note what they are asked. */
async function ask({
  token = TOKEN,
  query = `pool=${POOL}&time=2026-11-20T08:00:00Z`,
  method = 'POST',
  restore,
}: Asked) {
  const calls: unknown[] = []
  const IDENTITY_POOL = {
    getByName: (name: string) => ({
      restore: async (to: number | string) => {
        calls.push([name, to])
        return restore ? restore(to) : 'undo-1'
      },
      restart: async () => {
        calls.push([name, 'restart'])
        throw new Error('The pool is restored.')
      },
    }),
  }
  const request = new Request(`https://id.example/restore-pool?${query}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  })
  const bindings = { ...env, IDENTITY_POOL, RESTORE_TOKEN: TOKEN } as never
  const response = await restoring.fetch(request as never, bindings, createExecutionContext())
  return { status: response.status, body: await response.text(), calls }
}

describe('the version that restores a pool', () => {
  it.each<[string, Asked, number | string]>([
    ['a time', {}, Date.parse('2026-11-20T08:00:00Z')],
    ['a bookmark', { query: `pool=${POOL}&bookmark=undo-0` }, 'undo-0'],
  ])('takes it back to %s, starts it anew, and tells how to undo that', async (_, asked, to) => {
    expect(await ask(asked)).toEqual({
      status: 200,
      body: 'Restored. The bookmark that undoes it: undo-1\n',
      calls: [
        ['5a1c0e2d', to],
        ['5a1c0e2d', 'restart'],
      ],
    })
  })

  it('takes one object of several back', async () => {
    const { calls, status } = await ask({ query: `pool=${POOL}&object=7&bookmark=undo-0` })
    expect([status, calls]).toEqual([
      200,
      [
        ['5a1c0e2d/7', 'undo-0'],
        ['5a1c0e2d/7', 'restart'],
      ],
    ])
  })

  it.each<[string, Asked, number]>([
    ['without the token', { token: '' }, 404],
    ['with another token', { token: `${TOKEN}!` }, 404],
    ['by GET', { method: 'GET' }, 404],
    ['without a pool', { query: 'time=2026-11-20T08:00:00Z' }, 400],
    ['with no number of an object', { query: `pool=${POOL}&bookmark=undo-0&object=x` }, 400],
    ['without a time', { query: `pool=${POOL}` }, 400],
  ])('asks no object %s', async (_, asked, status) => {
    expect(await ask(asked)).toMatchObject({ status, calls: [] })
  })

  it('starts nothing anew when the platform refuses', async () => {
    const restore = () => Promise.reject(new Error(NO_RECOVERY))
    const { body, calls, status } = await ask({ restore })
    expect([status, body, calls.length]).toEqual([500, `Nothing was restored: ${NO_RECOVERY}\n`, 1])
  })

  it('asks the storage of the platform, which has no recovery on a developer’s machine', async () => {
    const object = env.IDENTITY_POOL.getByName('5a1c0e2d')
    const refusal = await runInDurableObject(object, (_, ctx) => {
      const restore = IdentityPool.prototype.restore.bind({ ctx } as unknown as IdentityPool)
      return restore(Date.now() - 60_000).catch((error: Error) => error.message)
    })
    expect(refusal).toBe(NO_RECOVERY)
  })
})
