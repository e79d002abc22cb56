import { describe, expect, it } from 'vitest'
import { readConfig, SettingError } from '../../src/config/index.ts'

const deployed = { ISSUER: 'https://id.example', STS_ENDPOINT: 'aws' }
const local = { LOCAL_MODE: 'on' }

const secret = 'f3a1c05e9b7d42688a4e1f0c6d2b9e57'
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const guardedBy = (conditionKey: string) => ({
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { [conditionKey]: 'x' } } }],
})
const key = { secret, account: '111122223333', policy }

const r2Key = {
  accountId: '0123456789abcdef'.repeat(2),
  accessKeyId: 'a1b2c3d4e5f60718',
  secretAccessKey: secret + secret,
}

const nothingOfProviders = {
  urls: new Map(),
  facebookAppSecrets: new Map(),
  userPoolCheck: undefined,
  samlRecipients: [],
  samlAudiences: [],
  localIssuers: new Map(),
}

describe('settings', () => {
  it('of a deployment need an issuer and an STS, and know no key', () => {
    expect(readConfig(deployed)).toEqual({
      localMode: false,
      localHosts: [],
      issuer: 'https://id.example',
      algorithm: 'RS256',
      sts: { kind: 'remote', endpoint: 'aws', profile: 'aws' },
      stsTargets: [],
      r2AccessKeys: new Map(),
      decisions: 'refusals',
      recordCopies: 'off',
      operatorOidc: undefined,
      operatorRoles: [],
      accessKeys: [],
      loginProviders: nothingOfProviders,
      turnstile: { widgets: new Map(), url: undefined },
    })
  })

  it('of local mode need nothing else, and know one key that may do everything', () => {
    expect(readConfig(local)).toEqual({
      localMode: true,
      localHosts: [],
      issuer: undefined,
      algorithm: 'RS256',
      sts: { kind: 'embedded' },
      stsTargets: [],
      r2AccessKeys: new Map(),
      decisions: 'all',
      recordCopies: 'off',
      operatorOidc: undefined,
      operatorRoles: [],
      accessKeys: [{ id: 'test', secret: 'test', account: '000000000000', user: 'test', policy }],
      loginProviders: nothingOfProviders,
      turnstile: { widgets: new Map(), url: undefined },
    })
  })

  it.each([
    ['an issuer with a path', { ...deployed, ISSUER: 'https://id.example/a/b' }, { issuer: 'https://id.example/a/b' }],
    ['blanks around a value', { ...deployed, ISSUER: ' https://id.example\n' }, { issuer: 'https://id.example' }],
    ['a longest issuer', { ...deployed, ISSUER: longIssuer(255) }, { issuer: longIssuer(255) }],
    ['ES256', { ...deployed, TOKEN_ALG: 'ES256' }, { algorithm: 'ES256' }],
    ['RS512', { ...deployed, TOKEN_ALG: 'RS512' }, { algorithm: 'RS512' }],
    ['the embedded STS', { ...deployed, STS_ENDPOINT: 'embedded' }, { sts: { kind: 'embedded' } }],
    [
      'widgets of Turnstile, and a proxy for it',
      {
        ...deployed,
        TURNSTILE_URL: 'https://proxy.example/verify',
        TURNSTILE_SECRET_111122223333: '{"secret": "0x4AAAAAAAAAAAAAAAAAAAAAAAA", "hostnames": ["app.example"]}',
      },
      {
        turnstile: {
          widgets: new Map([['111122223333', { secret: '0x4AAAAAAAAAAAAAAAAAAAAAAAA', hostnames: ['app.example'] }]]),
          url: 'https://proxy.example/verify',
        },
      },
    ],
    [
      'an STS for some roles',
      {
        ...deployed,
        STS_TARGET_s3: '{"endpoint": "https://s3.example", "profile": "ceph", "roles": ["arn:aws:iam:::role/*"]}',
      },
      {
        stsTargets: [
          {
            roles: ['arn:aws:iam:::role/*'],
            target: { kind: 'remote', endpoint: 'https://s3.example', profile: 'ceph' },
          },
        ],
      },
    ],
    [
      'the embedded STS and AWS for some roles',
      {
        ...deployed,
        STS_TARGET_a: '{"endpoint": "embedded", "roles": ["arn:aws:iam::111122223333:role/a"]}',
        STS_TARGET_b: '{"endpoint": "aws", "roles": ["arn:aws:iam::111122223333:role/b"]}',
      },
      {
        stsTargets: [
          { roles: ['arn:aws:iam::111122223333:role/a'], target: { kind: 'embedded' } },
          { roles: ['arn:aws:iam::111122223333:role/b'], target: { kind: 'remote', endpoint: 'aws', profile: 'aws' } },
        ],
      },
    ],
    [
      'an STS-compatible service',
      { ...deployed, STS_ENDPOINT: 'https://sts.example:9000/sts' },
      { sts: { kind: 'remote', endpoint: 'https://sts.example:9000/sts', profile: 'compatible' } },
    ],
    ['local mode that is off', { ...deployed, LOCAL_MODE: 'off' }, { localMode: false, accessKeys: [] }],
    ['an empty value, as if it were missing', { ...local, ISSUER: '', STS_ENDPOINT: ' ' }, { issuer: undefined }],
    [
      'an http issuer in local mode',
      { ...local, ISSUER: 'http://localhost:8787' },
      { issuer: 'http://localhost:8787' },
    ],
    [
      'an http STS in local mode',
      { ...local, STS_ENDPOINT: 'http://minio:9000' },
      { sts: { kind: 'remote', endpoint: 'http://minio:9000', profile: 'compatible' } },
    ],
    ...['compatible', 'minio', 'seaweedfs', 'ceph', 'localstack'].map((profile): [string, object, object] => [
      `an STS of the make ${profile}`,
      { ...deployed, STS_ENDPOINT: 'https://sts.example', STS_PROFILE: profile },
      { sts: { kind: 'remote', endpoint: 'https://sts.example', profile } },
    ]),
    [
      'a key of R2',
      { ...deployed, R2_ACCESS_KEY_111122223333: JSON.stringify(r2Key) },
      { r2AccessKeys: new Map([['111122223333', r2Key]]) },
    ],
    [
      'a key of R2 for some buckets of a jurisdiction',
      { ...deployed, R2_ACCESS_KEY_111122223333: JSON.stringify({ ...r2Key, jurisdiction: 'eu', buckets: ['a'] }) },
      { r2AccessKeys: new Map([['111122223333', { ...r2Key, jurisdiction: 'eu', buckets: ['a'] }]]) },
    ],
    ['copies of records', { ...deployed, RECORD_COPIES: 'near' }, { recordCopies: 'near' }],
    ['decisions that are not kept', { ...deployed, DECISIONS: 'off' }, { decisions: 'off' }],
    [
      'hosts of local mode',
      { ...local, LOCAL_HOSTS: 'edge-identity, host.docker.internal,,' },
      { localHosts: ['edge-identity', 'host.docker.internal'] },
    ],
    [
      'issuers of local mode',
      { ...local, LOCAL_ISSUERS: JSON.stringify({ 'accounts.google.com': 'http://localhost:8787/issuers/google' }) },
      {
        loginProviders: {
          ...nothingOfProviders,
          localIssuers: new Map([['accounts.google.com', 'http://localhost:8787/issuers/google']]),
        },
      },
    ],
    [
      'an access key, whose user is named by its id',
      { ...deployed, ACCESS_KEY_AKIAEXAMPLE: JSON.stringify(key) },
      { accessKeys: [{ id: 'AKIAEXAMPLE', secret, account: '111122223333', user: 'AKIAEXAMPLE', policy }] },
    ],
    [
      'an access key of a named user',
      { ...deployed, ACCESS_KEY_AKIAEXAMPLE: JSON.stringify({ ...key, user: 'back.end@example' }) },
      { accessKeys: [{ id: 'AKIAEXAMPLE', secret, account: '111122223333', user: 'back.end@example', policy }] },
    ],
    [
      'addresses of providers',
      { ...deployed, FACEBOOK_GRAPH_URL: 'https://proxy.example/graph/', X_API_URL: 'https://proxy.example/x' },
      {
        loginProviders: {
          urls: new Map([
            ['FACEBOOK_GRAPH_URL', 'https://proxy.example/graph'],
            ['X_API_URL', 'https://proxy.example/x'],
          ]),
        },
      },
    ],
    [
      'the secret of a Facebook app',
      { ...deployed, FACEBOOK_APP_SECRET_7346241598935552: ' sesame ' },
      { loginProviders: { facebookAppSecrets: new Map([['7346241598935552', 'sesame']]) } },
    ],
    [
      'keys to ask user pools with',
      { ...deployed, USER_POOL_CHECK: '{"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "sesame"}' },
      { loginProviders: { userPoolCheck: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'sesame' } } },
    ],
    [
      'what SAML assertions may name',
      { ...deployed, SAML_RECIPIENTS: 'https://app.example/saml, https://b.example', SAML_AUDIENCES: 'urn:app' },
      {
        loginProviders: {
          samlRecipients: ['https://app.example/saml', 'https://b.example'],
          samlAudiences: ['urn:app'],
        },
      },
    ],
    ['bindings, which are not settings', { ...deployed, CACHE: {}, RATE_LIMIT: undefined }, { accessKeys: [] }],
  ])('may be %s', (_, env, expected) => {
    expect(readConfig(env)).toMatchObject(expected)
  })

  it('may add access keys to local mode', () => {
    const { accessKeys } = readConfig({ ...local, ACCESS_KEY_AKIAEXAMPLE: JSON.stringify(key) })
    expect(accessKeys.map(({ id }) => id)).toEqual(['test', 'AKIAEXAMPLE'])
  })
})

describe('a setting that cannot stand is refused by name:', () => {
  it.each<[string, object, string]>([
    ['nothing at all', {}, 'ISSUER is required: the https URL under which this Worker is reached'],
    ['no issuer', { STS_ENDPOINT: 'aws' }, 'ISSUER is required: the https URL under which this Worker is reached'],
    [
      'no STS',
      { ISSUER: 'https://id.example' },
      'STS_ENDPOINT is required: "aws", "embedded", or the https URL of an STS-compatible service',
    ],
    [
      'a provider that is asked in the clear',
      { ...deployed, AMAZON_API_URL: 'http://proxy.example' },
      'AMAZON_API_URL must be an https URL without query or fragment',
    ],
    [
      'a Facebook app without a number',
      { ...deployed, FACEBOOK_APP_SECRET_myapp: 'sesame' },
      'FACEBOOK_APP_SECRET_myapp must be named by an app id, which has digits only',
    ],
    [
      'a user pool check that is no JSON',
      { ...deployed, USER_POOL_CHECK: 'AKIAEXAMPLE:sesame' },
      'USER_POOL_CHECK must be a JSON object with "accessKeyId" and "secretAccessKey"',
    ],
    [
      'a user pool check without a secret',
      { ...deployed, USER_POOL_CHECK: '{"accessKeyId": "AKIAEXAMPLE"}' },
      'USER_POOL_CHECK must have an "accessKeyId" and a "secretAccessKey"',
    ],
    [
      'a user pool check at no address',
      {
        ...deployed,
        USER_POOL_CHECK: '{"accessKeyId": "AKIAEXAMPLE", "secretAccessKey": "sesame", "endpoint": "idp"}',
      },
      'USER_POOL_CHECK has an "endpoint" that is not a URL',
    ],
    ['an http issuer', { ...deployed, ISSUER: 'http://id.example' }, 'ISSUER must be an https URL'],
    ['a host for an issuer', { ...deployed, ISSUER: 'id.example' }, 'ISSUER must be an https URL'],
    ['an issuer that is no web address', { ...local, ISSUER: 'ftp://localhost' }, 'ISSUER must be an https URL'],
    ['an issuer with a slash', { ...deployed, ISSUER: 'https://id.example/' }, 'ISSUER must not end with a slash'],
    [
      'an issuer with a port',
      { ...deployed, ISSUER: 'https://id.example:8443' },
      'ISSUER must not name a port: AWS STS refuses such issuers',
    ],
    [
      'an issuer with the port that goes without saying',
      { ...deployed, ISSUER: 'https://id.example:443' },
      'ISSUER must be written https://id.example: issuers are compared letter by letter',
    ],
    [
      'an issuer in capitals',
      { ...deployed, ISSUER: 'https://ID.example/A' },
      'ISSUER must be written https://id.example/A: issuers are compared letter by letter',
    ],
    [
      'an issuer with dots in its path',
      { ...deployed, ISSUER: 'https://id.example/a/../b' },
      'ISSUER must be written https://id.example/b: issuers are compared letter by letter',
    ],
    ...[
      'https://id.example?a=b',
      'https://id.example?',
      'https://id.example/a#',
      'https://id.example#a',
      'https://user:word@id.example',
      longIssuer(256),
    ].map((ISSUER): [string, object, string] => [
      'an issuer that is not plain',
      { ...deployed, ISSUER },
      'ISSUER must be a plain URL of at most 255 characters, without query, fragment or credentials',
    ]),
    ...['https://localhost', 'https://10.0.0.8', 'https://[::1]/a', 'https://intranet'].map(
      (ISSUER): [string, object, string] => [
        'an issuer that nobody outside reaches',
        { ...deployed, ISSUER },
        'ISSUER must have a public host name',
      ],
    ),
    ['an unknown algorithm', { ...deployed, TOKEN_ALG: 'HS256' }, 'TOKEN_ALG must be one of RS256, ES256, RS512'],
    ['no algorithm', { ...deployed, TOKEN_ALG: 'none' }, 'TOKEN_ALG must be one of RS256, ES256, RS512'],
    ['a mode between on and off', { ...deployed, LOCAL_MODE: 'true' }, 'LOCAL_MODE must be one of on, off'],
    ...['http://sts.example', 'AWS', 'https://user:word@sts.example', 'ftp://sts.example'].map(
      (STS_ENDPOINT): [string, object, string] => [
        'an STS that cannot be trusted',
        { ...deployed, STS_ENDPOINT },
        'STS_ENDPOINT must be "aws", "embedded", or an https URL',
      ],
    ),
    ...['https://sts.example/?key=1', 'https://sts.example/#a'].map((STS_ENDPOINT): [string, object, string] => [
      'an STS whose address holds more than a place',
      { ...deployed, STS_ENDPOINT },
      'STS_ENDPOINT must be a URL without query or fragment',
    ]),
    ...['aws', 'embedded'].map((STS_ENDPOINT): [string, object, string] => [
      'a make of STS where there is no choice',
      { ...deployed, STS_ENDPOINT, STS_PROFILE: 'minio' },
      `STS_PROFILE is for a service that STS_ENDPOINT names by its URL, not for ${STS_ENDPOINT}`,
    ]),
    ...['aws', 'AWS', 'MinIO', 'rustfs', 'constructor', '__proto__'].map((STS_PROFILE): [string, object, string] => [
      'a make of STS that is unknown',
      { ...deployed, STS_ENDPOINT: 'https://sts.example', STS_PROFILE },
      'STS_PROFILE must be one of compatible, minio, seaweedfs, ceph, localstack',
    ]),
    ...(
      [
        ['{}', 'must have an "endpoint": "aws", "embedded", or an https URL'],
        ['{"endpoint": "http://s3.example", "roles": ["arn:a:*"]}', 'must be "aws", "embedded", or an https URL'],
        ['{"endpoint": "aws"}', 'must have "roles": a list of role ARNs, each of which may end with *'],
        ['{"endpoint": "aws", "roles": ["*"]}', 'must have "roles": a list of role ARNs, each of which may end with *'],
        [
          '{"endpoint": "aws", "roles": ["arn:a:*b"]}',
          'must have "roles": a list of role ARNs, each of which may end with *',
        ],
        [
          '{"endpoint": "aws", "roles": ["arn:a:*"], "profile": "ceph"}',
          'has a "profile", which is for a service that "endpoint" names by its URL',
        ],
        [
          '{"endpoint": "https://s3.example", "roles": ["arn:a:*"], "profile": "aws"}',
          'must be one of compatible, minio, seaweedfs, ceph, localstack',
        ],
        ['{"endpoint": "aws", "role": "arn:a:*"}', 'has "role", which it does not know'],
        ['{"endpoint": "aws", "endpoint": "embedded"}', 'names a member of a JSON object twice'],
      ] as const
    ).map(([STS_TARGET_s3, problem]): [string, object, string] => [
      'an STS for some roles that is none',
      { ...deployed, STS_TARGET_s3 },
      `STS_TARGET_s3 ${problem}`,
    ]),
    [
      'two STS for the same roles',
      {
        ...deployed,
        STS_TARGET_a: '{"endpoint": "aws", "roles": ["arn:a:*"]}',
        STS_TARGET_b: '{"endpoint": "embedded", "roles": ["arn:b:*", "arn:a:*"]}',
      },
      'STS_TARGET_b names the roles arn:a:*, which STS_TARGET_a names too',
    ],
    ['other copies of records', { ...deployed, RECORD_COPIES: 'on' }, 'RECORD_COPIES must be one of near, off'],
    ['some decisions', { ...deployed, DECISIONS: 'some' }, 'DECISIONS must be one of all, refusals, off'],
    [
      'a setting that is no text',
      { ...deployed, LOCAL_MODE: true },
      'LOCAL_MODE must be text, which a JSON variable is not',
    ],
    [
      'hosts of local mode without it',
      { ...deployed, LOCAL_HOSTS: 'localhost.example' },
      'LOCAL_HOSTS is for local mode, which is off',
    ],
    [
      'issuers of local mode without it',
      { ...deployed, LOCAL_ISSUERS: JSON.stringify({ 'accounts.google.com': 'https://idp.example' }) },
      'LOCAL_ISSUERS is for local mode, which is off',
    ],
    [
      'issuers of local mode that are no object',
      { ...local, LOCAL_ISSUERS: '["https://idp.example"]' },
      'LOCAL_ISSUERS must be a JSON object with the URL of an issuer for each name of a provider',
    ],
    ...['https://accounts.google.com', 'accounts.google.com/', 'Accounts.google.com', ''].map(
      (name): [string, object, string] => [
        'an issuer for a name of no provider',
        { ...local, LOCAL_ISSUERS: JSON.stringify({ [name]: 'https://idp.example' }) },
        `LOCAL_ISSUERS names ${name}, which must be an issuer's URL without scheme and closing slash`,
      ],
    ),
    ...[7, 'idp.example', 'http://idp.example', 'https://idp.example/', 'https://idp.example?a', 'ftp://localhost'].map(
      (url): [string, object, string] => [
        'an issuer without a URL',
        { ...local, LOCAL_ISSUERS: JSON.stringify({ 'login.example.com': url }) },
        'LOCAL_ISSUERS must have URLs with https, or with http on this machine, without closing slash',
      ],
    ),
    ...['http://edge', 'edge:8787', 'Edge', 'a b', '*.example'].map((host): [string, object, string] => [
      'a host that is none',
      { ...local, LOCAL_HOSTS: `minio,${host}` },
      'LOCAL_HOSTS must be host names in lower case, without scheme or port, separated by commas',
    ]),
  ])('%s', (_, env, problem) => {
    expect(refusalOf(env)).toEqual(refusal(problem))
  })

  it.each<[string, unknown, string]>([
    ['no JSON', `{"secret":"${secret}"`, 'must be a JSON object with "secret", "account" and "policy"'],
    ['a list', `["${secret}"]`, 'must be a JSON object with "secret", "account" and "policy"'],
    ['null', 'null', 'must be a JSON object with "secret", "account" and "policy"'],
    ['the bare secret', secret, 'must be a JSON object with "secret", "account" and "policy"'],
    ['a JSON variable', key, 'must be text, which a JSON variable is not'],
    ['no secret', { ...key, secret: undefined }, 'must have a "secret" of at least 32 characters'],
    ['a short secret', { ...key, secret: secret.slice(1) }, 'must have a "secret" of at least 32 characters'],
    ['a list of secrets', { ...key, secret: [secret] }, 'must have a "secret" of at least 32 characters'],
    ['no account', { ...key, account: undefined }, 'must have an "account" of twelve digits'],
    ['a number for an account', { ...key, account: 111122223333 }, 'must have an "account" of twelve digits'],
    ['a short account', { ...key, account: '11112222333' }, 'must have an "account" of twelve digits'],
    ['a user with a slash', { ...key, user: 'a/b' }, 'has a "user" that is not a user name'],
    ['an empty user', { ...key, user: '' }, 'has a "user" that is not a user name'],
    ['no policy', { ...key, policy: undefined }, 'must have a "policy": what this key may do'],
    [
      'two conditions of one name, of which the first would be lost',
      JSON.stringify({ ...key, policy: guardedBy('aws:SourceIp') }).replace(
        '"Condition":',
        '"Condition":{"StringEquals":{"aws:username":"a"}},"Condition":',
      ),
      'names a member of a JSON object twice',
    ],
    [
      'a policy that denies by what is not known',
      { ...key, policy: JSON.stringify(guardedBy('aws:PrincipalOrgID')).replaceAll('/', '\\/') },
      `has a "policy" that cannot be read: Statement 1 asks about the condition key 'aws:principalorgid', ` +
        'which is not known here, and denies by it.',
    ],
  ])('an access key that is or has %s, without telling the secret', (given, value, problem) => {
    const setting = typeof value === 'string' || given === 'a JSON variable' ? value : JSON.stringify(value)
    const env = { ...deployed, ACCESS_KEY_AKIAEXAMPLE: setting }
    expect(refusalOf(env)).toEqual(refusal(`ACCESS_KEY_AKIAEXAMPLE ${problem}`))
    expect(refusalOf(env).join()).not.toContain(secret.slice(1))
  })

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'must be a JSON object with "accountId", "accessKeyId" and "secretAccessKey"'],
    ['no account', { ...r2Key, accountId: undefined }, 'must have an "accountId" of 32 hexadecimal digits'],
    ['an account of AWS', { ...r2Key, accountId: '111122223333' }, 'must have an "accountId" of 32 hexadecimal digits'],
    ['no id', { ...r2Key, accessKeyId: undefined }, 'must have an "accessKeyId": that of an R2 API token'],
    ['no secret', { ...r2Key, secretAccessKey: undefined }, 'must have a "secretAccessKey" of 64 hexadecimal digits'],
    ['another place', { ...r2Key, jurisdiction: 'mars' }, 'has a "jurisdiction" that is neither "eu" nor "fedramp"'],
    ['one bucket', { ...r2Key, buckets: 'photos' }, 'has "buckets" that are not a list of bucket names'],
  ])('a key of R2 with %s, without telling the secret', (_, value, problem) => {
    const R2_ACCESS_KEY_111122223333 = typeof value === 'string' ? value : JSON.stringify(value)
    const [name, message] = refusalOf({ ...deployed, R2_ACCESS_KEY_111122223333 })
    expect([name, message]).toEqual(['SettingError', expect.stringContaining(`R2_ACCESS_KEY_111122223333 ${problem}`)])
    expect(message).not.toContain(secret)
  })

  it('a key of R2 that is of no account', () => {
    expect(refusalOf({ ...deployed, R2_ACCESS_KEY_main: JSON.stringify(r2Key) })).toEqual(
      refusal('R2_ACCESS_KEY_main must be named by the account of twelve digits whose pools may grant with it'),
    )
  })

  it.each(['', 'abc', 'has-dash', 'x'.repeat(129)])('an access key named "%s"', (id) => {
    expect(refusalOf({ ...deployed, [`ACCESS_KEY_${id}`]: JSON.stringify(key) })).toEqual(
      refusal(`ACCESS_KEY_${id} must be named by an access key id of 4 to 128 letters and digits`),
    )
  })
})

/** Name and message of the error that refuses these settings. */
function refusalOf(env: object): string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof SettingError) return [error.name, error.message]
    throw error
  }
  return ['accepted']
}

const refusal = (problem: string) => ['SettingError', `Edge Identity is not configured: ${problem}.`]

function longIssuer(length: number): string {
  return 'https://id.example/'.padEnd(length, 'x')
}
