import { structure } from '../../protocol/index.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { localParts } from './local-parts.ts'

/** Keeps the caller's account as it is now, for ResetAccount to come back to. Of local mode alone. */
export const keepAccount = signedOperation({
  service: 'edge-identity',
  name: 'KeepAccount',
  localOnly: true,
  input: structure({}),
  resource: () => '*',
  async run(_, context) {
    await localParts(context).accounts.keep(context.caller.account)
    return {}
  },
})

/**
 * Sets the caller's account back to what KeepAccount kept: the same pools, identities and records, under the same ids, and
 * nothing else. Without anything kept, nothing is left. Injected faults are gone too. Of local mode alone.
 */
export const resetAccount = signedOperation({
  service: 'edge-identity',
  name: 'ResetAccount',
  localOnly: true,
  input: structure({}),
  resource: () => '*',
  async run(_, context: SignedContext) {
    const { accounts, caller } = context
    const local = localParts(context)
    local.faults.clear(caller.account)
    try {
      await local.accounts.reset(caller.account)
    } finally {
      accounts.forget(caller.account)
    }
    return {}
  },
})
