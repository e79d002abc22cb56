/** Our own API: what operators of identity pools need and AWS's API does not have. */
import { checkPool } from './check-pool.ts'
import { explainRequest } from './explain-request.ts'
import { simulateLogin } from './simulate-login.ts'

export const edgeIdentityOperations = [checkPool, explainRequest, simulateLogin]
