import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { type DeployOptions, preflight } from '../../tools/deploy/preflight.ts'

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())
const PROJECT_CONFIG = readFileSync(new URL('../../wrangler.toml', import.meta.url), 'utf8')
/** The bindings of the project's own file, as tables of an environment or of the top level. */
const bindingsIn = (environment = '') =>
  [...PROJECT_CONFIG.matchAll(/^\[\[(durable_objects\.bindings|kv_namespaces|ratelimits)\]\]\n(?:\w.*\n)+/gm)]
    .map(([table]) => table.replace('[[', `[[${environment}`))
    .join('')

const FLAGS = PROJECT_CONFIG.match(/^compatibility_flags = .*\n/m)?.[0] ?? ''
const HEAD = `name = "preflight"\nmain = "worker.ts"\ncompatibility_date = "2026-11-02"\n${FLAGS}workers_dev = false\n`
/** Without a word on workers.dev. */
const BARE = HEAD.replace('workers_dev = false\n', '')
const LOGS = PROJECT_CONFIG.slice(PROJECT_CONFIG.indexOf('[observability]'))
/** The tables that environments inherit. */
const MIGRATIONS = (PROJECT_CONFIG.match(/^\[\[migrations\]\]\n(?:\w.*\n)+/m)?.[0] ?? '') + LOGS

function configFile(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const config = configFile('wrangler.toml', HEAD + bindingsIn() + MIGRATIONS)

const KEY = Buffer.alloc(32, 7).toString('base64')
const ACCESS_KEY = JSON.stringify({
  secret: 'a-secret-of-at-least-32-characters',
  account: '111122223333',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
})

/** A dry run, which asks nobody for the names of deployed secrets. */
function problemsOf({ vars = ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws'], ...rest }: Partial<DeployOptions>) {
  return preflight({ 'dry-run': true, config, vars, addresses: ['id.example.com/*'], ...rest }).problems
}

function secretsFile(name: string, content: string) {
  writeFileSync(join(folder, name), content)
  return { 'secrets-file': join(folder, name) }
}

it.each([
  ['a complete deployment', {}, []],
  ['a route for all hosts of the domain', { addresses: ['*.example.com/*'] }, []],
  ['secrets that come along', secretsFile('.env', `KEY_ENCRYPTION_KEY=${KEY}\nACCESS_KEY_app1='${ACCESS_KEY}'`), []],
  [
    'secrets in JSON',
    secretsFile('a.json', JSON.stringify({ KEY_ENCRYPTION_KEY: KEY, ACCESS_KEY_app1: ACCESS_KEY })),
    [],
  ],
  ['a custom domain', { addresses: [], domains: ['id.example.com'] }, []],
  ['an issuer with a path', { vars: ['ISSUER:https://id.example.com/a', 'STS_ENDPOINT:aws'] }, []],
  [
    'a route for the API and one for the documents',
    {
      vars: ['ISSUER:https://id.example.com/a', 'STS_ENDPOINT:aws'],
      addresses: ['id.example.com/', 'id.example.com/a/*'],
    },
    [],
  ],
  [
    'an address under workers.dev',
    {
      config: configFile('dev.toml', HEAD.replace('false', 'true') + bindingsIn() + MIGRATIONS),
      addresses: [],
      vars: ['ISSUER:https://preflight.me.workers.dev', 'STS_ENDPOINT:aws'],
    },
    [],
  ],
  [
    'an address under workers.dev of an environment, which wrangler gives it for want of another',
    {
      config: configFile('dev-env.toml', `${BARE}${MIGRATIONS}[env.staging]\n${bindingsIn('env.staging.')}`),
      env: 'staging',
      addresses: [],
      vars: ['ISSUER:https://preflight-staging.me.workers.dev', 'STS_ENDPOINT:aws'],
    },
    [],
  ],
  [
    'secrets in lines that hold the same in the shell',
    secretsFile('same.env', `KEY_ENCRYPTION_KEY=${KEY}\nACCESS_KEY_app1='${ACCESS_KEY}'\nPATH=${process.env.PATH}`),
    [],
  ],
  [
    'null in a file of secrets, which wrangler leaves out',
    secretsFile('null.json', JSON.stringify({ KEY_ENCRYPTION_KEY: KEY, ACCESS_KEY_app1: ACCESS_KEY, OTHER: null })),
    [],
  ],
  [
    'an environment with bindings of its own',
    {
      config: configFile('staging.toml', `${HEAD}${MIGRATIONS}[env.staging]\n${bindingsIn('env.staging.')}`),
      env: 'staging',
    },
    [],
  ],
])('has nothing to say about %s', (_what, options, problems) => {
  expect(problemsOf(options)).toEqual(problems)
})

it.each([
  [
    'every missing setting',
    { vars: [], addresses: [] },
    [
      'ISSUER is required: the https URL under which this Worker is reached.',
      'STS_ENDPOINT is required: "aws", "embedded", or the https URL of an STS-compatible service.',
      'No route: the Worker would be reached under no address.',
    ],
  ],
  [
    'every setting that cannot stand',
    { vars: ['ISSUER:https://id.example.com/', 'STS_ENDPOINT:ftp://sts', 'TOKEN_ALG:HS256', 'LOCAL_MODE:on'] },
    [
      'ISSUER must not end with a slash.',
      'STS_ENDPOINT must be "aws", "embedded", or an https URL.',
      'TOKEN_ALG must be one of RS256, ES256, RS512.',
      'LOCAL_MODE must not be set: it is for `npm start` alone.',
    ],
  ],
  [
    'an issuer that no route reaches',
    { addresses: ['other.example.com/*'] },
    ['ISSUER names id.example.com, which no route covers (other.example.com/*).'],
  ],
  [
    'a console that no route reaches whole',
    {
      vars: ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws', 'CONSOLE_HOST:console.example.com'],
      addresses: ['id.example.com/*', 'console.example.com/console*'],
    },
    [
      'CONSOLE_HOST names console.example.com, which no route covers whole. Add a custom domain, or the route console.example.com/*.',
    ],
  ],
  [
    'a secret among the variables',
    { vars: ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws', 'KEY_ENCRYPTION_KEY:k'] },
    ['KEY_ENCRYPTION_KEY must be a secret, not a variable: `wrangler secret put KEY_ENCRYPTION_KEY`.'],
  ],
  [
    'a setting that is no text, the table of which wrangler takes as JSON',
    {
      config: configFile(
        'json.toml',
        `${HEAD}vars = { REVOKED_KEYS = ["k1"], TOKEN_ALG = 256 }\n${bindingsIn()}${MIGRATIONS}`,
      ),
    },
    [
      'TOKEN_ALG must be text, which a JSON variable is not.',
      'REVOKED_KEYS must be text, which a JSON variable is not.',
    ],
  ],
  [
    'values of every kind of variable',
    {
      vars: [
        'ISSUER:https://id.example.com',
        'STS_ENDPOINT:aws',
        'STS_PROFILE:ceph2',
        'DECISIONS:some',
        'REVOKED_KEYS:["k1"]',
        'AMAZON_API_URL:http://a',
        'LOCAL_HOSTS:a.example',
        'LOCAL_ISSUERS:{"accounts.google.com":"http://localhost:8787/issuers/google"}',
      ],
    },
    [
      'STS_PROFILE must be one of compatible, minio, seaweedfs, ceph, localstack.',
      'DECISIONS must be one of all, refusals, off.',
      'REVOKED_KEYS must be key ids as the key set publishes them, separated by commas.',
      'AMAZON_API_URL must be an https URL without query or fragment.',
      'LOCAL_HOSTS is for local mode, which is off.',
      'LOCAL_ISSUERS is for local mode, which is off.',
    ],
  ],
  [
    'settings that do not go together',
    { vars: ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws', 'STS_PROFILE:ceph'] },
    ['STS_PROFILE is for a service that STS_ENDPOINT names by its URL, not for aws.'],
  ],
  [
    'names that are misspelt, and any secret among the variables',
    {
      vars: [
        'ISSUER:https://id.example.com',
        'STS_ENDPOINT:aws',
        'STS_ENDPONT:embedded',
        'token_alg:ES256',
        'ACCES_KEY_ABCD:{}',
        'FACEBOOK_APP_SECRET_1:x',
        'USER_POOL_CHECK:{}',
      ],
    },
    [
      'FACEBOOK_APP_SECRET_1 must be a secret, not a variable: `wrangler secret put FACEBOOK_APP_SECRET_1`.',
      'USER_POOL_CHECK must be a secret, not a variable: `wrangler secret put USER_POOL_CHECK`.',
      'STS_ENDPONT is no setting of this service. Is STS_ENDPOINT meant?',
      'token_alg is no setting of this service. Is TOKEN_ALG meant?',
      'ACCES_KEY_ABCD is no setting of this service. Is ACCESS_KEY_<id> meant?',
    ],
  ],
  [
    'secrets whose values cannot stand',
    secretsFile(
      'wrong.json',
      JSON.stringify({
        KEY_ENCRYPTION_KEY: 'short',
        ACCESS_KEY_app1: ACCESS_KEY.replace('"Allow"', '"Perhaps"'),
        R2_ACCESS_KEY_app: '{}',
        USER_POOL_CHECK: 'AKIA:x',
        FACEBOOK_APP_SECRET_x: 'y',
      }),
    ),
    [
      'KEY_ENCRYPTION_KEY is not 32 bytes in base64.',
      expect.stringMatching(/^ACCESS_KEY_app1 has a "policy" that cannot be read: /),
      'R2_ACCESS_KEY_app must be named by the account of twelve digits whose pools may grant with it.',
      'USER_POOL_CHECK must be a JSON object with "accessKeyId" and "secretAccessKey".',
      'FACEBOOK_APP_SECRET_x must be named by an app id, which has digits only.',
    ],
  ],
  [
    'a file of secrets that is not there',
    { 'secrets-file': join(folder, 'nowhere.env') },
    [`${join(folder, 'nowhere.env')} cannot be used: there is no such file.`],
  ],
  [
    'a file of secrets that is broken, without repeating it',
    secretsFile('broken.json', '{"KEY_ENCRYPTION_KEY":"sesame'),
    [`${join(folder, 'broken.json')} cannot be used: it is not JSON.`],
  ],
  [
    'a secret that is no text',
    secretsFile('number.json', '{"KEY_ENCRYPTION_KEY":5}'),
    [`${join(folder, 'number.json')} cannot be used: KEY_ENCRYPTION_KEY must be text.`],
  ],
  [
    'a line of secrets of which wrangler would upload another value',
    secretsFile('expanded.env', `KEY_ENCRYPTION_KEY=${KEY}\nFACEBOOK_APP_SECRET_1=a$HOME`),
    [
      `${join(folder, 'expanded.env')} cannot be used: FACEBOOK_APP_SECRET_1 has a $, which wrangler expands. Write the file as JSON.`,
    ],
  ],
  [
    'a line of secrets that the shell has too',
    secretsFile('shell.env', 'PATH=other'),
    [
      `${join(folder, 'shell.env')} cannot be used: your shell has another PATH, which wrangler prefers. Write the file as JSON.`,
    ],
  ],
  [
    'a misspelt name among the secrets that come along',
    secretsFile(
      'misspelt.json',
      JSON.stringify({
        KEY_ENCRYPTION_KEY: KEY,
        ACCESS_KEY_app1: ACCESS_KEY,
        KEY_ENCRYPTION_KEY_PREVIOS: KEY,
        KEY_ENCRYPTION_KEY_PREV: KEY,
        ACESS_KEY_X: '',
      }),
    ),
    [
      'KEY_ENCRYPTION_KEY_PREVIOS is no setting of this service. Is KEY_ENCRYPTION_KEY_PREVIOUS meant?',
      'KEY_ENCRYPTION_KEY_PREV is no setting of this service. Is KEY_ENCRYPTION_KEY_PREVIOUS meant?',
      'ACESS_KEY_X is no setting of this service. Is ACCESS_KEY_<id> meant?',
    ],
  ],
  [
    'objects without SQLite',
    {
      config: configFile(
        'kv-objects.toml',
        HEAD + bindingsIn() + MIGRATIONS.replace('new_sqlite_classes', 'new_classes'),
      ),
    },
    ['Account', 'IdentityPool', 'KeyRing'].map(
      (name) => `No migration makes ${name} with SQLite: copy it from wrangler.toml.`,
    ),
  ],
  [
    'a flag of the runtime that an environment takes away',
    {
      config: configFile(
        'flags.toml',
        `${HEAD}${MIGRATIONS}[env.staging]\ncompatibility_flags = []\n${bindingsIn('env.staging.')}`,
      ),
      env: 'staging',
    },
    [
      'The compatibility flag global_fetch_strictly_public is missing in the environment staging: copy it from wrangler.toml.',
    ],
  ],
  [
    'a runtime older than the Worker needs',
    { 'compatibility-date': '2025-01-01' },
    ['compatibility_date is 2025-01-01: the Worker needs 2026-11-02 or later.'],
  ],
  [
    'a configuration that is no TOML',
    { config: configFile('bad.toml', 'name = "x\n') },
    [expect.stringMatching(/bad\.toml cannot be used: Invalid TOML document: .* \(line 1, column \d+\)\.$/)],
  ],
  [
    'an environment that does not exist',
    { env: 'staging' },
    [`${config} cannot be used: No environment found in configuration with name "staging".`],
  ],
  [
    'bindings that an environment does not have',
    {
      config: configFile('bare.toml', `${HEAD}[env.staging]\nname = "s"\n${bindingsIn()}${MIGRATIONS}`),
      env: 'staging',
    },
    [
      'ACCOUNT to the Durable Object Account',
      'IDENTITY_POOL to the Durable Object IdentityPool',
      'KEY_RING to the Durable Object KeyRing',
      'CACHE to a KV namespace',
      'RATE_LIMIT to a rate limit',
      'RATE_LIMIT_GUESTS to a rate limit',
    ].map((binding) => `The binding ${binding} is missing in the environment staging: copy it from wrangler.toml.`),
  ],
  [
    'a route without the API of an issuer with a path',
    { vars: ['ISSUER:https://id.example.com/a', 'STS_ENDPOINT:aws'], addresses: ['id.example.com/a/*'] },
    ['No route covers id.example.com/, where the API must be reached (id.example.com/a/*).'],
  ],
  [
    'a route without the documents',
    { addresses: ['id.example.com'] },
    [
      "No route covers id.example.com/.well-known/openid-configuration, where the issuer's documents must be reached (id.example.com).",
    ],
  ],
  [
    'an issuer that is not under workers.dev',
    { config: join(folder, 'dev.toml'), addresses: [] },
    ['ISSUER names id.example.com, which no route covers (workers.dev).'],
  ],
])('names %s', (_what, options, problems) => {
  expect(problemsOf(options)).toEqual(problems)
})

it('cannot tell in a dry run whether secrets that do not come along are deployed', () => {
  const demands = `${HEAD}[secrets]\nrequired = ["USER_POOL_CHECK"]\n${bindingsIn()}${MIGRATIONS}`
  const options = { ...secretsFile('other.json', '{"OTHER":"x"}'), config: configFile('demands.toml', demands) }
  const vars = ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws']
  expect(preflight({ 'dry-run': true, vars, addresses: ['id.example.com/*'], ...options })).toEqual({
    problems: [],
    notes: [
      'KEY_ENCRYPTION_KEY is missing: 32 random bytes in base64. `wrangler secret put KEY_ENCRYPTION_KEY`',
      'No ACCESS_KEY_<id>: nobody could call signed operations. `wrangler secret put ACCESS_KEY_<id>`',
      'USER_POOL_CHECK is missing: secrets.required names it. `wrangler secret put USER_POOL_CHECK`',
    ].map((line) => `Unless it is deployed already: ${line}`),
  })
})

it('looks at the environment that the shell names, unless an option does', () => {
  vi.stubEnv('CLOUDFLARE_ENV', 'staging')
  const bare = join(folder, 'bare.toml')
  expect(problemsOf({ config: bare })).toContain(
    'The binding ACCOUNT to the Durable Object Account is missing in the environment staging: copy it from wrangler.toml.',
  )
  expect(problemsOf({})).toEqual([
    `${config} cannot be used: No environment found in configuration with name "staging".`,
  ])
  // The top level, as wrangler advises to ask for it where there are environments.
  expect(problemsOf({ config: bare, env: '' })).toEqual([])
})

it('notes what is no fault, and what it cannot tell', () => {
  const vars = ['ISSUER:https://id.example.com', 'STS_ENDPOINT:embedded', 'TEAM:blue']
  const options = { 'dry-run': true, config: join(folder, 'dev.toml'), vars, addresses: ['id.example.com/*'] }
  expect(preflight(options)).toEqual({
    problems: [],
    notes: [
      'The secrets at Cloudflare were not checked: a dry run does not ask for them.',
      'TEAM is no setting of this service.',
      'workers_dev is on: the Worker has a second address, which no firewall rule of your domain covers.',
      'STS_ENDPOINT is "embedded": what it vends is known to this service alone, not to AWS.',
    ],
  })
})

it('notes what an environment shares, and variables that it cannot see', () => {
  const shared = bindingsIn().replace('binding = "CACHE"', 'binding = "CACHE"\nid = "k1"')
  const inStaging = shared.replaceAll('[[', '[[env.staging.')
  const file = configFile('shared.toml', `${HEAD}keep_vars = true\n${shared}${MIGRATIONS}[env.staging]\n${inStaging}`)
  const vars = ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws']
  const addresses = ['id.example.com/*']
  const { notes, problems } = preflight({ 'dry-run': true, config: file, env: 'staging', vars, addresses })
  expect(problems).toEqual([])
  expect(notes.slice(1)).toEqual([
    'RATE_LIMIT counts together with the top level: both have namespace 8701.',
    'RATE_LIMIT_GUESTS counts together with the top level: both have namespace 8702.',
    "CACHE is the KV namespace of the top level too: each reads and ends the other's copies.",
    'Variables that were set elsewhere stay (keep_vars). They were not checked.',
  ])
})

it('passes the environment that the documents show', () => {
  const page = readFileSync(new URL('../../docs/deploying.md', import.meta.url), 'utf8')
  const example = page.match(/```toml\n(\[env\.staging\]\n.*?)```/s)?.[1]
  const file = configFile('example.toml', `${HEAD}${bindingsIn()}${MIGRATIONS}\n${example}`)
  expect(preflight({ 'dry-run': true, config: file, env: 'staging', vars: [], addresses: [] })).toEqual({
    problems: [],
    notes: [
      'The secrets at Cloudflare were not checked: a dry run does not ask for them.',
      'STS_ENDPOINT is "embedded": what it vends is known to this service alone, not to AWS.',
    ],
  })
})
