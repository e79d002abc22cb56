import { describe, expect, it } from 'vitest'
import { isCatalogued, isProviderName } from '../../src/logins/index.ts'

const CATALOGUED = [
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
  'api.twitter.com',
  'appleid.apple.com',
  'cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1',
  'cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab1:1a2b3c',
  'arn:aws:iam::123456789012:saml-provider/Corp.Idp',
  'arn:aws-us-gov:iam::123456789012:oidc-provider/login.example/tenant',
]

const ISSUERS = [
  'idp.example',
  'tenant.eu.auth0.com',
  'login.microsoftonline.com/2f1d7f3a-1111-4222-8333-444455556666/v2.0',
  'company.okta.com/oauth2/ausXYZ_1-2',
  'gitlab.internal.example:8443',
  'localhost:3000',
  '127.0.0.1:3000/realms/test',
]

/** What clients send in the place of a name: tokens of every kind of provider, secrets, users. */
const OTHERS = [
  '1234567890-AbCdEfGhIjKlMnOpQrStUvWxYz;aBcDeFgHiJkLmNoPqRsTuVwXyZ',
  'consumer-key;consumer-secret',
  'EAACEdEose0cBAKZBZCZBZAr1ZC2',
  'Atza|IwEBIO9mWoekr9KzK7rH_Db0gp93sewM',
  'ya29.a0AfH6SMBxYz-1_2',
  'c1a2b3c4d5.0.mrwqq.Ab-Cd_Ef',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl',
  'PHNhbWxwOlJlc3BvbnNlPg==',
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  '0123456789abcdef0123456789abcdef',
  'alice@example.com',
  'alice',
  'https://idp.example/?access_token=x',
  'idp.example/?token=x',
  'api.twitter.com:key;secret',
  '',
  'constructor',
]

describe('the name of a provider', () => {
  it.each(CATALOGUED)('is known: %s', (name) => {
    expect([isCatalogued(name), isProviderName(name)]).toEqual([true, true])
  })

  it.each(ISSUERS)('may be that of an issuer: %s', (name) => {
    expect([isCatalogued(name), isProviderName(name)]).toEqual([false, true])
  })

  it.each(OTHERS)('is not %s', (text) => {
    expect([isCatalogued(text), isProviderName(text)]).toEqual([false, false])
  })

  it('may be mixed up with that of a user, so that only the catalogue counts there', () => {
    expect([isCatalogued('ann.smith'), isProviderName('ann.smith')]).toEqual([false, true])
  })
})
