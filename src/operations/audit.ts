import type { LogFields } from '../base/log.ts'
import { Fault } from '../protocol/index.ts'
import type { RequestContext } from './operation.ts'

/** Adds what has become known of a request for credentials to its record. Never a token, never a secret. */
export type Learn = (fields: LogFields) => void

/**
 * Runs a request for credentials and leaves one record of it, whatever comes of it: who asked, as whom, for which role,
 * with which logins, and the access key id that was issued or the reason why none was.
 */
export async function audited<T>(
  operation: string,
  context: RequestContext,
  vend: (learn: Learn) => Promise<T>,
): Promise<T> {
  const { clientAddress, requestId, sts, world } = context
  const broker = sts.kind === 'embedded' ? 'embedded' : sts.endpoint
  let record: LogFields = { requestId, operation, clientAddress, broker }
  try {
    const issued = await vend((fields) => {
      record = { ...record, ...fields }
    })
    world.log.info('credentials_issued', record)
    return issued
  } catch (error) {
    const fault = error instanceof Fault ? { fault: error.code, message: error.message } : { fault: 'unforeseen' }
    world.log.info('credentials_refused', { ...record, ...fault })
    throw error
  }
}
