import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../../support/client.ts'
import { deploy } from '../../support/deployment.ts'
import { captureLog } from '../support/audit.ts'
import { createPool } from '../support/pools.ts'
import { type Providers, registerOidcProvider, startProviders } from '../support/providers.ts'

/** Cloudflare docs, Workers Logpush, "Limits": of all lines of a request together. */
const LOGPUSH_CHARS = 16_384
/** Of its record, in bytes. The lines before it have what is left. */
const RECORD_BYTES = 10_240

/** `level` and `event`, before the record in its line. */
const LINE_START = '"level":"info","event":"audit",'.length + 1
const ROLE = `arn:aws:iam::000000000000:role/${'r'.repeat(64)}`

/** Ten issuers of which nobody answers, with names of a hundred characters. */
const ISSUERS = Array.from({ length: 10 }, (_, n) => `${n}${'i'.repeat(49)}.${'x'.repeat(37)}.example.com`)
const CLIENTS = Array.from({ length: 10 }, (_, n) => `${n}${'c'.repeat(200)}`)

let idp: Providers
let pool: string
let log: ReturnType<typeof captureLog>
beforeAll(async () => {
  idp = await startProviders()
  log = captureLog()
  for (const issuer of ISSUERS) await registerOidcProvider(issuer, CLIENTS)
  pool = await createPool({
    OpenIdConnectProviderARNs: ISSUERS.map((issuer) => `arn:aws:iam::000000000000:oidc-provider/${issuer}`),
  })
})
afterAll(() => log.restore())

const bytesOf = (text: string) => new TextEncoder().encode(text).byteLength
const recordLine = () => log.lines().find((line) => JSON.parse(line).event === 'audit') ?? '{}'
const record = (): { logins: Record<string, unknown>[]; shortened?: string[] } =>
  JSON.parse(recordLine()).additionalEventData
const charsLogged = () => log.lines().reduce((sum, line) => sum + line.length, 0)

/** Who signs in with all ten issuers, over bindings of a test's own. */
async function signIn(aud: string, bindings: object = {}) {
  const serve = await deploy({ ...bindings })
  const tokens = ISSUERS.map(async (issuer) => [issuer, await idp.token(issuer, 'ann', { aud })] as const)
  const Logins = Object.fromEntries(await Promise.all(tokens))
  log.clear()
  return call('GetId', { IdentityPoolId: pool, Logins }, { serve })
}

const away = () => Promise.reject(new Error('KV is away'))

describe('The lines of a request fit into what Logpush takes', () => {
  it('when its ten issuers are down, and KV with them', async () => {
    const { status } = await signIn(CLIENTS[0] ?? '', { CACHE: { get: away, put: away } })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(log.lines().length).toBeGreaterThan(20)
    expect(record().logins).toHaveLength(10)
    expect(charsLogged() - recordLine().length).toBeLessThan(LOGPUSH_CHARS - RECORD_BYTES)
  })

  it('when none of its ten tokens is for a client of the pool', async () => {
    for (const issuer of ISSUERS)
      idp.network.serve(`https://${issuer}/.well-known/openid-configuration`, {
        issuer: `https://${issuer}`,
        jwks_uri: 'https://keys.example.net/jwks',
      })
    const { status } = await signIn('a'.repeat(200))
    expect(status).toBe(400)
    expect(record().logins.map(({ provider, reason }) => [provider, reason])).toEqual(
      ISSUERS.map((issuer) => [expect.stringContaining(issuer.slice(0, 64)), 'audience']),
    )
    expect(record().shortened).toContain('additionalEventData')
    expect(bytesOf(recordLine())).toBeLessThan(RECORD_BYTES + LINE_START)
  })

  it('when it changes all rules of ten providers', async () => {
    const Claim = 'c'.repeat(64)
    const Rules = Array.from({ length: 25 }, (_, n) => ({ Claim, MatchType: 'Equals', Value: `${n}`, RoleARN: ROLE }))
    const mapping = { Type: 'Rules', AmbiguousRoleResolution: 'Deny', RulesConfiguration: { Rules } }
    const RoleMappings = Object.fromEntries(ISSUERS.map((issuer) => [issuer, mapping]))
    log.clear()
    await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: ROLE }, RoleMappings })
    const { requestParameters, eventName } = JSON.parse(recordLine())
    expect(eventName).toBe('SetIdentityPoolRoles')
    expect(requestParameters.identityPoolId).toBe(pool)
    expect(Object.keys(requestParameters)).toEqual(['identityPoolId', 'roles', 'roleMappings'])
    expect(record().shortened).toEqual(['requestParameters'])
    expect(bytesOf(recordLine())).toBeLessThan(RECORD_BYTES + LINE_START)
  })
})
