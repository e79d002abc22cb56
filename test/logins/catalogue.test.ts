import { expect, it } from 'vitest'
import { PROVIDER_URLS } from '../../src/config/login-providers.ts'
import {
  CATALOGUE,
  HOST_SETTINGS,
  issuersOf,
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

it.each([
  ['login.example.com', ['https://login.example.com']],
  ['appleid.apple.com', ['https://appleid.apple.com']],
  ['accounts.google.com', ['https://accounts.google.com', 'accounts.google.com']],
  ['graph.facebook.com', ['https://www.facebook.com', 'https://facebook.com', 'https://limited.facebook.com']],
  [
    'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123',
    [
      'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123',
      'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123',
    ],
  ],
  // A user pool that cannot be.
  [
    'cognito-idp.eu-west-1.amazonaws.com/us-east-1_Abc123',
    ['https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_Abc123'],
  ],
])('knows what tokens under %s may name as their issuer', (key, issuers) => {
  expect([...issuersOf(key).keys()]).toEqual(issuers)
})

it.each([
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123', true, true],
  ['cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Abc123', true, true],
  ['cognito-idp.eu-west-1.amazonaws.com/us-east-1_Abc123', true, false],
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a_b', true, false],
  ['cognito-idp.eu-west-1.amazonaws.com/eu-west-1', false, false],
  ['cognito-idp.eu-west-1.example.com/eu-west-1_Abc123', false, false],
  ['https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc123', false, false],
])('of %s says whether a pool may list it, and whether there can be such a user pool', (name, listing, userPool) => {
  expect([isUserPoolListing(name), userPoolOf(name) !== undefined]).toEqual([listing, userPool])
})
