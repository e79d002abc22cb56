import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { preflight } from '../../tools/lib/preflight.ts'

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))
const config = join(folder, 'wrangler.toml')
writeFileSync(
  config,
  'name = "preflight"\nmain = "worker.ts"\ncompatibility_date = "2026-11-02"\nworkers_dev = false\n',
)

/** A dry run, which asks nobody for the names of deployed secrets. */
function problemsOf({ vars = ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws'], ...rest }) {
  return preflight({ 'dry-run': true, config, vars, addresses: ['id.example.com/*'], ...rest }).problems
}

function secretsFile(name: string, content: string) {
  writeFileSync(join(folder, name), content)
  return { 'secrets-file': join(folder, name) }
}

it.each([
  ['a complete deployment', {}, []],
  ['a route for all hosts of the domain', { addresses: ['*.example.com/*'] }, []],
  ['secrets that come along', secretsFile('.env', 'KEY_ENCRYPTION_KEY=k\nACCESS_KEY_app1={}'), []],
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
    'a secret among the variables',
    { vars: ['ISSUER:https://id.example.com', 'STS_ENDPOINT:aws', 'KEY_ENCRYPTION_KEY:k'] },
    ['KEY_ENCRYPTION_KEY must be a secret, not a variable: `wrangler secret put KEY_ENCRYPTION_KEY`.'],
  ],
  [
    'secrets that do not come along',
    secretsFile('secrets.json', '{"OTHER":"x"}'),
    [
      'KEY_ENCRYPTION_KEY is missing: 32 random bytes in base64. `wrangler secret put KEY_ENCRYPTION_KEY`',
      'No ACCESS_KEY_<id>: nobody could call signed operations. `wrangler secret put ACCESS_KEY_<id>`',
    ],
  ],
])('names %s', (_what, options, problems) => {
  expect(problemsOf(options)).toEqual(problems)
})
