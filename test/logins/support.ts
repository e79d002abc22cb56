import { env } from 'cloudflare:workers'
import type { LogFields } from '../../src/base/log.ts'
import {
  createLoginVerifier,
  type LoginVerifier,
  type LoginVerifierOptions,
  type TrustedProvider,
} from '../../src/logins/index.ts'
import { FakeNetwork, type IssuerKey, sign } from './fake-issuer.ts'

export const START = 1_900_000_000
export const HOUR = 3600
export const CLIENT = 'client-1'

export interface Setting extends Partial<Omit<LoginVerifierOptions, 'world' | 'ownIssuer'>> {}

/** A verifier with a clock, a network and a log of the test's own, over real KV. Times are Unix seconds. */
export function testBed(setting: Setting = {}) {
  const network = new FakeNetwork()
  const clock = { now: START }
  const logged: { event: string; fields: LogFields | undefined }[] = []
  const record = (event: string, fields?: LogFields) => void logged.push({ event, fields })
  const world = {
    now: () => clock.now * 1000,
    random: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
    uuid: () => crypto.randomUUID(),
    fetch: network.fetch,
    log: { info: record, text: (event: string) => record(event), warn: record, error: record },
  }
  const writes: Promise<unknown>[] = []
  /** A verifier that answers when all is done that outlasts its answer, so that a test sees what was written. */
  const isolate = (changed: Setting = {}): LoginVerifier => {
    const { keySets, verify } = createLoginVerifier({
      world,
      cache: env.CACHE,
      cacheKey: async () => new Uint8Array(32).fill(7),
      later: (work) => void writes.push(work),
      ownIssuer: 'https://identity.example.com',
      localMode: false,
      ...setting,
      ...changed,
    })
    return {
      keySets,
      verify: async (...login) => {
        const answer = await verify(...login)
        while (writes.length > 0) await Promise.all(writes.splice(0))
        return answer
      },
    }
  }
  return { network, clock, logged, world, isolate, verifier: isolate() }
}

/** A provider known to IAM, its discovery document and key set served, and tokens of it. */
export function oidcProvider(network: FakeNetwork, keys: readonly IssuerKey[], name = 'idp.example.com') {
  const issuer = `https://${name}`
  const urls = { discovery: `${issuer}/.well-known/openid-configuration`, keys: 'https://keys.example.net/jwks' }
  const serveKeys = (served: readonly IssuerKey[], headers: Record<string, string> = {}) =>
    network.serve(urls.keys, { keys: served.map((key) => key.jwk) }, headers)
  network.serve(urls.discovery, { issuer, jwks_uri: urls.keys })
  serveKeys(keys)
  const trusted: TrustedProvider = {
    kind: 'oidc',
    arn: `arn:aws:iam::1:oidc-provider/${name}`,
    name,
    clientIds: [CLIENT],
  }
  return { name, issuer, urls, serveKeys, trusted }
}

/** One provider, whose long-lived tokens are judged by one isolate, or by a fresh one. */
export function issuerBed(key: IssuerKey, setting: Setting = {}) {
  const bed = testBed(setting)
  const provider = oidcProvider(bed.network, [key])
  const judge = async (signer: IssuerKey = key, { kid = signer.jwk.kid, verifier = bed.verifier } = {}) => {
    const token = await tokenBy(signer, claimsOf(provider.issuer, { exp: START + 30 * 24 * HOUR }), { kid })
    const answer = await verifier.verify({ provider: provider.name, token }, [provider.trusted])
    return answer.ok ? 'accepted' : answer.error
  }
  const judgeElsewhere = (signer?: IssuerKey, changed: Setting = {}) =>
    judge(signer, { verifier: bed.isolate(changed) })
  const breakIssuer = () => bed.network.answer(provider.urls.keys, () => new Response('oops', { status: 503 }))
  const down = { reason: 'keys_unavailable', issuer: provider.issuer, detail: 'status' } as const
  /** How often the key set was fetched. */
  const fetches = () => bed.network.asked.filter((url) => url === provider.urls.keys).length
  return { ...bed, provider, judge, judgeElsewhere, breakIssuer, down, fetches }
}

export function claimsOf(issuer: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { iss: issuer, aud: CLIENT, sub: 'user-1', iat: START - 10, exp: START + HOUR, ...changes }
}

/** A token signed by `key` as its issuer would. A claim changed to `undefined` is left out. */
export function tokenBy(
  key: IssuerKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  return sign({ alg: key.jwk.alg, kid: key.jwk.kid, ...header }, claims, key.privateKey)
}

/** Real KV that notes what is called on it. */
export function watchedCache(used: string[]): KVNamespace {
  return new Proxy(env.CACHE, {
    get: (target, name) => {
      used.push(String(name))
      return Reflect.get(target, name)
    },
  })
}

export async function emptyCache(): Promise<void> {
  const { keys } = await env.CACHE.list()
  await Promise.all(keys.map(({ name }) => env.CACHE.delete(name)))
}
