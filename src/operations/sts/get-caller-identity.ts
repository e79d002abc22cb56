import { structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'

/** Who signed the request: an access key of the operator's, or credentials that we vended. Nobody needs leave to ask. */
export const getCallerIdentity = signedOperation({
  service: 'sts',
  name: 'GetCallerIdentity',
  input: structure({}),
  resource: null,
  async run(_input, { caller }) {
    return { UserId: caller.userId, Account: caller.account, Arn: caller.arn }
  },
})
