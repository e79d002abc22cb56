/**
 * The fair floor: a bare Worker that also does what nobody can leave out of an operation. It verifies the login or the
 * signature of the request, seals the session or signs the token, and leaves a record of the same size in the log. All
 * of it is done with the platform's own primitives and nothing else: it knows one pool, decides nothing and checks no more
 * than that. After a path, `-over-8` spreads the work over so many objects. It is sent the very bytes that the service is sent, except for the path, which says what is to be done.
 */
import { DurableObject } from 'cloudflare:workers'
import { accessKey, checkSignature, r2Session, sealed, signed, verifiedLogin } from './fair-primitives.js'

/** Rows of each table that are there before the first request. */
const ROWS = 1000
const UUID_END = '-0000-4000-8000-000000000000'
const KNOWN = uuidOf(500)
const SESSION_SECONDS = 3600

const TABLES = `
  CREATE TABLE IF NOT EXISTS pool (one INTEGER PRIMARY KEY, settings TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS identity (uuid TEXT PRIMARY KEY, state TEXT NOT NULL, made INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS login (provider TEXT NOT NULL, subject TEXT NOT NULL, identity TEXT NOT NULL,
    PRIMARY KEY (provider, subject)) STRICT, WITHOUT ROWID;
`
const SETTINGS = JSON.stringify({
  IdentityPoolName: 'bench',
  AllowUnauthenticatedIdentities: true,
  AllowClassicFlow: true,
  OpenIdConnectProviderARNs: ['arn:aws:iam::000000000000:oidc-provider/issuer.example.com/issuer/us-east-1_AbCdEfGhI'],
})

/**
 * @typedef {import('./fair-primitives.js').Keys} Keys
 * @typedef {Keys & { STORE: DurableObjectNamespace<Store>, STS: string }} FairEnv
 * @typedef {{ IdentityId?: string, IdentityPoolId?: string, Logins?: Record<string, string> }} Input
 * @typedef {{ request: Request, body: ArrayBuffer, requestId: string, now: number, env: FairEnv, objects: number }} Asked
 */

/** @extends {DurableObject<FairEnv>} */
export class Store extends DurableObject {
  /**
   * @param {DurableObjectState} ctx
   * @param {FairEnv} env
   */
  constructor(ctx, env) {
    super(ctx, env)
    const { sql } = ctx.storage
    ctx.storage.transactionSync(() => {
      sql.exec(TABLES)
      sql.exec('INSERT OR IGNORE INTO pool VALUES (1, ?)', SETTINGS)
      for (let n = 0; n < ROWS; n++) sql.exec("INSERT OR IGNORE INTO identity VALUES (?, 'guest', 0)", uuidOf(n))
    })
  }

  /** @param {string} uuid */
  insert(uuid) {
    this.ctx.storage.sql.exec("INSERT INTO identity VALUES (?, 'guest', ?) ON CONFLICT DO NOTHING", uuid, Date.now())
    return { uuid }
  }

  /** @param {string} uuid */
  read(uuid) {
    return this.ctx.storage.sql.exec('SELECT uuid, state FROM identity WHERE uuid = ?', uuid).one()
  }

  /**
   * The identity of a login, made at the first call.
   *
   * @param {string} provider
   * @param {string} subject
   */
  owner(provider, subject) {
    const { sql } = this.ctx.storage
    const [found] = sql.exec('SELECT identity FROM login WHERE provider = ? AND subject = ?', provider, subject)
    if (!found) sql.exec('INSERT INTO login VALUES (?, ?, ?)', provider, subject, KNOWN)
    return { uuid: found?.identity ?? KNOWN }
  }

  settings() {
    return this.ctx.storage.sql.exec('SELECT settings FROM pool').one()
  }
}

/** @type {Record<string, (asked: Asked) => string | Promise<string>>} */
const OPERATIONS = {
  '/answer': () => SETTINGS,
  '/guest': async (asked) => {
    const { IdentityPoolId = '' } = inputOf(asked)
    const fresh = crypto.randomUUID()
    const { uuid } = await store(asked, fresh).insert(fresh)
    const identity = `us-east-1:${uuid}`
    log(asked, 'GetId', { identityPoolId: IdentityPoolId }, { identityId: identity }, decided(IdentityPoolId, identity))
    return JSON.stringify({ IdentityId: identity })
  },
  '/login': async (asked) => {
    const { IdentityPoolId = '', Logins = {} } = inputOf(asked)
    const [[provider, token] = ['', '']] = Object.entries(Logins)
    const subject = await verifiedLogin(token, asked.now, asked.env)
    const { uuid } = await store(asked, subject).owner(provider, subject)
    const identity = `us-east-1:${uuid}`
    const parameters = { identityPoolId: IdentityPoolId, logins: { [provider]: 'HIDDEN_DUE_TO_SECURITY_REASONS' } }
    const logins = [{ provider, accepted: true }]
    log(asked, 'GetId', parameters, { identityId: identity }, { ...decided(IdentityPoolId, identity), logins })
    return JSON.stringify({ IdentityId: identity })
  },
  '/token': async (asked) => {
    const { IdentityId = '' } = inputOf(asked)
    await store(asked).read(KNOWN)
    const token = await signed(IdentityId, asked.now, asked.env)
    log(
      asked,
      'GetOpenIdToken',
      { identityId: IdentityId },
      { identityId: IdentityId },
      {
        ...decided(IdentityId, IdentityId),
        tokenId: token.slice(-32),
      },
    )
    return JSON.stringify({ IdentityId, Token: token })
  },
  '/session': (asked) =>
    vended(asked, { broker: 'embedded' }, async (expiration) => {
      const key = accessKey()
      const arn = 'arn:aws:sts::000000000000:assumed-role/bench-0000000/CognitoIdentityCredentials'
      const audience = 'us-east-1:00000000-0000-4000-8000-000000000000'
      const userId = 'AROAEXAMPLEEXAMPLE000:CognitoIdentityCredentials'
      const session = { ...key, account: '000000000000', arn, userId, expiration, audience, subject: audience }
      return [key.accessKeyId, key.secret, await sealed(session)]
    }),
  '/r2': (asked) =>
    vended(asked, { broker: 'r2' }, (expiration, identity) => r2Session(identity, expiration, asked.now)),
  '/exchange': (asked) => {
    const { STS } = asked.env
    const upstream = { endpoint: STS, requestId: '00000000-0000-4000-8000-000000000000' }
    const tokenId = '0'.repeat(32)
    return vended(asked, { tokenId, broker: STS, upstream }, async (_, identity) => {
      const token = await signed(identity, asked.now, asked.env)
      return exchanged(token, STS)
    })
  },
  '/signed': async (asked) => {
    await checkSignature(asked.request.headers, asked.body, asked.env)
    const { settings } = await store(asked).settings()
    return `{"IdentityPoolId":${JSON.stringify(inputOf(asked).IdentityPoolId)},${String(settings).slice(1)}`
  },
}

/** Paths come from the bench alone, but a map is what looks up outside text. */
const operations = new Map(Object.entries(OPERATIONS))
/** Bytes of the last record, for whoever asks whether it is as long as the service's. */
let recordBytes = 0

export default {
  /**
   * @param {Request} request
   * @param {FairEnv} env
   */
  async fetch(request, env) {
    const path = request.url.slice(request.url.lastIndexOf('/'))
    if (path === '/record-bytes') return new Response(String(recordBytes))
    const [name = '', objects = 1] = path.split('-over-')
    const operation = operations.get(name)
    if (!operation) return new Response(null, { status: 404 })
    recordBytes = 0
    const body = request.method === 'POST' ? await request.arrayBuffer() : new ArrayBuffer()
    const requestId = crypto.randomUUID()
    const now = Date.now()
    const answer = await operation({ request, body, requestId, now, env, objects: Number(objects) })
    return new Response(answer, {
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
        'x-amzn-requestid': requestId,
        date: new Date(now).toUTCString(),
      },
    })
  },
}

/**
 * Reads a guest, has a session made, and answers with it. The session is an access key id, a secret and a token.
 *
 * @param {Asked} asked
 * @param {object} how
 * @param {(expiration: number, identity: string) => Promise<string[]>} session
 */
async function vended(asked, how, session) {
  const { IdentityId = '' } = inputOf(asked)
  await store(asked, IdentityId).read(KNOWN)
  const expiration = Math.floor(asked.now / 1000) + SESSION_SECONDS
  const [AccessKeyId = '', SecretKey, SessionToken] = await session(expiration, IdentityId)
  const credentials = { accessKeyId: AccessKeyId, expiration: new Date(expiration * 1000).toISOString() }
  const role = 'arn:aws:iam::000000000000:role/bench-00000000-0000-4000-8000-000000000000'
  const roleChosen = { by: 'default', role: 'unauthenticated', custom: false }
  log(
    asked,
    'GetCredentialsForIdentity',
    { identityId: IdentityId },
    { identityId: IdentityId, credentials },
    { ...decided(IdentityId, IdentityId), role, roleChosen, tagKeys: [], ...how },
  )
  return JSON.stringify({ IdentityId, Credentials: { AccessKeyId, SecretKey, SessionToken, Expiration: expiration } })
}

/**
 * @param {string} token
 * @param {string} sts
 */
async function exchanged(token, sts) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const fixed = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=CognitoIdentityCredentials'
  const answer = await fetch(sts, { method: 'POST', headers, body: `${fixed}&WebIdentityToken=${token}` })
  const text = await answer.text()
  return ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) => {
    const start = text.indexOf(`<${name}>`) + name.length + 2
    return text.slice(start, text.indexOf('<', start))
  })
}

const decoder = new TextDecoder()

/**
 * @param {Asked} asked
 * @returns {Input}
 */
function inputOf({ body }) {
  return JSON.parse(decoder.decode(body))
}

/**
 * The one object, or of several the one of this text. Any text will do, as long as it has an object and keeps it.
 *
 * @param {Asked} asked
 * @param {string} [text]
 */
function store({ env, objects }, text = '') {
  if (objects === 1) return env.STORE.getByName('floor')
  let sum = 0
  for (let n = 0; n < text.length; n++) sum += text.charCodeAt(n)
  return env.STORE.getByName(`floor-${sum % objects}`)
}

/** @param {number} n */
function uuidOf(n) {
  return n.toString(16).padStart(8, '0') + UUID_END
}

/**
 * What a record tells of every decision.
 *
 * @param {string} pool
 * @param {string} identity
 */
function decided(pool, identity) {
  return { pool, logins: [], identity, guest: true }
}

/**
 * Leaves a record in the form of the service's.
 *
 * @param {Asked} asked
 * @param {string} eventName
 * @param {object} requestParameters
 * @param {object} responseElements
 * @param {object} additionalEventData
 */
function log({ now, request, requestId }, eventName, requestParameters, responseElements, additionalEventData) {
  const record = JSON.stringify({
    level: 'info',
    event: 'audit',
    eventVersion: '1.11',
    userIdentity: { type: 'Unknown' },
    eventTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
    eventSource: 'cognito-identity.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: request.headers.get('cf-connecting-ip') ?? 'local',
    userAgent: request.headers.get('user-agent') ?? undefined,
    requestParameters,
    responseElements,
    additionalEventData,
    requestID: requestId,
    eventID: crypto.randomUUID(),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: '000000000000',
    eventCategory: 'Data',
  })
  recordBytes = record.length
  console.log(record)
}
