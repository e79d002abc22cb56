import { expect, it } from 'vitest'
import { amrOf, type LoginUsed } from '../../src/tokens/amr.ts'

it('calls a guest unauthenticated', () => {
  expect(amrOf([])).toEqual(['unauthenticated'])
})

const arn = 'arn:aws:iam::123456789012'
const cases: [LoginUsed, string[]][] = [
  [
    { kind: 'user_pool', provider: 'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1', subject: 'u-1' },
    [
      'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1',
      'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab1:CognitoSignIn:u-1',
    ],
  ],
  [
    {
      kind: 'oidc',
      provider: 'login.example.com/a',
      providerArn: `${arn}:oidc-provider/login.example.com/a`,
      subject: 'u:2',
    },
    ['login.example.com/a', `${arn}:oidc-provider/login.example.com/a:OIDC:u:2`],
  ],
  [
    { kind: 'social', provider: 'accounts.google.com', clientId: 'app.example', subject: '1001' },
    ['accounts.google.com', 'accounts.google.com:app.example:1001'],
  ],
  [
    {
      kind: 'developer',
      provider: 'login.my.app',
      poolId: 'us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a',
      subject: 'ann',
    },
    ['login.my.app', 'login.my.app:us-east-1:9f3c2a71-5b1d-4c3e-9a70-2f8e6d4c1b0a:ann'],
  ],
  [
    { kind: 'saml', provider: `${arn}:saml-provider/adfs`, subject: 'ann@example.com' },
    [`${arn}:saml-provider/adfs`, `${arn}:saml-provider/adfs:SAML:ann@example.com`],
  ],
]

it.each(cases)('names provider and user of a login: %o', (login, entries) => {
  expect(amrOf([login])).toEqual(['authenticated', ...entries])
})

it('lists several logins one after the other', () => {
  expect(amrOf(cases.map(([login]) => login))).toEqual(['authenticated', ...cases.flatMap(([, entries]) => entries)])
})
