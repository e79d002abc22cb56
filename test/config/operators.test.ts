import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/index.ts'

const deployed = { ISSUER: 'https://id.example', STS_ENDPOINT: 'aws' }
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const role = { match: { groups: ['platform', 'security'], mfa: 'true' }, account: '111122223333', policy }
const oidc = { issuer: 'https://login.example.com/tenant', clientId: 'console' }
const settings = (OPERATOR_OIDC: unknown, OPERATOR_ROLE_admin?: unknown) => ({
  ...deployed,
  ...(OPERATOR_OIDC !== undefined && { OPERATOR_OIDC: JSON.stringify(OPERATOR_OIDC) }),
  ...(OPERATOR_ROLE_admin !== undefined && { OPERATOR_ROLE_admin: JSON.stringify(OPERATOR_ROLE_admin) }),
})

describe('settings of operators', () => {
  it('are not there unless set', () => {
    expect(readConfig(deployed)).toMatchObject({ operatorOidc: undefined, operatorRoles: [] })
  })

  it('have a provider and roles, in order of name', () => {
    const given = { ...settings(oidc, role), OPERATOR_ROLE_Z: JSON.stringify({ ...role, match: { sub: 'ann' } }) }
    expect(readConfig(given)).toMatchObject({
      operatorOidc: { ...oidc, access: false },
      operatorRoles: [
        { name: 'Z', match: new Map([['sub', ['ann']]]) },
        {
          name: 'admin',
          account: '111122223333',
          policy,
          match: new Map([
            ['groups', ['platform', 'security']],
            ['mfa', ['true']],
          ]),
        },
      ],
    })
  })

  it('may name Cloudflare Access', () => {
    expect(readConfig(settings({ ...oidc, access: true })).operatorOidc).toEqual({ ...oidc, access: true })
  })

  it.each<[string, object, string]>([
    [
      'a provider without an issuer',
      settings({ clientId: 'console' }),
      'OPERATOR_OIDC must have an "issuer": an https URL without query or fragment',
    ],
    [
      'an issuer on this machine',
      settings({ ...oidc, issuer: 'http://localhost:1' }),
      'OPERATOR_OIDC must have an "issuer": an https URL without query or fragment',
    ],
    [
      'an issuer with a query',
      settings({ ...oidc, issuer: 'https://a.example?b' }),
      'OPERATOR_OIDC must have an "issuer": an https URL without query or fragment',
    ],
    [
      'a provider without a client',
      settings({ issuer: oidc.issuer }),
      'OPERATOR_OIDC must have a "clientId" of 1 to 255 characters',
    ],
    ['an unknown member', settings({ ...oidc, audience: 'x' }), 'OPERATOR_OIDC has "audience", which it does not know'],
    [
      'an access that is no boolean',
      settings({ ...oidc, access: 'yes' }),
      'OPERATOR_OIDC has an "access" that is neither true nor false',
    ],
    [
      'a role without a provider',
      settings(undefined, role),
      'OPERATOR_ROLE_admin is for operators who sign in by OPERATOR_OIDC, which is not set',
    ],
    [
      'a role with an unknown member',
      settings(oidc, { ...role, claims: {} }),
      'OPERATOR_ROLE_admin has "claims", which it does not know',
    ],
    [
      'an account that is none',
      settings(oidc, { ...role, account: 111122223333 }),
      'OPERATOR_ROLE_admin must have an "account" of twelve digits',
    ],
    [
      'a role without a policy',
      settings(oidc, { ...role, policy: undefined }),
      'OPERATOR_ROLE_admin must have a "policy": what this role may do',
    ],
    ...[undefined, {}, [], 'x', { groups: [] }, { groups: '' }, { groups: [1] }, { '': 'x' }].map(
      (match): [string, object, string] => [
        'a role for everybody',
        settings(oidc, { ...role, match }),
        'OPERATOR_ROLE_admin must have a "match": for each claim the text that it must be, or a list of texts',
      ],
    ),
    [
      'a name that is none',
      { ...settings(oidc), 'OPERATOR_ROLE_a-b': JSON.stringify(role) },
      'OPERATOR_ROLE_a-b must be named by 1 to 32 letters, digits and underscores',
    ],
  ])('refuse %s', (_, given, problem) => {
    expect(() => readConfig(given)).toThrow(`Edge Identity is not configured: ${problem}.`)
  })
})
