import { describe, expect, it } from 'vitest'
import { keptNames, unverifiedLogin } from '../../src/logins/index.ts'
import { issuerKey, sign } from './fake-issuer.ts'

describe('the login that a token says it is', () => {
  it.each([
    ['https://accounts.google.com', 'accounts.google.com'],
    ['accounts.google.com', 'accounts.google.com'],
    ['https://appleid.apple.com', 'appleid.apple.com'],
    ['https://limited.facebook.com', 'graph.facebook.com'],
    ['https://tenant.auth0.com/', 'tenant.auth0.com'],
    [
      'https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_Example',
      'cognito-idp.us-east-1.amazonaws.com/us-east-1_Example',
    ],
    [
      'https://issuer-cognito-idp.us-east-1.amazonaws.com/us-east-1_Example',
      'cognito-idp.us-east-1.amazonaws.com/us-east-1_Example',
    ],
  ])('is that of %s under the name %s, whether or not it would be accepted', async (iss, provider) => {
    const { jwk, privateKey } = await issuerKey('stranger')
    const token = await sign({ alg: jwk.alg, kid: jwk.kid }, { iss, sub: 'ann', exp: 1 }, privateKey)
    expect(unverifiedLogin(token)).toEqual({ issuer: iss, provider, subject: 'ann' })
  })

  it('is none in any other text', async () => {
    const { jwk, privateKey } = await issuerKey('stranger')
    const header = { alg: jwk.alg, kid: jwk.kid }
    for (const claims of [
      { sub: 'ann' },
      { iss: 7, sub: 'ann' },
      { iss: '', sub: 'ann' },
      { iss: 'https://idp.example' },
    ])
      expect(unverifiedLogin(await sign(header, claims, privateKey))).toBeUndefined()
    for (const text of ['', '.', '..', 'EAAB', 'a.b.c', 'x'.repeat(60_000)])
      expect(unverifiedLogin(text)).toBeUndefined()
  })
})

describe('the names under which a pool may have logins', () => {
  const saml = 'arn:aws:iam::000000000000:saml-provider/okta'
  const userPool = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Example'
  it.each([
    ['accounts.google.com', ['accounts.google.com']],
    [saml, [saml]],
    [userPool.replace('cognito-idp', 'issuer-cognito-idp'), [userPool]],
    ['tenant.auth0.com', ['tenant.auth0.com', 'tenant.auth0.com/']],
    ['tenant.auth0.com/', ['tenant.auth0.com/', 'tenant.auth0.com']],
    ['login.example.app', ['login.example.app', 'login.example.app/']],
  ])('are, of %s, %o', (provider, names) => {
    expect(keptNames(provider)).toEqual(names)
  })
})
