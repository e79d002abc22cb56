import type { DurableObject } from 'cloudflare:workers'

/** What the platform says of a call that failed. */
export function platformError(flags: {
  retryable?: boolean
  overloaded?: boolean
  durableObjectReset?: boolean
}): Error {
  return Object.assign(new Error('the platform failed'), flags)
}

/** What happens to the next call of an object: it fails before it is made, or its answer is lost. */
export type Trouble = { before: Error } | { after: Error }

/**
 * A namespace of real objects that counts the calls made through it, and lets some of them fail the way the platform does.
 * As there, a stub through which a call has failed is of no more use.
 */
export class TroubledNamespace<T extends DurableObject> {
  /** Object and method, in the order of the calls. */
  readonly calls: string[] = []
  readonly stubs: { name: string; options: DurableObjectNamespaceGetDurableObjectOptions | undefined }[] = []
  readonly namespace: DurableObjectNamespace<T>
  #troubles: (Trouble | undefined)[] = []
  #hangs = false

  constructor(namespace: DurableObjectNamespace<T>) {
    const getByName = (name: string, options?: DurableObjectNamespaceGetDurableObjectOptions) => {
      this.stubs.push({ name, options })
      return this.#watched(name, namespace.getByName(name, options))
    }
    this.namespace = new Proxy(namespace, {
      get: (target, member) => (member === 'getByName' ? getByName : Reflect.get(target, member)),
    })
  }

  trouble(...troubles: (Trouble | undefined)[]): void {
    this.#troubles = troubles
  }

  /** From now on no call is answered. */
  hang(): void {
    this.#hangs = true
  }

  #watched(name: string, stub: DurableObjectStub<T>): DurableObjectStub<T> {
    let broken = false
    const get =
      (_: unknown, member: string) =>
      async (...args: unknown[]) => {
        if (broken) throw new Error('this stub is broken')
        this.calls.push(`${name}.${member}`)
        if (this.#hangs) return new Promise(() => {})
        const trouble = this.#troubles.shift()
        broken = trouble !== undefined
        if (trouble && 'before' in trouble) throw trouble.before
        const method = Reflect.get(stub, member) as (...args: unknown[]) => Promise<unknown>
        const answer = await method(...args)
        if (trouble) throw trouble.after
        return answer
      }
    return new Proxy(stub, { get: get as ProxyHandler<DurableObjectStub<T>>['get'] & object })
  }
}
