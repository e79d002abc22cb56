import { CompactEncrypt, compactDecrypt } from 'jose'
import { utf8 } from '../../base/bytes.ts'
import type { CheckPosition as PoolPosition } from '../../pools/index.ts'
import { checkKey, type RingView } from '../../tokens/index.ts'

/** When the objects are as they should be, a check looks for who was erased and is back, and goes on with the `rest`. */
export type CheckPosition = PoolPosition | ErasedPosition

export interface ErasedPosition {
  walk: 'erased'
  after: string
  rest?: PoolPosition | undefined
}

/**
 * A NextToken of a check: where it goes on, sealed, because that may be at a login, and so says who somebody is. It is bound to
 * the pool.
 */
export async function sealPosition(position: CheckPosition, pool: string, ring: RingView): Promise<string> {
  const content = utf8(JSON.stringify([pool, position]))
  return new CompactEncrypt(content).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(await checkKey(ring))
}

/** Where to go on; `undefined` for a token that was not made for a check of this pool, or with other keys. */
export async function openPosition(token: string, pool: string, ring: RingView): Promise<CheckPosition | undefined> {
  try {
    const { plaintext } = await compactDecrypt(token, await checkKey(ring), {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const [ofPool, position] = JSON.parse(new TextDecoder().decode(plaintext)) as [string, CheckPosition]
    return ofPool === pool ? position : undefined
  } catch {
    return undefined
  }
}
