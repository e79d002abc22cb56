import { Fault } from '../../protocol/index.ts'
import type { RequestContext } from '../operation.ts'
import type { LocalParts } from '../services.ts'

/** What local mode alone has. Its operations cannot be found elsewhere, so their absence is a mistake of this service. */
export function localParts({ local }: RequestContext): LocalParts {
  if (!local) throw new Fault('UnknownOperationException')
  return local
}
