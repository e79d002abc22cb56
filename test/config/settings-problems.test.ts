import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { settingsProblems } from '../../tools/deploy/settings-problems.ts'
import { deploy } from '../support/deployment.ts'

const KEY = btoa('k'.repeat(32))
const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const ACCESS_KEY = { secret: 'f3a1c05e9b7d42688a4e1f0c6d2b9e57', account: '111122223333', policy: POLICY }
const R2_KEY = {
  accountId: '0123456789abcdef'.repeat(2),
  accessKeyId: 'a1b2c3d4e5f60718',
  secretAccessKey: ACCESS_KEY.secret + ACCESS_KEY.secret,
}

/** For each setting, values of which the first can stand beside all other first ones. `undefined`: it is not there. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  ISSUER: ['https://id.example', 'https://id.example/a', 'https://id.example/', 'http://id.example', 'id', '', ['x']],
  STS_ENDPOINT: ['aws', 'embedded', 'https://sts.example', 'http://sts.example', 'AWS', ' ', 'https://sts.example?a'],
  STS_PROFILE: [undefined, 'minio', 'ceph', 'aws', '', 5],
  DECISIONS: ['all', 'off', 'none', true],
  TOKEN_ALG: ['RS256', 'ES256', 'RS512', 'HS256', ' ES256\n', { a: 1 }],
  REVOKED_KEYS: ['k1,k2', '', '["k1"]', ['k1'], ' k1 , '],
  FACEBOOK_GRAPH_URL: ['https://graph.example/', 'http://graph.example', 'x', 'https://graph.example?a'],
  GOOGLE_KEYS_URL: ['https://keys.example/jwks', false],
  SAML_AUDIENCES: ['urn:a,urn:b', '', {}],
  OPERATOR_OIDC: [
    '{"issuer":"https://login.example","clientId":"console"}',
    '{"issuer":"http://login.example","clientId":"console"}',
    '{"issuer":"https://login.example"}',
    '',
  ],
  OPERATOR_ROLE_admin: [
    JSON.stringify({ match: { groups: 'platform' }, account: '111122223333', policy: POLICY }),
    JSON.stringify({ match: {}, account: '111122223333', policy: POLICY }),
    JSON.stringify({ match: { groups: 'platform' }, account: '1', policy: POLICY }),
    '',
  ],
  CONSOLE_HOST: [
    'console.example',
    'id.example',
    'https://console.example',
    'Console.example',
    'console.example.',
    'console',
    '',
  ],
  LOCAL_HOSTS: [undefined, 'a.example', ''],
  LOCAL_ISSUERS: [undefined, '{"login.example.com":"https://idp.example"}', ''],
  KEY_ENCRYPTION_KEY: [KEY, `${KEY}\n`, 'short', '', '%', 32],
  KEY_ENCRYPTION_KEY_PREVIOUS: [KEY, '', 'x', null, [KEY]],
  USER_POOL_CHECK: [JSON.stringify({ accessKeyId: 'A', secretAccessKey: 'b' }), '{}', 'x', ''],
  ACCESS_KEY_AKIAEXAMPLE: [
    JSON.stringify(ACCESS_KEY),
    JSON.stringify({ ...ACCESS_KEY, secret: 'short' }),
    JSON.stringify({ ...ACCESS_KEY, policy: { Statement: [{ Effect: 'Perhaps' }] } }),
    ACCESS_KEY,
    '',
  ],
  'ACCESS_KEY_-': [undefined, JSON.stringify(ACCESS_KEY)],
  TURNSTILE_SECRET_111122223333: [
    '{"secret": "0x4AAAAAAAAAAAAAAAAAAAAAAAA"}',
    '{"secret": "short"}',
    '{"secret": "0x4AAAAAAAAAAAAAAAAAAAAAAAA", "hostnames": []}',
    '{',
  ],
  R2_ACCESS_KEY_111122223333: [JSON.stringify(R2_KEY), JSON.stringify({ ...R2_KEY, accountId: 'x' }), '{'],
  FACEBOOK_APP_SECRET_123: ['sesame', ' '],
  FACEBOOK_APP_SECRET_app: [undefined, 'sesame'],
}

const SECRETS = /^(KEY_ENCRYPTION|USER_POOL_CHECK|ACCESS_KEY_|R2_ACCESS_KEY_|TURNSTILE_SECRET_|FACEBOOK_APP_SECRET_)/

/** Settings of a deployment, most of which have nothing wrong. */
const settings = fc
  .record(
    Object.fromEntries(
      Object.entries(VALUES).map(([name, values]) => [
        name,
        fc.oneof(
          { weight: 12, arbitrary: fc.constant(values[0]) },
          { weight: 1, arbitrary: fc.constantFrom(...values) },
        ),
      ]),
    ),
    { requiredKeys: ['ISSUER', 'STS_ENDPOINT', 'KEY_ENCRYPTION_KEY'] },
  )
  .map(
    (all): Record<string, unknown> =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  )

describe('the check before a deployment', () => {
  it('lets pass what the Worker starts with, and nothing else', async () => {
    const seen = { passed: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(settings, async (all) => {
        const { missing, problems } = settingsProblems({ vars: variablesOf(all), secrets: secretsOf(all) })
        const passes = problems.length === 0 && !missing.some((line) => line.startsWith('KEY_ENCRYPTION_KEY '))
        seen[passes ? 'passed' : 'refused'] += 1
        expect([passes, ...(await statusesWith(all))]).toEqual([passes, ...(passes ? [200, 400] : [500, 500])])
      }),
      { numRuns: 100 },
    )
    expect(seen.passed).toBeGreaterThan(5)
    expect(seen.refused).toBeGreaterThan(5)
  })

  it('judges the names of secrets whose values nobody can see', () => {
    const names = [
      'KEY_ENCRYPTION_KEY',
      'ACCESS_KEY_AKIAEXAMPLE',
      'ACCESS_KEY_-',
      'R2_ACCESS_KEY_1',
      'FACEBOOK_APP_SECRET_app',
    ]
    const secrets = new Map([...names, 'ACCES_KEY_AKIA', 'OTHER'].map((name) => [name, undefined] as const))
    const vars = { ISSUER: 'https://id.example', STS_ENDPOINT: 'aws' }
    expect(settingsProblems({ vars, secrets })).toEqual({
      problems: [
        'ACCESS_KEY_- must be named by an access key id of 4 to 128 letters and digits.',
        'R2_ACCESS_KEY_1 must be named by the account of twelve digits whose pools may grant with it.',
        'FACEBOOK_APP_SECRET_app must be named by an app id, which has digits only.',
      ],
      missing: [],
      notes: ['ACCES_KEY_AKIA is no setting of this service. Is ACCESS_KEY_<id> meant?'],
    })
  })

  it('takes a variable that is deployed as a secret, but not both', () => {
    const secrets = new Map(
      ['KEY_ENCRYPTION_KEY', 'ACCESS_KEY_AKIA', 'ISSUER'].map((name) => [name, undefined] as const),
    )
    const vars = { STS_ENDPOINT: 'aws' }
    const nothing = { problems: [], missing: [], notes: [] }
    expect(settingsProblems({ vars, secrets })).toEqual(nothing)
    expect(settingsProblems({ vars: { ...vars, ISSUER: 'https://id.example' }, secrets })).toEqual({
      ...nothing,
      problems: ['ISSUER is a variable and a secret: Cloudflare takes one of them alone.'],
    })
  })

  it('names secrets that the configuration demands, each once', () => {
    const secrets = new Map([['ACCESS_KEY_AKIA', undefined]])
    const vars = { ISSUER: 'https://id.example', STS_ENDPOINT: 'aws' }
    expect(settingsProblems({ vars, secrets, required: ['KEY_ENCRYPTION_KEY', 'USER_POOL_CHECK'] }).missing).toEqual([
      'KEY_ENCRYPTION_KEY is missing: 32 random bytes in base64. `wrangler secret put KEY_ENCRYPTION_KEY`',
      'USER_POOL_CHECK is missing: secrets.required names it. `wrangler secret put USER_POOL_CHECK`',
    ])
  })

  it('repeats no secret', () => {
    const secrets = new Map(Object.keys(VALUES).map((name) => [name, 'sesame-1'] as const))
    expect(JSON.stringify(settingsProblems({ vars: {}, secrets }))).not.toContain('sesame-1')
  })
})

function variablesOf(all: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !SECRETS.test(name)))
}

/** Secrets are text, so that what is none here stands for a secret that wrangler would not take. */
function secretsOf(all: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(all).flatMap(([name, value]) => (SECRETS.test(name) ? [[name, value as string] as const] : [])),
  )
}

/** How a new isolate with these settings answers for a document, and for a call of a pool that does not exist. */
async function statusesWith(all: Readonly<Record<string, unknown>>): Promise<number[]> {
  const serve = await deploy({ LOCAL_MODE: undefined, ...all })
  const issuer = typeof all.ISSUER === 'string' ? all.ISSUER : ''
  const path = URL.parse(issuer)?.pathname.replace(/\/$/, '') ?? ''
  const call = {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSCognitoIdentityService.GetId' },
    body: JSON.stringify({ IdentityPoolId: 'us-east-1:00000000-0000-4000-8000-000000000000' }),
  }
  const requests = [
    new Request(`https://id.example${path}/.well-known/openid-configuration`),
    new Request('https://id.example/', call),
  ]
  return Promise.all(
    requests.map(async (request) => {
      const response = await serve(request)
      await response.body?.cancel()
      return response.status
    }),
  )
}
