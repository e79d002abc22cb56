import { edge, regionOf } from '../../session/index.ts'
import type { Login } from './identity.ts'

export interface Erasure {
  Outcome: 'Erased' | 'AlreadyErased' | 'AlreadyGone' | 'WouldErase'
  /** At most 1,000; `Identities` counts all. */
  IdentityIds?: string[]
  Identities?: number
  Logins?: Login[]
  Receipt?: string
  ReceiptId?: string
}

/** EraseUser, or what it would do. Throws `Refused`. */
export const eraseUser = (pool: string, input: object): Promise<Erasure> =>
  edge<Erasure>('EraseUser', { IdentityPoolId: pool, ...input }, regionOf(pool))

const SENTENCES: Readonly<Record<Erasure['Outcome'], string>> = {
  Erased: 'The user is erased. Keep the receipt: it is the proof.',
  AlreadyErased: 'The user was erased before. This is the receipt of then.',
  AlreadyGone: 'Nobody is there, and the journal of the last 35 days knows of no erasure.',
  WouldErase: 'This would be deleted. Nothing is changed yet.',
}

export function OutcomeText({ of }: { of: Erasure['Outcome'] }) {
  return <>{SENTENCES[of]}</>
}
