/** What the fair floor does with the platform's cryptography: each in the fewest calls that give the right result. */

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const URL_SAFE = /** @type {const} */ ({ alphabet: 'base64url', omitPadding: true })
const PUBLIC_EXPONENT = new Uint8Array([1, 0, 1])
/** An RSA key of the login provider: what its tokens are signed with. */
const LOGIN_ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const HMAC = { name: 'HMAC', hash: 'SHA-256' }

/**
 * `LOGIN_KEYS` is where the login provider publishes its key; `SECRET` is the secret of the one access key.
 *
 * @typedef {{ TOKEN_ALG: string, LOGIN_KEYS: string, SECRET: string }} Keys
 */

/** @type {Record<string, [{ name: string, [parameter: string]: unknown }, { hash?: string }]>} */
const SIGNATURES = {
  RS256: [{ ...LOGIN_ALGORITHM, modulusLength: 2048, publicExponent: PUBLIC_EXPONENT }, {}],
  RS512: [{ ...LOGIN_ALGORITHM, hash: 'SHA-512', modulusLength: 2048, publicExponent: PUBLIC_EXPONENT }, {}],
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { hash: 'SHA-256' }],
}

/** @type {CryptoKey | undefined} */
let tokenKey
/** @type {CryptoKey | undefined} */
let sessionKey
/** @type {CryptoKey | undefined} */
let r2Key
/** @type {CryptoKey | undefined} */
let loginKey
/** @type {{ scope: string, key: CryptoKey } | undefined} */
let requestKey

/**
 * A token for an identity, as the service signs one.
 *
 * @param {string} identity
 * @param {number} now
 * @param {Keys} keys
 */
export async function signed(identity, now, { TOKEN_ALG }) {
  const [keyAlgorithm, parameters] = SIGNATURES[TOKEN_ALG] ?? [{ name: '' }, {}]
  tokenKey ??= await privateKey(keyAlgorithm)
  const iat = Math.floor(now / 1000)
  const text = `${part({ kid: 'A'.repeat(43), typ: 'JWT', alg: TOKEN_ALG })}.${part({
    sub: identity,
    aud: 'us-east-1:00000000-0000-4000-8000-000000000000',
    amr: ['unauthenticated'],
    iss: 'http://127.0.0.1:8080',
    'https://cognito-identity.amazonaws.com/identity-pool-arn':
      'arn:aws:cognito-identity:us-east-1:000000000000:identitypool/us-east-1:00000000-0000-4000-8000-000000000000',
    exp: iat + 600,
    iat,
  })}`
  const algorithm = { name: keyAlgorithm.name, ...parameters }
  return `${text}.${encoded(await crypto.subtle.sign(algorithm, tokenKey, encoder.encode(text)))}`
}

/**
 * A session as a compact JWE, which is what a session token is.
 *
 * @param {object} session
 */
export async function sealed(session) {
  sessionKey ??= await crypto.subtle.importKey('raw', random(32), 'AES-GCM', false, ['encrypt'])
  const header = part({ alg: 'dir', enc: 'A256GCM' })
  const iv = random(12)
  const content = encoder.encode(JSON.stringify(session))
  const algorithm = { name: 'AES-GCM', iv, additionalData: encoder.encode(header) }
  const bytes = new Uint8Array(await crypto.subtle.encrypt(algorithm, sessionKey, content))
  return `${header}..${encoded(iv)}.${encoded(bytes.subarray(0, -16))}.${encoded(bytes.subarray(-16))}`
}

/** The id of an access key, and its secret. */
export function accessKey() {
  let id = 'ASIA'
  for (const byte of random(16)) id += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]
  return { accessKeyId: id, secret: random(30).toBase64() }
}

/**
 * A session for R2: its key id, its secret and its token, a JWT under the parent key.
 *
 * @param {string} identity
 * @param {number} exp
 * @param {number} now
 */
export async function r2Session(identity, exp, now) {
  r2Key ??= await crypto.subtle.importKey('raw', random(64), HMAC, false, ['sign'])
  const id = 'fedcba9876543210'.repeat(2)
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({
    sub: '0123456789abcdef'.repeat(2),
    iss: id,
    aud: '0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com',
    iat: Math.floor(now / 1000),
    exp,
    bucket: 'photos',
    scope: 'object-read-write',
    paths: { prefixPaths: [`users/${identity}/`], objectPaths: [] },
  })}`
  const token = `${text}.${encoded(await crypto.subtle.sign('HMAC', r2Key, encoder.encode(text)))}`
  const secret = await crypto.subtle.digest('SHA-256', encoder.encode(token))
  return [id, new Uint8Array(secret).toHex(), btoa(`jwt/${token}`)]
}

/**
 * The subject of a login token whose signature and times are good; throws otherwise.
 *
 * @param {string} token
 * @param {number} now
 * @param {Keys} keys
 */
export async function verifiedLogin(token, now, { LOGIN_KEYS }) {
  loginKey ??= await publishedKey(LOGIN_KEYS)
  const end = token.lastIndexOf('.')
  const signature = bytesOf(token.slice(end + 1))
  const good = await crypto.subtle.verify(
    LOGIN_ALGORITHM.name,
    loginKey,
    signature,
    encoder.encode(token.slice(0, end)),
  )
  const { exp, sub } = JSON.parse(decoder.decode(bytesOf(token.slice(token.indexOf('.') + 1, end))))
  if (!good || exp * 1000 < now) throw new Error('The login is not good.')
  return sub
}

/**
 * Throws unless the signature of a request (AWS Signature Version 4) is the one that the secret gives.
 *
 * @param {Headers} headers
 * @param {ArrayBuffer} body
 * @param {Keys} keys
 */
export async function checkSignature(headers, body, { SECRET }) {
  const given = /Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=(\w+)/.exec(headers.get('authorization') ?? '')
  const [, scope = '', names = '', signature = ''] = given ?? []
  if (requestKey?.scope !== scope) requestKey = { scope, key: await signingKey(SECRET, scope) }
  const lines = names.split(';').map((name) => `${name}:${headers.get(name)}\n`)
  const canonical = `POST\n/\n\n${lines.join('')}\n${names}\n${await hash(body)}`
  const hashed = await hash(encoder.encode(canonical))
  const text = encoder.encode(`AWS4-HMAC-SHA256\n${headers.get('x-amz-date')}\n${scope}\n${hashed}`)
  if (!(await crypto.subtle.verify('HMAC', requestKey.key, Uint8Array.fromHex(signature), text)))
    throw new Error('The signature is not good.')
}

/**
 * @param {string} secret
 * @param {string} scope
 */
async function signingKey(secret, scope) {
  let key = encoder.encode(`AWS4${secret}`)
  for (const each of scope.split('/')) {
    const usable = await crypto.subtle.importKey('raw', key, HMAC, false, ['sign'])
    key = new Uint8Array(await crypto.subtle.sign('HMAC', usable, encoder.encode(each)))
  }
  return crypto.subtle.importKey('raw', key, HMAC, false, ['verify'])
}

/** @param {string} url */
async function publishedKey(url) {
  const { keys } = /** @type {{ keys: [JsonWebKey] }} */ (await (await fetch(url)).json())
  return crypto.subtle.importKey('jwk', keys[0], LOGIN_ALGORITHM, false, ['verify'])
}

/** @param {{ name: string, [parameter: string]: unknown }} algorithm */
async function privateKey(algorithm) {
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  return /** @type {CryptoKeyPair} */ (made).privateKey
}

/** @param {ArrayBuffer | Uint8Array} bytes */
async function hash(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()
}

/** @param {number} length */
function random(length) {
  return crypto.getRandomValues(new Uint8Array(length))
}

/** @param {object} value */
function part(value) {
  return encoded(encoder.encode(JSON.stringify(value)))
}

/** @param {ArrayBuffer | Uint8Array} bytes */
function encoded(bytes) {
  return new Uint8Array(bytes).toBase64(URL_SAFE)
}

/** @param {string} text */
function bytesOf(text) {
  return Uint8Array.fromBase64(text, { alphabet: 'base64url' })
}
