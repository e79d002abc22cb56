import { Fault, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'

const NOTHING_REFUSED = 'No refusal is kept.'
const unknown = (requestId: string) => `No decision of request '${requestId}' is kept.`

/**
 * The audit record of a recent request to the caller's account, and in local mode of `last`, the last request that was
 * refused. AWS's API has no such operation.
 */
export const explainRequest = signedOperation({
  service: 'edge-identity',
  name: 'ExplainRequest',
  readOnly: true,
  input: structure({ RequestId: required(string({ pattern: '[0-9a-f-]{36}|last' })) }),
  resource: () => '*',
  async run({ RequestId }, { caller, decisions }) {
    const record = await decisions.find(RequestId, caller.account)
    if (!record)
      throw new Fault('ResourceNotFoundException', RequestId === 'last' ? NOTHING_REFUSED : unknown(RequestId))
    return { RequestId: String(record.requestID), Record: record }
  },
})
