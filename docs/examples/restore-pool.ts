// A version of the service that can also take one pool back to an earlier time, by the point-in-time recovery of Durable
// Objects. For one short deployment: docs/operating.md, "Restoring a pool". It needs a secret RESTORE_TOKEN besides the others.
import worker, { Account, KeyRing, IdentityPool as Pool } from '../../src/worker.ts'

export { Account, KeyRing }

const MIN_TOKEN_LENGTH = 32

interface RestoreEnv extends Env {
  RESTORE_TOKEN?: string
  IDENTITY_POOL: DurableObjectNamespace<IdentityPool>
}

export class IdentityPool extends Pool {
  /**
   * Goes back to a time (epoch milliseconds, at most 30 days ago) or a bookmark when the object starts next. Answers the
   * bookmark that undoes it.
   */
  async restore(to: number | string): Promise<string> {
    const { storage } = this.ctx
    const bookmark = typeof to === 'number' ? await storage.getBookmarkForTime(to) : to
    return storage.onNextSessionRestoreBookmark(bookmark)
  }

  /** Ends this run of the object, so that the next call starts it anew. The caller gets an error. */
  restart(): void {
    this.ctx.abort('The pool is restored.')
  }
}

export default {
  async fetch(request, env, context) {
    const url = new URL(request.url)
    if (url.pathname !== '/restore-pool') return worker.fetch(request, env, context)
    if (request.method !== 'POST' || !(await isOperator(request, env))) return text('Not found.', 404)
    const [, tag] = /^[\w-]+:([0-9a-f]{8})-/.exec(url.searchParams.get('pool') ?? '') ?? []
    const to = url.searchParams.get('bookmark') ?? Date.parse(url.searchParams.get('time') ?? '')
    const number = url.searchParams.get('object') ?? '0'
    if (!tag || Number.isNaN(to) || !/^\d{1,3}$/.test(number))
      return text('Give a pool, and a time or a bookmark; and the number of an object, if the pool has several.', 400)
    const name = Number(number) === 0 ? tag : `${tag}/${Number(number)}`
    try {
      const undo = await env.IDENTITY_POOL.getByName(name).restore(to)
      await env.IDENTITY_POOL.getByName(name)
        .restart()
        .catch(() => undefined)
      return text(`Restored. The bookmark that undoes it: ${undo}`, 200)
    } catch (error) {
      return text(`Nothing was restored: ${(error as Error).message}`, 500)
    }
  },
} satisfies ExportedHandler<RestoreEnv>

/** Compares digests, so that the time tells nothing about the token. */
async function isOperator(request: Request, { RESTORE_TOKEN: wanted = '' }: RestoreEnv): Promise<boolean> {
  const given = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
  const digests = [given, wanted].map((token) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  const [a, b] = await Promise.all(digests)
  return wanted.length >= MIN_TOKEN_LENGTH && a !== undefined && b !== undefined && crypto.subtle.timingSafeEqual(a, b)
}

const text = (body: string, status: number) => new Response(`${body}\n`, { status })
