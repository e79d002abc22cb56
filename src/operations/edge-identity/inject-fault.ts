import type { NotInjectable } from '../../local/index.ts'
import { integer, optional, required, string, structure } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { localParts } from './local-parts.ts'

const name = () => string({ min: 1, max: 128, pattern: '\\w+' })

/** Lets the next calls of an operation to the caller's account end in a fault. Of local mode alone. */
export const injectFault = signedOperation({
  service: 'edge-identity',
  name: 'InjectFault',
  localOnly: true,
  input: structure({
    Operation: required(name()),
    Code: required(name()),
    Times: optional(integer({ min: 1, max: 1000 })),
  }),
  resource: () => '*',
  async run({ Code, Operation, Times = 1 }, context) {
    const { faults } = localParts(context)
    const injected = faults.inject(context.caller.account, Operation, Code, Times)
    if (injected !== 'injected') throw invalidParameter(WHY_NOT[injected](Code, Operation))
    return {}
  },
})

/** The faults that still wait for calls to the caller's account, in the order in which they were asked for. */
export const listInjectedFaults = signedOperation({
  service: 'edge-identity',
  name: 'ListInjectedFaults',
  localOnly: true,
  input: structure({}),
  resource: () => '*',
  async run(_, context) {
    const waiting = localParts(context).faults.waiting(context.caller.account)
    return { Faults: waiting.map(({ code, operation, times }) => ({ Operation: operation, Code: code, Times: times })) }
  },
})

const WHY_NOT: Readonly<Record<NotInjectable, (code: string, operation: string) => string>> = {
  unknown_code: (code) => `${code} is no fault that can be injected.`,
  not_of_operation: (code, operation) => `${operation} has no fault ${code} in AWS's API.`,
  too_many: () => 'Too many faults wait for calls already.',
}
