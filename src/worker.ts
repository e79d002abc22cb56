import { waitUntil } from 'cloudflare:workers'
import { Account as AccountObject, Accounts } from './account/index.ts'
import { Decisions } from './audit/index.ts'
import { within } from './base/deadline.ts'
import { issuerName } from './base/issuer-name.ts'
import { consoleLog } from './base/log.ts'
import type { World } from './base/world.ts'
import {
  type Config,
  givenSettings,
  isLocalMode,
  localAccessKey,
  readConfig,
  readKeyRingConfig,
  SettingError,
} from './config/index.ts'
import { StsTargets } from './credentials/index.ts'
import { createApp, type Deployment, type PartHealth, RateLimits } from './http/index.ts'
import { InjectedFaults, LOCAL_ACCOUNTS, LocalAccessKeys, ResettableAccounts, resettable } from './local/index.ts'
import { createLoginVerifier, createUserPoolCheck, providerHosts } from './logins/index.ts'
import {
  type AccessKey,
  type AccessKeys,
  asksAboutTags,
  currentRing,
  type DeploymentFacts,
  keysIn,
  type LocalParts,
  type Operators,
  type Services,
} from './operations/index.ts'
import { parseAccessKeyPolicy } from './policy/index.ts'
import { CachedHints, IdentityPool as PoolObject, Pools } from './pools/index.ts'
import {
  AUDIENCE_ALGORITHMS,
  createKeys,
  discoveryDocument,
  isTokenAlgorithm,
  type Keys,
  keySetKey,
  loginHintKey,
  OTHER_RINGS_MS,
  PUBLISHED_KEYS_MAX_AGE_SECONDS,
  publicKeySet,
  RECEIPTS,
  Receipts,
  Rings,
  receiptKeySet,
  type TokenAlgorithm,
} from './tokens/index.ts'

export { KeyRing } from './tokens/key-ring.ts'

/** Local mode notes which pools an account had: even those that are deleted leave a row behind. */
export class Account extends resettable(AccountObject, {
  isLocal: isLocalMode,
  watched: { table: 'pool', key: 'id' },
}) {}

export class IdentityPool extends resettable(PoolObject, { isLocal: isLocalMode }) {}

const world: World = {
  now: () => Date.now(),
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  uuid: () => crypto.randomUUID(),
  fetch: (url, init) => fetch(url, init),
  log: consoleLog,
}

/** One isolate serves one deployment; in local mode without an ISSUER the origin is the issuer, and the last one is kept. */
let current: { origin: string | undefined; deployment: Deployment } | undefined

function deploymentOf(env: Env, originOf: () => string): Deployment {
  if (current && (current.origin === undefined || current.origin === originOf())) return current.deployment
  const config = readConfig(env)
  const origin = originOf()
  current = {
    origin: config.issuer === undefined ? origin : undefined,
    deployment: build(env, config, config.issuer ?? origin),
  }
  return current.deployment
}

function build(env: Env, config: Config, issuer: string): Deployment {
  const { localMode, r2AccessKeys, recordCopies, sts, stsTargets, turnstile } = config
  const keys = keysOf(env, config)
  const accounts = new Accounts(env.ACCOUNT, world, { later: waitUntil, copies: recordCopies === 'near' })
  const kept = decisionsOf(env, config, accounts)
  const heard = (account: string, left: number) => kept.watch(account, left)
  const services: Services = {
    world,
    issuer,
    localMode,
    local: localMode ? localParts(env) : undefined,
    sts: new StsTargets(sts, stsTargets),
    r2AccessKeys,
    turnstile,
    knownAccounts: localMode
      ? LOCAL_ACCOUNTS
      : new Set([...config.accessKeys, ...config.operatorRoles].map(({ account }) => account)),
    pools: new Pools(env.IDENTITY_POOL, world, cachedHints(issuer, keys), heard),
    accounts,
    logins: loginsOf(env, config, issuer, keys),
    keys,
    audienceKeys: audienceKeysOf(env, config, keys),
    receipts: new Receipts({ ring: () => env.KEY_RING.getByName(RECEIPTS) as never, world }),
    operators: operatorsOf(config),
    decisions: kept,
    facts: factsOf(env, config),
  }
  return {
    services,
    accessKeys: accessKeysOf(config),
    rateLimits: new RateLimits({ calls: env.RATE_LIMIT, guests: env.RATE_LIMIT_GUESTS }, world),
    local: localMode ? { hosts: new Set(config.localHosts) } : undefined,
    issuerPath: new URL(issuer).pathname.replace(/\/$/, ''),
    documents: documentsOf(services, config),
    ringHealth: () => ringHealth(keys),
    console: consoleOf(env, config, issuer),
  }
}

function decisionsOf(env: Env, { decisions, localMode }: Config, accounts: Accounts): Decisions {
  return new Decisions({
    ...{ cache: env.CACHE, keep: decisions, keepsLast: localMode, later: waitUntil, world },
    send: (account, records, missed) => accounts.takeDecisions(account, records, missed),
  })
}

/** What operators may know. Whose a named setting is, its name or its value says. */
function factsOf(env: Env, config: Config): DeploymentFacts {
  const { accessKeys, operatorRoles } = config
  const algorithm = algorithmOf(config)
  const owners = new Map<string, string>([
    ...accessKeys.map(({ account, id }) => [`ACCESS_KEY_${id}`, account] as const),
    ...operatorRoles.map(({ account, name }) => [`OPERATOR_ROLE_${name}`, account] as const),
  ])
  const accountOf = (name: string) => owners.get(name) ?? /^(?:R2_ACCESS_KEY|TURNSTILE_SECRET)_(.*)$/.exec(name)?.[1]
  const audiences = AUDIENCE_ALGORITHMS.map((one) => [one, one === algorithm ? BOTH : ['audiences']] as const)
  const uses = new Map<TokenAlgorithm, readonly string[]>([[algorithm, ['identities']], ...audiences])
  return {
    algorithm,
    settings: givenSettings(env, accountOf),
    accessKeys: accessKeys.map(({ account, id, policy, user }) => ({ account, id, policy, user })),
    operatorRoles,
    rings: new Rings({ uses, ring: (one) => env.KEY_RING.getByName(one) as never, world }),
  }
}

const BOTH = ['identities', 'audiences']

/** In local mode wherever the files are, and else at the host of its setting. */
function consoleOf({ ASSETS }: Partial<Env>, config: Config, issuer: string): Deployment['console'] {
  const { consoleHost, localMode: local, operatorOidc } = config
  if (!ASSETS || !(local || consoleHost)) return undefined
  const signIn = operatorOidc?.access
    ? ({ kind: 'access' } as const)
    : operatorOidc && { kind: 'oidc' as const, issuer: operatorOidc.issuer, clientId: operatorOidc.clientId }
  return { host: local ? undefined : consoleHost, assets: ASSETS, local, issuer, signIn }
}

function documentsOf(services: Services, config: Config): Deployment['documents'] {
  return {
    maxAgeSeconds: PUBLISHED_KEYS_MAX_AGE_SECONDS,
    discovery: () => discoveryDocument(services.issuer, algorithmOf(config)),
    keys: () => allKeys(services),
    receiptKeys: async () => receiptKeySet(keysIn(await services.receipts.keys(), services)),
  }
}

/** The keys of all rings. One that does not answer must not keep those from whoever needs the keys of identities alone. */
async function allKeys(services: Services): ReturnType<Deployment['documents']['keys']> {
  const others = [...services.audienceKeys.values()].filter((keys) => keys !== services.keys)
  const asked = others.map((keys) =>
    within('KeyRing', OTHER_RINGS_MS, () => keys.current()).catch(() => ({ ok: false }) as const),
  )
  const ring = await currentRing(services)
  const found = await Promise.all(asked)
  const views = found.flatMap((answer) => (answer.ok ? [answer.value] : []))
  return { document: publicKeySet(ring, views), complete: views.length === others.length }
}

/** The reason that keys are unavailable is one of a fixed list, and no setting is told. */
async function ringHealth(keys: Keys): Promise<PartHealth> {
  const ring = await keys.current()
  if (!ring.ok) return { state: 'failing', why: ring.error.reason }
  return keys.standsIn() ? { state: 'degraded', why: 'older_copy' } : { state: 'ok', why: 'ok' }
}

function cachedHints(issuer: string, keys: Keys): CachedHints {
  const key = async () => loginHintKey(await currentRing({ keys, world }))
  return new CachedHints({ cache: caches.default, base: issuer, key, later: waitUntil, log: world.log })
}

function loginsOf(env: Env, config: Config, issuer: string, keys: Keys) {
  return createLoginVerifier({
    world,
    cache: env.CACHE,
    cacheKey: async () => keySetKey(await currentRing({ keys, world })),
    later: waitUntil,
    ownIssuer: issuer,
    localMode: config.localMode,
    ...loginVerifierOptions(config),
  })
}

/** What login providers are asked with, beyond what is well known. */
function loginVerifierOptions({ localMode, loginProviders }: Config) {
  const { facebookAppSecrets, localIssuers, samlAudiences, samlRecipients, urls, userPoolCheck } = loginProviders
  const check = userPoolCheck && createUserPoolCheck({ ...userPoolCheck, localMode, world })
  return {
    hosts: providerHosts(urls),
    facebookAppSecrets,
    samlAudiences,
    samlRecipients,
    localIssuers,
    ...(check && { userPoolCheck: check }),
  }
}

function audienceKeysOf(env: Env, config: Config, keys: Keys): Services['audienceKeys'] {
  const own = algorithmOf(config)
  return new Map(
    AUDIENCE_ALGORITHMS.map((algorithm) => [algorithm, algorithm === own ? keys : keysOf(env, config, algorithm)]),
  )
}

function keysOf(env: Env, config: Config, algorithm = algorithmOf(config)): Keys {
  const settings = readKeyRingConfig(env)
  const ring = (now: number) => env.KEY_RING.getByName(algorithm).snapshot(now)
  return createKeys({ ring, cache: env.CACHE, settings, algorithm, world, later: waitUntil })
}

function algorithmOf({ algorithm }: Config) {
  if (isTokenAlgorithm(algorithm)) return algorithm
  throw new SettingError('TOKEN_ALG', 'is not an algorithm that tokens can be signed with')
}

/** The keys of the settings; local mode has one for each account besides. */
function accessKeysOf({ accessKeys, localMode }: Config): AccessKeys {
  const known = new Map(accessKeys.map((key) => [key.id, accessKey(key)]))
  return localMode ? new LocalAccessKeys(known, (account) => accessKey(localAccessKey(account))) : known
}

/** Cloudflare Access has no discovery document at its issuer; the keys are at an address of its own. */
function operatorsOf({ operatorOidc, operatorRoles }: Config): Operators {
  const { access, clientId, issuer } = operatorOidc ?? { access: false, clientId: '', issuer: '' }
  const keysUrl = access ? `${issuer.replace(/\/$/, '')}/cdn-cgi/access/certs` : undefined
  return {
    provider: operatorOidc && { name: issuerName(issuer), clientId, access, keysUrl },
    roles: operatorRoles.map(({ policy, ...role }) => ({ ...role, ...policyOf(`OPERATOR_ROLE_${role.name}`, policy) })),
  }
}

function localParts({ ACCOUNT, IDENTITY_POOL }: Env): LocalParts {
  return { accounts: new ResettableAccounts(ACCOUNT, IDENTITY_POOL), faults: new InjectedFaults() }
}

function accessKey({ account, id, policy, secret, user }: Config['accessKeys'][number]): AccessKey {
  return { account, secret, user, ...policyOf(`ACCESS_KEY_${id}`, policy) }
}

function policyOf(setting: string, policy: unknown) {
  const parsed = parseAccessKeyPolicy(policy)
  if (!parsed.ok) throw new Error(`The policy of ${setting} was not checked.`)
  return { policy: parsed.value, asksAboutTags: asksAboutTags(parsed.value) }
}

export default createApp(deploymentOf) satisfies ExportedHandler<Env>
