import { boolean, optional, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { MAX_NOTE_CHARS } from './limits.ts'
import { localParts } from './local-parts.ts'

/** Keeps the caller's account as it is now, for ResetAccount to come back to and to tell by its note. Of local mode alone. */
export const keepAccount = signedOperation({
  service: 'edge-identity',
  name: 'KeepAccount',
  localOnly: true,
  input: structure({ Note: optional(string({ max: MAX_NOTE_CHARS })) }),
  resource: () => '*',
  async run({ Note = '' }, context) {
    await localParts(context).accounts.keep(context.caller.account, Note)
    return {}
  },
})

/**
 * Sets the caller's account back to what KeepAccount kept: the same pools, identities and records, under the same ids, and
 * nothing else. Without anything kept, or if that is to be forgotten, nothing is left. Injected faults are gone too. Of local mode alone.
 */
export const resetAccount = signedOperation({
  service: 'edge-identity',
  name: 'ResetAccount',
  localOnly: true,
  input: structure({ ForgetKept: optional(boolean()) }),
  resource: () => '*',
  async run({ ForgetKept = false }, context) {
    const { accounts, caller } = context
    const local = localParts(context)
    local.faults.clear(caller.account)
    try {
      return { Note: await local.accounts.reset(caller.account, ForgetKept) }
    } finally {
      accounts.forget(caller.account)
    }
  },
})
