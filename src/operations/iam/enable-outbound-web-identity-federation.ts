import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { federationEnabled } from './faults.ts'

/**
 * Lets identities of the caller's account have tokens for other relying parties, as far as roles and pools allow it besides. The
 * issuer is that of the deployment: accounts are told apart by subjects and claims.
 */
export const enableOutboundWebIdentityFederation = signedOperation({
  service: 'iam',
  name: 'EnableOutboundWebIdentityFederation',
  input: structure({}),
  resource: () => '*',
  async run(_input, { accounts, caller, issuer, operationId }) {
    const enabled = await accounts.change(caller.account, (account) => account.enableOutboundFederation(operationId))
    if (enabled === 'exists') throw federationEnabled()
    return { IssuerIdentifier: issuer }
  },
})
