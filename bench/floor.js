/**
 * The floor: a bare Worker that does the primitive work of the service's operations and nothing else. What the service
 * takes beyond it is what its contract costs.
 */
import { DurableObject } from 'cloudflare:workers'

const FIXED = JSON.stringify({ issuer: 'https://identity.example.com', jwks_uri: 'https://identity.example.com/keys' })
const KNOWN = 'known'

const SIGNATURES = {
  RS256: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: exponent() }, {}],
  RS512: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512', modulusLength: 2048, publicExponent: exponent() }, {}],
  ES256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { hash: 'SHA-256' }],
}

export class Store extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, made INTEGER NOT NULL) STRICT')
    ctx.storage.sql.exec('INSERT OR IGNORE INTO item VALUES (?, 0)', KNOWN)
  }

  insert(id) {
    this.ctx.storage.transactionSync(() => this.ctx.storage.sql.exec('INSERT INTO item VALUES (?, ?)', id, Date.now()))
    return id
  }

  read(id) {
    return this.ctx.storage.sql.exec('SELECT id, made FROM item WHERE id = ?', id).one()
  }
}

const work = new Map([
  ['/fixed', () => FIXED],
  ['/insert', async (store) => JSON.stringify(await store.insert(crypto.randomUUID()))],
  ['/read', async (store) => JSON.stringify(await store.read(KNOWN))],
  ['/sign', async (store, env) => sign(JSON.stringify(await store.read(KNOWN)), env.TOKEN_ALG)],
])

export default {
  async fetch(request, env) {
    await request.text()
    const primitive = work.get(new URL(request.url).pathname)
    const body = await primitive(env.STORE.getByName('floor'), env)
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  },
}

let signingKey
async function sign(text, algorithm) {
  const [keyAlgorithm, parameters] = SIGNATURES[algorithm]
  signingKey ??= (await crypto.subtle.generateKey(keyAlgorithm, false, ['sign', 'verify'])).privateKey
  const algorithmOfCall = { name: keyAlgorithm.name, ...parameters }
  const signature = await crypto.subtle.sign(algorithmOfCall, signingKey, new TextEncoder().encode(text))
  return JSON.stringify(new Uint8Array(signature).toBase64({ alphabet: 'base64url' }))
}

function exponent() {
  return new Uint8Array([1, 0, 1])
}
