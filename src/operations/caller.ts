import type { Session } from '../credentials/index.ts'
import type { PolicyDocument } from '../policy/index.ts'

/**
 * Who signed a request: the holder of an access key, an operator who has signed in, or the holder of credentials that we issued
 * for an identity, who may ask who they are, and for tokens as their role allows.
 */
export type Caller = {
  account: string
  arn: string
  userId: string
  accessKeyId: string
  /** Region the request was signed for. */
  region: string
} & (
  | { kind: 'user' | 'operator'; policy: PolicyDocument; asksAboutTags: boolean }
  | { kind: 'session'; session: SessionFacts }
)

/** What a session says of itself, without what it is signed with. */
export type SessionFacts = Omit<Session, 'accessKeyId' | 'secret'>
