import { Fault, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'

/** The audit record of a recent request to the caller's account. AWS's API has no such operation. */
export const explainRequest = signedOperation({
  service: 'edge-identity',
  name: 'ExplainRequest',
  readOnly: true,
  input: structure({ RequestId: required(string({ min: 36, max: 36, pattern: '[0-9a-f-]+' })) }),
  resource: () => '*',
  async run({ RequestId }, { caller, decisions }) {
    const record = await decisions.find(RequestId, caller.account)
    if (!record) throw new Fault('ResourceNotFoundException', `No decision of request '${RequestId}' is kept.`)
    return { RequestId, Record: record }
  },
})
