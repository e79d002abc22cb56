import { CompactEncrypt, compactDecrypt } from 'jose'
import { base64url, utf8 } from '../../base/bytes.ts'
import type { PoolId } from '../../base/ids.ts'
import type { Erasable, ProvenLogin } from '../../pools/index.ts'
import type { Mark } from '../../tokens/index.ts'
import type { SignedContext } from '../operation.ts'
import { keysIn } from '../sign-in/index.ts'
import { receiptClaims } from './erasure-receipt.ts'

/** What the journal knows of an erasure, for those who know whom it was about. */
export interface Noted {
  receipt: string
  /** Names the receipt. */
  jti: string
  root: string
  identities: readonly string[]
  erasedAt: number
}

/** What stands for an identity in the journal, before it is hashed with a key. */
export const identityText = (pool: PoolId, uuid: string) => JSON.stringify(['identity', pool.text, uuid])

export function loginText(pool: PoolId, { developer, provider, subject }: ProvenLogin): string {
  return JSON.stringify(['login', pool.text, provider, subject, developer])
}

/** The marks of these texts, in their order. */
export async function marksOf(texts: readonly string[], context: SignedContext): Promise<Mark[]> {
  return texts.length === 0 ? [] : keysIn(await context.receipts.marks(texts), context)
}

/**
 * Signs the receipt of an erasure, and notes both before anything is erased: what ends after that is found in the journal. The
 * receipt is given out when it has come true. A call of the same erasure beside this one gets the same.
 */
export async function note(
  erasable: Erasable,
  pool: PoolId,
  reason: string | undefined,
  context: SignedContext,
): Promise<Noted> {
  const { accounts, caller, issuer, receipts, world } = context
  const { identities, logins, root } = erasable
  const ids = [...new Set([root, ...identities])].map((uuid) => identityText(pool, uuid))
  const marks = await marksOf([...ids, ...logins.map((login) => loginText(pool, login))], context)
  const now = world.now()
  const jti = world.uuid()
  const claims = await receiptClaims(erasable, pool, { issuer, jti, now, reason })
  const receipt = keysIn(await receipts.sign(claims), context)
  const key = world.random(32)
  const content = { receipt, jti, root, identities }
  const sealed = {
    id: jti,
    pool: pool.text,
    marks: await Promise.all(
      marks.map(async (one) => ({ mark: one.mark, opener: await seal(base64url.encode(key), bytesOf(one.key)) })),
    ),
    receipt: await seal(JSON.stringify(content), key),
  }
  const known = await accounts.ask(caller.account, (account) => account.noteErasure(sealed))
  const [first] = marks
  return known && first ? opened(known, first) : { ...content, erasedAt: now }
}

/** The latest erasure of an identity, or of one of these logins, as far as the journal goes back. */
export async function lastNoted(
  texts: readonly string[],
  pool: PoolId,
  context: SignedContext,
): Promise<Noted | undefined> {
  const { accounts, caller } = context
  if (!(await accounts.read(caller.account, (account) => account.hasErasures(pool.text)))) return undefined
  for (const mark of await marksOf(texts, context)) {
    const known = await accounts.read(caller.account, (account) => account.erasure(pool.text, mark.mark))
    if (known) return opened(known, mark)
  }
  return undefined
}

async function opened(
  { erasedAt, opener, receipt }: { opener: string; receipt: string; erasedAt: number },
  mark: Mark,
): Promise<Noted> {
  const key = bytesOf(await open(opener, bytesOf(mark.key)))
  return { ...(JSON.parse(await open(receipt, key)) as Omit<Noted, 'erasedAt'>), erasedAt }
}

function seal(text: string, key: Uint8Array): Promise<string> {
  return new CompactEncrypt(utf8(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(key)
}

async function open(sealed: string, key: Uint8Array): Promise<string> {
  const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  return new TextDecoder().decode((await compactDecrypt(sealed, key, allowed)).plaintext)
}

const bytesOf = (text: string) => Uint8Array.from(base64url.decode(text))
