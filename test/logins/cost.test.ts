import { beforeAll, expect, it } from 'vitest'
import { type IssuerKey, issuerKey, json } from './fake-issuer.ts'
import { claimsOf, oidcProvider, testBed, tokenBy } from './support.ts'

let key: IssuerKey

beforeAll(async () => {
  key = await issuerKey('key-1')
})

/**
 * How many times as much as a row of good logins ten with one token may cost. A row takes about as long as ten of the
 * dearest, so that both are slowed down alike on a busy machine.
 */
const BUDGET = 10
const ROW = 200

/** What ten logins with a token cost, in rows of good ones. Each is timed five times, in turn; the shortest counts. */
async function costOf(token: string): Promise<number> {
  const { network, verifier } = testBed()
  const { name, issuer, trusted } = oidcProvider(network, [key])
  const ordinary = await tokenBy(key, claimsOf(issuer))
  const time = async (one: string, logins: number) => {
    const start = performance.now()
    for (let i = 0; i < logins; i++) await verifier.verify({ provider: name, token: one }, [trusted])
    return performance.now() - start
  }
  const [tokens, rows]: [number[], number[]] = [[], []]
  for (let run = 0; run < 5; run++) {
    rows.push(await time(ordinary, ROW))
    tokens.push(await time(token, 10))
  }
  return Math.min(...tokens) / Math.max(Math.min(...rows), 1)
}

const unsigned = (claims: object, header: object = { alg: 'RS256', kid: 'key-1' }) =>
  `${json(header)}.${json(claims)}.AAAA`

it.each([
  ['nothing but dots', '.'.repeat(50_000)],
  ['dots behind three parts', unsigned({}) + '.'.repeat(49_000)],
  [
    'an issuer that looks like an identity pool, again and again',
    unsigned({ iss: `cognito-identity${'.amazonaws.a'.repeat(3_050)}!` }),
  ],
  [
    'an issuer that looks like a user pool',
    unsigned({ iss: `https://cognito-idp.eu-west-1.amazonaws.com/${'eu-west-1_a'.repeat(3_300)}!` }),
  ],
  ['an issuer of slashes', unsigned({ iss: `https://idp.example.com${'/'.repeat(36_000)}` })],
  ['audiences by the thousand', unsigned(claimsOf('https://idp.example.com', { aud: Array(9_000).fill('a') }))],
  ['a long kid', unsigned(claimsOf('https://idp.example.com'), { alg: 'RS256', kid: 'k'.repeat(30_000) })],
  [
    'deep claims',
    unsigned({ iss: 'https://idp.example.com', deep: JSON.parse('['.repeat(3_000) + ']'.repeat(3_000)) }),
  ],
])('a login costs little with %s', async (_, token) => {
  expect(token.length).toBeLessThanOrEqual(50_000)
  expect(await costOf(token)).toBeLessThan(BUDGET)
})
