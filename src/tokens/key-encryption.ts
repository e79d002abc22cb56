import { CompactEncrypt, compactDecrypt } from 'jose'
import { deriveKey, hex, sha256, utf8 } from '../base/bytes.ts'

/** One key-encryption key as settings give it. `'local'` stands for the fixed one of local mode, which is no secret. */
export type KeyEncryptionSecret = Uint8Array<ArrayBuffer> | 'local'

/** What is stored is written under `current`; `previous` is read as well while the key is being changed. */
export interface KeyEncryptionSecrets {
  current: KeyEncryptionSecret
  previous?: KeyEncryptionSecret | undefined
}

/** A key-encryption key at work: a name that gives nothing away, and one key for each of its two purposes. */
export interface KeyEncryptionKey {
  kid: string
  /** Wraps what the ring's object keeps. */
  wrapping: Uint8Array<ArrayBuffer>
  /** Seals the snapshots that leave the object. */
  sealing: Uint8Array<ArrayBuffer>
}

export interface KeyEncryptionKeys {
  current: KeyEncryptionKey
  previous: KeyEncryptionKey | undefined
}

/** A secret at rest, and the `kid` of the key-encryption key that opens it. */
export interface Wrapped {
  jwe: string
  kek: string
}

/** What was written in local mode carries this `kid`, so no deployment opens it by accident. */
const LOCAL_KEK = 'local'

export async function deriveKeyEncryptionKeys(secrets: KeyEncryptionSecrets): Promise<KeyEncryptionKeys> {
  const [current, previous] = await Promise.all([
    keyEncryptionKey(secrets.current),
    secrets.previous && keyEncryptionKey(secrets.previous),
  ])
  return { current, previous }
}

export function findKek(keks: KeyEncryptionKeys, kid: string | undefined): KeyEncryptionKey | undefined {
  return [keks.current, keks.previous].find((kek) => kek?.kid === kid)
}

export async function wrap(text: string, kek: KeyEncryptionKey): Promise<Wrapped> {
  return { jwe: await encrypt(text, kek.wrapping, kek.kid), kek: kek.kid }
}

/** Throws if nothing here opens it: the caller has compared the `kid` before. */
export async function unwrap({ jwe, kek: kid }: Wrapped, keks: KeyEncryptionKeys): Promise<string> {
  const kek = findKek(keks, kid)
  if (!kek) throw new Error(`wrapped under key-encryption key ${kid}, which is not here`)
  return decrypt(jwe, kek.wrapping)
}

/** A JWE (RFC 7516) of the text, `dir` and A256GCM. */
export async function encrypt(text: string, key: Uint8Array, kid: string): Promise<string> {
  return new CompactEncrypt(utf8(text)).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid }).encrypt(key)
}

/** Throws jose's error if the text was altered or the key is another. */
export async function decrypt(jwe: string, key: Uint8Array): Promise<string> {
  const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
  return new TextDecoder().decode((await compactDecrypt(jwe, key, options)).plaintext)
}

async function keyEncryptionKey(given: KeyEncryptionSecret): Promise<KeyEncryptionKey> {
  const secret = given === 'local' ? await sha256(utf8('edge-identity local mode: this is no secret')) : given
  const [name, wrapping, sealing] = await Promise.all([
    deriveKey(secret, 'edge-identity key-encryption key: name'),
    deriveKey(secret, 'edge-identity key-encryption key: wrap key ring'),
    deriveKey(secret, 'edge-identity key-encryption key: seal snapshot'),
  ])
  return { kid: given === 'local' ? LOCAL_KEK : hex(await sha256(name)).slice(0, 16), wrapping, sealing }
}
