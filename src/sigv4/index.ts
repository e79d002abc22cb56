export {
  authenticate,
  type FindKey,
} from './authenticate.ts'
export type { SignatureRejected } from './rejected.ts'
export type { SignedRequest } from './request.ts'
