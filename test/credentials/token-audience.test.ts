import fc from 'fast-check'
import { expect, it } from 'vitest'
import { newIdentityId, newPoolId } from '../../src/base/ids.ts'
import { mayBeAudience } from '../../src/credentials/index.ts'

const issuer = 'https://id.example/tenants/one'
const POOL = 'us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a'

it.each([
  ['a pool', POOL],
  ['a pool in capital letters', POOL.toUpperCase()],
  ['a pool between blanks', ` ${POOL}\n`],
  ['a pool behind a scheme', `https://${POOL}/`],
  ['an identity', 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10'],
  ['the issuer', issuer],
  ['the issuer with slashes', `${issuer}//`],
  ['the issuer in capital letters', issuer.toUpperCase()],
  ['the name of the issuer', 'id.example/tenants/one'],
  ['the issuer by the other scheme', 'http://id.example/tenants/one'],
  ["AWS's name for pools", 'cognito-identity.amazonaws.com'],
  ["AWS's name for pools of a region", 'https://cognito-identity.us-gov-west-1.amazonaws.com'],
  ['nothing', ' '],
  ['a scheme alone', 'https://'],
])('no token is for %s', (_, audience) => {
  expect(mayBeAudience(audience, issuer)).toBe('no')
})

it.each([
  'sts.amazonaws.com',
  'https://sts.amazonaws.com/',
  'sts.eu-west-1.amazonaws.com',
  'sts.cn-north-1.amazonaws.com.cn',
  'STS.AMAZONAWS.COM',
  'https://sts.amazonaws.com:443/x',
  'amazonaws.com',
  'abc.tokens.sts.global.api.aws',
])('%s must be written out', (audience) => {
  expect(mayBeAudience(audience, issuer)).toBe('if_named')
})

it.each([
  'api://AzureADTokenExchange',
  '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/e',
  'vault',
  'localhost:8787',
  'https://kubernetes.default.svc',
  'https://id.example',
  'https://id.example/tenants/one/app',
  'notamazonaws.com',
  'sts.amazonaws.com.evil.example',
  'us-east-1:9f3c2a71',
])('%s may be an audience', (audience) => {
  expect(mayBeAudience(audience, issuer)).toBe('yes')
})

it('no id that this service makes is ever an audience, however it is written', () => {
  const blanks = fc.constantFrom('', ' ', '\t', '\n', '\u00a0')
  const written = fc.tuple(
    blanks,
    fc.constantFrom('', 'https://', 'http://'),
    fc.boolean(),
    fc.constantFrom('', '/', '//'),
    blanks,
  )
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
  fc.assert(
    fc.property(written, bytes, fc.boolean(), ([before, scheme, upper, slashes, after], seed, ofPool) => {
      const world = { random: (length: number) => Uint8Array.from(seed.subarray(0, length)) }
      const pool = newPoolId('eu-central-1', world)
      const id = ofPool ? pool.text : newIdentityId(pool, world).text
      const text = `${before}${scheme}${upper ? id.toUpperCase() : id}${slashes}${after}`
      expect(mayBeAudience(text, issuer)).toBe('no')
    }),
    { numRuns: 200 },
  )
})
