/**
 * The floor: a bare Worker that does the primitive work of the service's operations and nothing else. What the service
 * takes beyond it is what its contract costs. It reads the request's body and sends as many headers as the service does,
 * because any implementation must; it neither parses nor checks anything.
 */
import { DurableObject } from 'cloudflare:workers'

const FIXED = JSON.stringify({ issuer: 'https://identity.example.com', jwks_uri: 'https://identity.example.com/keys' })
const HEADERS = {
  'content-type': 'application/x-amz-json-1.1',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
  'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
  date: 'Thu, 01 Jan 1970 00:00:00 GMT',
}
/** Rows that are there before the first request. */
const ROWS = 1000
const KNOWN = '500'

/** @type {Record<string, [{ name: string, [parameter: string]: unknown }, { hash?: string }]>} */
const SIGNATURES = {
  RS256: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: exponent() }, {}],
  RS512: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', modulusLength: 2048, publicExponent: exponent() }, {}],
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { hash: 'SHA-256' }],
}

/** One B-tree, as a new guest needs: its primary key alone finds a guest and keeps it from being made twice. */
const TABLE = 'CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, made INTEGER NOT NULL) STRICT, WITHOUT ROWID'

/**
 * @typedef {{ id: string, made: number }} Row
 * @typedef {{ STORE: DurableObjectNamespace<Store>, STS: string, TOKEN_ALG: string }} FloorEnv
 */

/** @extends {DurableObject<FloorEnv>} */
export class Store extends DurableObject {
  /**
   * @param {DurableObjectState} ctx
   * @param {FloorEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.transactionSync(() => {
      ctx.storage.sql.exec(TABLE)
      for (let n = 0; n < ROWS; n++) ctx.storage.sql.exec('INSERT OR IGNORE INTO item VALUES (?, 0)', String(n))
    })
  }

  /** @param {string} id */
  insert(id) {
    this.ctx.storage.sql.exec('INSERT INTO item VALUES (?, ?)', id, Date.now())
    return id
  }

  /**
   * @param {string} id
   * @returns {Row}
   */
  read(id) {
    return /** @type {Row} */ (this.ctx.storage.sql.exec('SELECT id, made FROM item WHERE id = ?', id).one())
  }
}

/** @type {Record<string, (env: FloorEnv) => string | Promise<string>>} */
const PRIMITIVES = {
  '/fixed': () => FIXED,
  '/insert': async (env) => JSON.stringify(await store(env).insert(crypto.randomUUID())),
  '/read': async (env) => JSON.stringify(await store(env).read(KNOWN)),
  '/sign': async (env) => JSON.stringify(await signed(await store(env).read(KNOWN), env)),
  '/exchange': async (env) => JSON.stringify(await exchanged(await signed(await store(env).read(KNOWN), env), env)),
}

/** Paths come from the bench alone, but a map is what looks up outside text. */
const work = new Map(Object.entries(PRIMITIVES))

export default {
  /**
   * @param {Request} request
   * @param {FloorEnv} env
   */
  async fetch(request, env) {
    if (request.method === 'POST') await request.text()
    const primitive = work.get(request.url.slice(request.url.lastIndexOf('/')))
    return primitive ? new Response(await primitive(env), { headers: HEADERS }) : new Response(null, { status: 404 })
  },
}

/** @param {FloorEnv} env */
function store(env) {
  return env.STORE.getByName('floor')
}

/** @type {CryptoKey | undefined} */
let signingKey

/**
 * @param {Row} row
 * @param {FloorEnv} env
 */
async function signed(row, { TOKEN_ALG }) {
  const [keyAlgorithm, parameters] = SIGNATURES[TOKEN_ALG] ?? [{ name: '' }, {}]
  signingKey ??= await privateKey(keyAlgorithm)
  const text = new TextEncoder().encode(JSON.stringify(row))
  const signature = await crypto.subtle.sign({ name: keyAlgorithm.name, ...parameters }, signingKey, text)
  return new Uint8Array(signature).toBase64({ alphabet: 'base64url' })
}

/**
 * @param {string} token
 * @param {FloorEnv} env
 */
async function exchanged(token, { STS }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(STS, { method: 'POST', headers, body: `Action=AssumeRole&WebIdentityToken=${token}` })
  return answer.text()
}

/** @param {{ name: string, [parameter: string]: unknown }} algorithm */
async function privateKey(algorithm) {
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  return /** @type {CryptoKeyPair} */ (made).privateKey
}

function exponent() {
  return new Uint8Array([1, 0, 1])
}
