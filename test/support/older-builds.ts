import { runInDurableObject } from 'cloudflare:test'
import { type DurableObject, env } from 'cloudflare:workers'
import * as first from './older-builds/0.1.0.mjs'
import * as second from './older-builds/0.2.0.mjs'

/** What was released: its objects, and the Worker's way to them. Frozen; CONTRIBUTING.md, "Versions", says how. */
export const RELEASES = new Map([
  ['0.1.0', first],
  ['0.2.0', second],
])

type ObjectClass = new (state: DurableObjectState, env: Env) => object

/**
 * A namespace whose objects run the code of an older build over real storage, a new instance for each call. As at the
 * platform, a call of a method that the build does not have fails.
 */
export function runBy<T extends DurableObject>(
  namespace: DurableObjectNamespace<T>,
  build: ObjectClass,
): DurableObjectNamespace<T> {
  const getByName = (name: string) =>
    new Proxy(
      {},
      {
        get:
          (_, method: string) =>
          (...args: unknown[]) =>
            callOf(namespace.getByName(name), build, method, args),
      },
    )
  return new Proxy(namespace, {
    get: (target, member) => (member === 'getByName' ? getByName : Reflect.get(target, member)),
  })
}

/** The bindings of a deployment whose objects are all of this release. */
export function objectsOf(release: string): { ACCOUNT: typeof env.ACCOUNT; IDENTITY_POOL: typeof env.IDENTITY_POOL } {
  const build = RELEASES.get(release)
  if (!build) throw new Error(`no release ${release}`)
  return {
    ACCOUNT: runBy(env.ACCOUNT, build.Account),
    IDENTITY_POOL: runBy(env.IDENTITY_POOL, build.IdentityPool),
  }
}

function callOf<T extends DurableObject>(
  stub: DurableObjectStub<T>,
  build: ObjectClass,
  method: string,
  args: unknown[],
) {
  return runInDurableObject(stub, async (_, state) => {
    const call: unknown = Reflect.get(build.prototype, method)
    if (typeof call !== 'function') throw new TypeError(`The RPC receiver does not implement the method "${method}".`)
    return structuredClone(await call.apply(new build(state, env), structuredClone(args)))
  })
}
