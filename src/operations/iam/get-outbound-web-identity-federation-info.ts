import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { federationDisabled } from './faults.ts'

/** Whom relying parties must trust for tokens of the caller's account. */
export const getOutboundWebIdentityFederationInfo = signedOperation({
  service: 'iam',
  name: 'GetOutboundWebIdentityFederationInfo',
  input: structure({}),
  resource: () => '*',
  async run(_input, { accounts, caller, issuer }) {
    const [federation] = await accounts.read(caller.account, (account) =>
      account.records([{ ask: 'outboundFederation' }]),
    )
    if (!federation) throw federationDisabled()
    return { IssuerIdentifier: issuer, JwtVendingEnabled: true }
  },
})
