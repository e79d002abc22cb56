import { CompactEncrypt } from 'jose'
import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/base/bytes.ts'
import { MAX_SEALED_SESSION_CHARS, MAX_SESSION_TOKEN_BYTES } from '../../src/credentials/limits.ts'
import { openSession, type Session, sealSession } from '../../src/credentials/session-token.ts'
import { IDENTITY_ID, NOW_SECONDS, POOL_ID, SESSION_KEY, SESSION_KEY_BYTES, sessionKeyOf } from './support.ts'

const session: Session = {
  accessKeyId: 'ASIAAAAQEAYEAUDAOCAJ',
  secret: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd',
  account: '123456789012',
  arn: `arn:aws-us-gov:sts::123456789012:assumed-role/${'r'.repeat(64)}/${'s'.repeat(64)}`,
  userId: `AROAEXAMPLEEXAMPLEEXA:${'s'.repeat(64)}`,
  expiration: NOW_SECONDS + 900,
  audience: POOL_ID,
  subject: IDENTITY_ID,
}

const WORLD = { random: (length: number) => crypto.getRandomValues(new Uint8Array(length)) }

const unknown = { ok: false, error: { reason: 'unknown' } }

function open(token: string, change: { key?: CryptoKey; accessKeyId?: string; now?: number } = {}) {
  const { key = SESSION_KEY, accessKeyId = session.accessKeyId, now = NOW_SECONDS } = change
  return openSession(token, accessKeyId, { sessionKey: key, now })
}

function seal(content: string, header: { alg: string; enc: string } = { alg: 'dir', enc: 'A256GCM' }) {
  return new CompactEncrypt(utf8(content)).setProtectedHeader(header).encrypt(SESSION_KEY_BYTES)
}

/** The same token with one character of one part changed to another that decodes differently. */
function tamper(token: string, part: number): string {
  const parts = token.split('.')
  const text = parts[part] ?? ''
  parts[part] = `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
  return parts.join('.')
}

describe('a session token', () => {
  it('opens to what was sealed, until the second it expires', async () => {
    const token = await sealSession(session, SESSION_KEY, WORLD)
    expect(await open(token)).toEqual({ ok: true, value: session })
    expect(await open(token, { now: session.expiration - 1 })).toEqual({ ok: true, value: session })
    const expired = { ok: false, error: { reason: 'expired' } }
    expect(await open(token, { now: session.expiration })).toEqual(expired)
  })

  it('is another each time that a session is sealed', async () => {
    const [one, other] = await Promise.all([0, 1].map(() => sealSession(session, SESSION_KEY, WORLD)))
    for (const part of [2, 3, 4]) expect(one?.split('.')[part]).not.toBe(other?.split('.')[part])
  })

  it('shows nothing of the session', async () => {
    const token = await sealSession(session, SESSION_KEY, WORLD)
    const readable = token.split('.').map((part) => atob(part.replaceAll('-', '+').replaceAll('_', '/')))
    for (const text of [session.secret, session.accessKeyId, session.account])
      expect(readable.join()).not.toContain(text)
  })

  it('with the longest names stays under the cap', async () => {
    expect((await sealSession(session, SESSION_KEY, WORLD)).length).toBeLessThan(MAX_SEALED_SESSION_CHARS)
  })

  it('of nobody in a pool has who it is instead of an identity, and stays under the cap', async () => {
    const federated = {
      provider: `arn:aws:iam::1:oidc-provider/${'i'.repeat(255)}`,
      audience: 'a'.repeat(255),
      subject: 's'.repeat(255),
    }
    const sealed = { ...session, audience: '', subject: '', federated }
    const token = await sealSession(sealed, SESSION_KEY, WORLD)
    expect(token.length).toBeLessThan(MAX_SEALED_SESSION_CHARS)
    expect(await open(token)).toEqual({ ok: true, value: sealed })
  })

  it('is unknown with another access key id, expired or not', async () => {
    const token = await sealSession(session, SESSION_KEY, WORLD)
    expect(await open(token, { accessKeyId: 'ASIAAAAQEAYEAUDAOCAK' })).toEqual(unknown)
    expect(await open(token, { accessKeyId: 'ASIAAAAQEAYEAUDAOCAK', now: session.expiration })).toEqual(unknown)
  })

  it('is unknown under another key', async () => {
    const token = await sealSession(session, SESSION_KEY, WORLD)
    expect(await open(token, { key: await sessionKeyOf(new Uint8Array(32).fill(8)) })).toEqual(unknown)
  })

  it.each([
    ['header', 0],
    ['initialization vector', 2],
    ['ciphertext', 3],
    ['tag', 4],
  ])('is unknown with its %s altered', async (_, part) => {
    expect(await open(tamper(await sealSession(session, SESSION_KEY, WORLD), part))).toEqual(unknown)
  })

  it.each([
    ['empty', ''],
    ['some text', 'FwoGZXIvYXdzEJr'],
    ['four empty parts', '....'],
    ['oversized', 'A'.repeat(MAX_SEALED_SESSION_CHARS + 1)],
  ])('is unknown when it is %s', async (_, token) => {
    expect(await open(token)).toEqual(unknown)
  })

  it('has the size that is asked for, and opens as any other', async () => {
    const plain = (await sealSession(session, SESSION_KEY, WORLD)).length
    for (const size of [0, plain, plain + 1, plain + 2, plain + 3, plain + 4, 2048, MAX_SESSION_TOKEN_BYTES]) {
      const token = await sealSession(session, SESSION_KEY, WORLD, size)
      expect(token.length).toBeGreaterThanOrEqual(Math.max(size, plain))
      expect(token.length).toBeLessThanOrEqual(Math.max(size + 4, plain))
      expect(await open(token)).toEqual({ ok: true, value: session })
    }
  })

  it('is unknown when it is genuine but oversized', async () => {
    const token = await sealSession({ ...session, subject: 'x'.repeat(4096) }, SESSION_KEY, WORLD)
    expect(await open(token)).toEqual(unknown)
  })

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['without a secret', JSON.stringify({ ...session, secret: undefined })],
    ['without an expiration', JSON.stringify({ ...session, expiration: undefined })],
    ['with an expiration as text', JSON.stringify({ ...session, expiration: '9999999999' })],
  ])('is unknown when its content is %s', async (_, content) => {
    expect(await open(await seal(content))).toEqual(unknown)
  })

  it('is unknown when it wraps a key of its own', async () => {
    const token = await seal(JSON.stringify(session), { alg: 'A256KW', enc: 'A256GCM' })
    expect(await open(token)).toEqual(unknown)
  })
})
