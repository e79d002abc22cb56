import type { PolicyDocument } from '../policy/index.ts'

/** Who signed a request. A session is the holder of credentials that we issued, who may only ask who they are. */
export type Caller = {
  account: string
  arn: string
  userId: string
  accessKeyId: string
  /** Region the request was signed for. */
  region: string
} & ({ kind: 'user'; policy: PolicyDocument; asksAboutTags: boolean } | { kind: 'session' })
