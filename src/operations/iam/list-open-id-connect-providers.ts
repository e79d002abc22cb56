import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { newRecordArn } from './record-arn.ts'

export const listOpenIdConnectProviders = signedOperation({
  service: 'iam',
  name: 'ListOpenIDConnectProviders',
  input: structure({}),
  resource: (_input, caller) => newRecordArn(caller, 'oidc-provider/*'),
  async run(_input, { accounts, caller }) {
    const providers = await accounts.read(caller.account, (account) => account.oidcProviders())
    return { OpenIDConnectProviderList: providers.map(({ arn }) => ({ Arn: arn })) }
  },
})
