import { expect, it } from 'vitest'
import { PROVIDER_URLS } from '../../src/config/login-providers.ts'
import {
  CATALOGUE,
  canonicalName,
  HOST_SETTINGS,
  issuerUrl,
  isUserPoolListing,
  providerHosts,
  userPoolOf,
} from '../../src/logins/catalogue.ts'

it('has an address for every setting that replaces one, and no other', () => {
  expect([...HOST_SETTINGS].sort()).toEqual([...PROVIDER_URLS].sort())
  const urls = new Map(PROVIDER_URLS.map((name) => [name, `https://${name.toLowerCase()}.example`]))
  expect(Object.values(providerHosts(urls)).sort()).toEqual([...urls.values()].sort())
})

it('lets no provider sign with a symmetric algorithm, or with none', () => {
  for (const row of Object.values(CATALOGUE))
    for (const algorithm of 'algorithms' in row ? row.algorithms : []) expect(algorithm).toMatch(/^[RE]S(256|384|512)$/)
})

const POOL = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123'

it.each([
  ['login.example.com', 'https://login.example.com', 'https://login.example.com'],
  ['login.example.com', 'https://login.example.com/', 'https://login.example.com'],
  ['login.example.com/', 'https://login.example.com', 'https://login.example.com'],
  ['login.example.com/a/', 'https://login.example.com/a/', 'https://login.example.com/a'],
  ['login.example.com', 'https://login.example.com//', undefined],
  ['login.example.com//', 'https://login.example.com', undefined],
  ['login.example.com', 'https://LOGIN.example.com', undefined],
  ['login.example.com', 'login.example.com', undefined],
  ['appleid.apple.com', 'https://appleid.apple.com', 'https://appleid.apple.com'],
  ['accounts.google.com', 'https://accounts.google.com', 'https://accounts.google.com'],
  ['accounts.google.com', 'accounts.google.com', 'https://accounts.google.com'],
  ['graph.facebook.com', 'https://www.facebook.com', 'https://www.facebook.com'],
  ['graph.facebook.com', 'https://facebook.com', 'https://facebook.com'],
  ['graph.facebook.com', 'https://limited.facebook.com', 'https://limited.facebook.com'],
  ['graph.facebook.com', 'https://graph.facebook.com', undefined],
  [POOL, `https://${POOL}`, `https://${POOL}`],
  [POOL, `https://issuer-${POOL}`, `https://issuer-${POOL}`],
  [`issuer-${POOL}`, `https://${POOL}`, `https://${POOL}`],
  [POOL, `https://${POOL.replace('us-east-1.', 'us-west-2.')}`, `https://${POOL.replace('us-east-1.', 'us-west-2.')}`],
  [POOL.replace('us-east-1.', 'us-west-2.'), `https://issuer-${POOL}`, `https://issuer-${POOL}`],
  [POOL, `https://${POOL}4`, undefined],
  [POOL, `https://${POOL.replace('us-east-1.', 'us-nowhere-1.')}`, undefined],
  [POOL, `https://${POOL.replace('us-east-1.', 'cn-north-1.')}`, undefined],
  [POOL, `https://${POOL.replace('.com/', '.com.cn/')}`, undefined],
  [POOL, `https://other-${POOL}`, undefined],
])('knows the issuer behind a token under %s from %s', (key, iss, issuer) => {
  expect(issuerUrl(iss, key)).toBe(issuer)
})

it.each([
  [POOL, 'us-east-1', POOL],
  [`issuer-${POOL}`, 'us-east-1', POOL],
  [POOL.replace('us-east-1.', 'eu-west-1.'), 'eu-west-1', POOL],
  [`issuer-${POOL}`.replace('us-east-1.', 'eu-west-1.'), 'eu-west-1', POOL],
  ['cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A', 'cn-north-1', undefined],
  [
    'cognito-idp.cn-northwest-1.amazonaws.com.cn/cn-north-1_A',
    'cn-northwest-1',
    'cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A',
  ],
  ['cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_A', 'us-gov-west-1', undefined],
  ['cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_A', 'eusc-de-east-1', undefined],
  // A region newer than the list has user pools of its own, and no replicas.
  ['cognito-idp.eu-newest-9.amazonaws.com/eu-newest-9_A', 'eu-newest-9', undefined],
])('of the user pool %s knows where it is asked, and its first name', (name, region, canonical = name) => {
  expect(userPoolOf(name)).toMatchObject({ region, canonical, userPoolId: name.slice(name.indexOf('/') + 1) })
  expect(canonicalName(name)).toBe(canonical)
  expect(canonicalName(`${name}/`)).toBe(canonical)
})

it.each([
  ['cognito-idp.us-gov-west-1.amazonaws.com/us-east-1_A'],
  ['cognito-idp.us-east-1.amazonaws.com/cn-north-1_A'],
  ['cognito-idp.us-east-1.amazonaws.com/us-newest-9_A'],
  ['cognito-idp.us-newest-9.amazonaws.com/us-east-1_A'],
  ['cognito-idp.us-east-1.example.com/us-east-1_A'],
  ['cognito-idp.us-east-1.amazonaws.com.example.com/us-east-1_A'],
  ['cognito-idp.us-east-1.amazonaws.com/us-east-1_A/b'],
  ['cognito-idp.us-east-1.amazonaws.com:8443/us-east-1_A'],
  ['https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A'],
  ['xissuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_A'],
])('takes %s for no user pool', (name) => {
  expect(userPoolOf(name)).toBeUndefined()
  expect(canonicalName(name)).toBe(name)
})

it.each([
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123', true],
  ['issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123', true],
  ['cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc123', true],
  ['cognito-idp.eu-west-1.amazonaws.com/us-east-1_Abc123', true],
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a_b', true],
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1', false],
  ['cognito-idp.eu-west-1.example.com/eu-west-1_Abc123', false],
  ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123', false],
])('of %s says whether a pool may list it', (name, listing) => {
  expect(isUserPoolListing(name)).toBe(listing)
})
