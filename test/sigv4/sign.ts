import type { SignedRequest } from '../../src/sigv4/index.ts'

/** What a signer of the test's own is told. It shares no code with what it tests. */
export interface SignInput {
  method?: string
  /** Path and query, where blanks in the query are written `%20`. */
  target?: string
  host?: string
  /** Header names in lower case; `host` is added. */
  headers: Readonly<Record<string, string>>
  /** Headers that are sent but not signed. */
  unsigned?: Readonly<Record<string, string>>
  body?: string
  accessKeyId: string
  secret: string
  region: string
  service: string
  /** `yyyymmddThhmmssZ` */
  date: string
}

const encoder = new TextEncoder()

/** Signs a request as "Create a signed AWS API request" of the IAM User Guide tells, step by step. */
export async function sign(input: SignInput): Promise<SignedRequest> {
  const { method = 'POST', target = '/', host = 'identity.example', body = '', accessKeyId, date } = input
  const [path = '/', query = ''] = target.split('?')
  const signed: Record<string, string> = { ...input.headers, host }
  const names = Object.keys(signed).sort()
  const canonical = [
    method,
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(signed[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    await sha256Hex(body),
  ].join('\n')
  const scope = [date.slice(0, 8), input.region, input.service, 'aws4_request']
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), await sha256Hex(canonical)].join('\n')
  let key: Uint8Array<ArrayBuffer> = bytes(`AWS4${input.secret}`)
  for (const part of scope) key = await hmac(key, part)
  const signature = toHex(await hmac(key, toSign))
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return {
    method,
    url: new URL(`https://${host}${target}`),
    headers: new Headers({ ...signed, ...input.unsigned, authorization }),
    body: bytes(body),
  }
}

/** By name, and by value only where names are the same: a name that another begins with comes first. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter(Boolean).map(canonicalPair)
  const inOrder = pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
  return inOrder.map((pair) => pair.join('=')).join('&')
}

function canonicalPair(pair: string): readonly [name: string, value: string] {
  const [name = '', value = ''] = pair.split('=')
  return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))]
}

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other))

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes(text)))
}

async function sha256Hex(text: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))))
}

function toHex(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
