import { INJECTABLE_FAULTS, type InjectableFault } from './injectable.ts'
import { MAX_INJECTED_FAULTS } from './limits.ts'

/** A fault that the next calls of an operation are answered with. */
export interface InjectedFault {
  operation: string
  code: InjectableFault
  /** How many calls are still to be answered with it. */
  times: number
}

/** Why a fault is not injected. */
export type NotInjectable = 'unknown_code' | 'not_of_operation' | 'too_many'

/** What tests asked for, by account, in the memory of the one process of local mode. */
export class InjectedFaults {
  readonly #byAccount = new Map<string, InjectedFault[]>()

  inject(account: string, operation: string, code: string, times: number): 'injected' | NotInjectable {
    if (!isInjectable(code)) return 'unknown_code'
    const { operations }: { message: string; operations?: readonly string[] } = INJECTABLE_FAULTS[code]
    if (operations && !operations.includes(operation)) return 'not_of_operation'
    const waiting = this.#byAccount.get(account) ?? []
    if (waiting.length >= MAX_INJECTED_FAULTS) return 'too_many'
    this.#byAccount.set(account, [...waiting, { operation, code, times }])
    return 'injected'
  }

  /** Whether any account waits for a fault of the operation: what costs nothing is asked first. */
  anyFor(operation: string): boolean {
    return [...this.#byAccount.values()].some((waiting) => waiting.some((fault) => fault.operation === operation))
  }

  /** The fault that this call is to be answered with, which was asked for first; it counts. */
  take(account: string, operation: string): { code: InjectableFault; message: string } | undefined {
    const waiting = this.#byAccount.get(account) ?? []
    const fault = waiting.find((each) => each.operation === operation)
    if (!fault) return undefined
    fault.times--
    if (fault.times === 0)
      this.#keep(
        account,
        waiting.filter((each) => each !== fault),
      )
    return { code: fault.code, message: INJECTABLE_FAULTS[fault.code].message }
  }

  waiting(account: string): readonly Readonly<InjectedFault>[] {
    return this.#byAccount.get(account) ?? []
  }

  clear(account: string): void {
    this.#byAccount.delete(account)
  }

  #keep(account: string, waiting: InjectedFault[]): void {
    if (waiting.length > 0) this.#byAccount.set(account, waiting)
    else this.#byAccount.delete(account)
  }
}

function isInjectable(code: string): code is InjectableFault {
  return Object.hasOwn(INJECTABLE_FAULTS, code)
}
