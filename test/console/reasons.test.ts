import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { reasonOf } from '../../console/parts/reasons.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const textOf = (path: string) => readFileSync(`${root}${path}`, 'utf8')

/** The reasons of the tables in the documents. */
const section =
  textOf('docs/audit.md')
    .split('\n## ')
    .find((part) => part.startsWith('Reasons\n')) ?? ''
const documented = section
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([a-z0-9_]+)`/g)].map(([, name = '']) => name))
/** The reasons of logins, from the types that have them. */
const ofLogins = ['src/logins/login.ts', 'src/logins/saml/types.ts', 'src/tokens/own-token.ts'].flatMap((path) =>
  [...textOf(path).matchAll(/\{ reason: ((?:'[a-z0-9_]+'(?: \| )?)+)|^ {6}reason: ('[a-z0-9_]+')$/gm)].flatMap(
    ([, one, other]) => [...(one ?? other ?? '').matchAll(/'([a-z0-9_]+)'/g)].map(([, name = '']) => name),
  ),
)

it('the lists have the reasons', () => {
  expect(documented).toEqual(expect.arrayContaining(['trust_denied', 'other_use']))
  expect(documented.length).toBeGreaterThan(40)
  expect(ofLogins).toContain('provider_unreachable')
  expect(ofLogins.length).toBeGreaterThan(30)
})

it.each([...new Set(ofLogins)])('the console explains the reason %s of a login', (name) => {
  expect(reasonOf(name, 'login')?.means).toMatch(/\.$/)
})

it('the console explains every reason of the documents', () => {
  expect(documented.filter((name) => name !== 'reason' && !reasonOf(name, 'request'))).toEqual([])
})

/** Reasons for which a token of a registered issuer, which no pool knows, gets no role. */
const WITHOUT_A_POOL = [
  ...['algorithm', 'audience', 'critical_header', 'expired', 'keys_unavailable', 'malformed', 'missing_claim'],
  ...['not_a_jwt', 'not_ours', 'not_yet_valid', 'other_use', 'revoked_key', 'signature', 'subject', 'token_type'],
  ...['unknown_key', 'invalid_tags', 'trust_denied', 'tag_session_denied', 'duration_exceeds_role'],
  ...['r2_grant_invalid', 'r2_not_configured', 'r2_path_unsafe'],
]

it.each(WITHOUT_A_POOL)('the console explains %s without a pool to whoever tries a token at a role', (name) => {
  const { means = '', todo = '' } = reasonOf(name, 'token') ?? {}
  expect(means).toMatch(/\.$/)
  expect(`${means} ${todo}`).not.toMatch(/\bpool|\bLogins\b|attribute map/)
})
