import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { federationDisabled } from './faults.ts'

/** No more tokens for other relying parties in the caller's account, within half a minute. Those that are out live to their end. */
export const disableOutboundWebIdentityFederation = signedOperation({
  service: 'iam',
  name: 'DisableOutboundWebIdentityFederation',
  input: structure({}),
  resource: () => '*',
  async run(_input, { accounts, caller }) {
    const disabled = await accounts.remove(caller.account, (account) => account.disableOutboundFederation())
    if (disabled === 'none') throw federationDisabled()
    return undefined
  },
})
