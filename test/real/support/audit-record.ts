import { connect } from '../../../tools/lib/client.ts'
import { LOCAL_CLIENT } from '../../conformance/support/service.ts'
import { eventually } from '../../support/eventually.ts'
import type { StorePool } from './store-pool.ts'

/** The audit record of a refused request. It is kept a moment after the answer. */
export async function recorded({ service }: Pick<StorePool, 'service'>, requestId: string): Promise<unknown> {
  const operator = connect(service.url, LOCAL_CLIENT.credentials)
  const { Record } = await eventually(() => operator.own('ExplainRequest', { RequestId: requestId }))
  return Record
}
