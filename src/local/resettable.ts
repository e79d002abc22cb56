import { DurableObject } from 'cloudflare:workers'
import { isOpened } from '../base/migrations.ts'
import { KeptRows, type Watched } from './kept-rows.ts'

// biome-ignore lint/suspicious/noExplicitAny: TypeScript asks for these arguments of every class that is extended
type ObjectClass = new (...args: any[]) => DurableObject<Env>

interface ResettableOptions {
  /** Whether the settings say that this is local mode. */
  isLocal: (env: Env) => boolean
  watched?: Watched
}

/** What local mode asks of its objects. */
export interface Resettable {
  /** Keeps the rows as they are now, under a note. The answer is the keys of the watched table. */
  keepRows(note: string): Promise<string[]>
  /** Keys of the watched table: those there are, and those there were since the rows were kept. */
  keysOfRows(): Promise<string[]>
  /** Puts the rows back that were kept, and answers their note. Leaves nothing where none were, or if it is to forget those. */
  restoreRows(forget: boolean): Promise<string | undefined>
}

/** A class of objects that local mode can set back. Outside local mode, its objects refuse to be. */
export function resettable<C extends ObjectClass>(Base: C, { isLocal, watched }: ResettableOptions) {
  class ResettableObject extends Base {
    /** Answers in place of this object once its rows are others: what it remembers of them is outdated. */
    successor: DurableObject<Env> | undefined

    async keepRows(note: string): Promise<string[]> {
      const rows = this.#rows()
      if (!isOpened(this.ctx.storage)) return []
      return this.ctx.storage.transactionSync(() => {
        rows.keep(note)
        return rows.keys()
      })
    }

    async keysOfRows(): Promise<string[]> {
      const rows = this.#rows()
      return isOpened(this.ctx.storage) ? rows.keys() : []
    }

    async restoreRows(forget: boolean): Promise<string | undefined> {
      const rows = this.#rows()
      const isKept = !forget && isOpened(this.ctx.storage) && rows.any
      if (isKept) this.ctx.storage.transactionSync(() => rows.putBack())
      else {
        await this.ctx.storage.deleteAlarm()
        await this.ctx.storage.deleteAll()
      }
      this.successor = new Base(this.ctx, this.env)
      return isKept ? rows.note : undefined
    }

    #rows(): KeptRows {
      if (!isLocal(this.env)) throw new Error('Only local mode sets objects back.')
      return new KeptRows(this.ctx.storage.sql, watched)
    }
  }
  handOver(ResettableObject.prototype, Base.prototype)
  return ResettableObject
}

type Methods = Record<string, (...args: unknown[]) => unknown>

/** Has every method of the class itself, and of those that it extends, answered by the successor, where there is one. */
function handOver(prototype: object, base: object): void {
  for (const name of methodsOf(base)) {
    const own = (base as Methods)[name]
    const value = function (this: { successor: Methods | undefined }, ...args: unknown[]) {
      return this.successor ? this.successor[name]?.(...args) : own?.apply(this, args)
    }
    Object.defineProperty(prototype, name, { configurable: true, writable: true, value })
  }
}

function methodsOf(prototype: object): string[] {
  if (prototype === DurableObject.prototype) return []
  const own = Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor')
  return [...new Set([...own, ...methodsOf(Object.getPrototypeOf(prototype))])]
}
