/** Our own API: what operators of identity pools need and AWS's API does not have. */
import { explainRequest } from './explain-request.ts'
import { simulateLogin } from './simulate-login.ts'

export const edgeIdentityOperations = [explainRequest, simulateLogin]
