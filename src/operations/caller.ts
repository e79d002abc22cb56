import type { PolicyDocument } from '../policy/index.ts'

/**
 * Who signed a request: the holder of an access key, an operator who has signed in, or the holder of credentials that we issued
 * for an identity, who may only ask who they are.
 */
export type Caller = {
  account: string
  arn: string
  userId: string
  accessKeyId: string
  /** Region the request was signed for. */
  region: string
} & ({ kind: 'user' | 'operator'; policy: PolicyDocument; asksAboutTags: boolean } | { kind: 'session' })
