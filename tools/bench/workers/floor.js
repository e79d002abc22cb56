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

const SIGNATURES = {
  RS256: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: exponent() }, {}],
  RS512: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', modulusLength: 2048, publicExponent: exponent() }, {}],
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { hash: 'SHA-256' }],
}

/** One B-tree, as a new guest needs: its primary key alone finds a guest and keeps it from being made twice. */
const TABLE = 'CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, made INTEGER NOT NULL) STRICT, WITHOUT ROWID'

export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.transactionSync(() => {
      ctx.storage.sql.exec(TABLE)
      for (let n = 0; n < ROWS; n++) ctx.storage.sql.exec('INSERT OR IGNORE INTO item VALUES (?, 0)', String(n))
    })
  }

  insert(id) {
    this.ctx.storage.sql.exec('INSERT INTO item VALUES (?, ?)', id, Date.now())
    return id
  }

  read(id) {
    return this.ctx.storage.sql.exec('SELECT id, made FROM item WHERE id = ?', id).one()
  }
}

const work = new Map([
  ['/fixed', () => FIXED],
  ['/insert', async (env) => JSON.stringify(await store(env).insert(crypto.randomUUID()))],
  ['/read', async (env) => JSON.stringify(await store(env).read(KNOWN))],
  ['/sign', async (env) => JSON.stringify(await signed(await store(env).read(KNOWN), env))],
  ['/exchange', async (env) => JSON.stringify(await exchanged(await signed(await store(env).read(KNOWN), env), env))],
])

export default {
  async fetch(request, env) {
    if (request.method === 'POST') await request.text()
    const primitive = work.get(request.url.slice(request.url.lastIndexOf('/')))
    return new Response(await primitive(env), { headers: HEADERS })
  },
}

function store(env) {
  return env.STORE.getByName('floor')
}

let signingKey
async function signed(row, { TOKEN_ALG }) {
  const [keyAlgorithm, parameters] = SIGNATURES[TOKEN_ALG]
  signingKey ??= (await crypto.subtle.generateKey(keyAlgorithm, false, ['sign', 'verify'])).privateKey
  const text = new TextEncoder().encode(JSON.stringify(row))
  const signature = await crypto.subtle.sign({ name: keyAlgorithm.name, ...parameters }, signingKey, text)
  return new Uint8Array(signature).toBase64({ alphabet: 'base64url' })
}

async function exchanged(token, { STS }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(STS, { method: 'POST', headers, body: `Action=AssumeRole&WebIdentityToken=${token}` })
  return answer.text()
}

function exponent() {
  return new Uint8Array([1, 0, 1])
}
