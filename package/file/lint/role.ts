import { claimIn, isAboutPools } from '../../../src/credentials/pool-issuer.ts'
import { audiencesNamed } from '../../../src/credentials/token-policy.ts'
import { ASSUME, parseTrustPolicy, TAG } from '../../../src/credentials/trust-policy.ts'
import { checkInlinePolicy } from '../../../src/operations/iam/inline-policy.ts'
import { listsAction, parsePolicy, type Statement } from '../../../src/policy/index.ts'
import type { FileRole } from '../declare/index.ts'
import type { IdentityDocument } from '../read/document.ts'
import type { Path } from '../read/problem.ts'
import { type Use, usesOf } from '../state/trust.ts'
import type { Find } from './lint.ts'
import { namesProviders, trustFindings } from './web-identity.ts'

/** No service has this issuer: policies of a file name identity pools as AWS does. */
const NO_ISSUER = 'https://issuer.invalid'

export function lintRole(name: string, role: FileRole, document: IdentityDocument, find: Find): void {
  const at: Path = ['roles', name]
  const uses = usesOf(name, document.file)
  const trust = 'r2' in role || role.trust === 'pool' ? '' : document.textOf(role.trust)
  if (uses.length === 0 && !namesProviders(trust))
    find(at, 'unused', `No pool gives out the role ${name}.`, { what: 'key' })
  if ('r2' in role) return
  const policies = [...(role.policy === undefined ? [] : [[['policy'], role.policy] as const])]
  const more = Object.entries(role.policies ?? {}).map(([key, policy]) => [['policies', key], policy] as const)
  for (const [path, policy] of [...policies, ...more]) lintPolicy(document.textOf(policy), [...at, ...path], find)
  if (role.trust !== 'pool') lintTrust(trust, uses, [...at, 'trust'], document, find)
  for (const { message, rule, severity } of trustFindings(trust)) find([...at, 'trust'], rule, message, { severity })
}

function lintPolicy(text: string, at: Path, find: Find): void {
  try {
    checkInlinePolicy(text)
  } catch (error) {
    find(at, 'policy', `IAM refuses this policy: ${(error as Error).message}`, { severity: 'error' })
  }
  lintSchemes(text, at, find)
  lintTokens(text, at, find)
}

/** Tokens for other relying parties, where a policy is about them by name. */
function lintTokens(text: string, at: Path, find: Find): void {
  const policy = parsePolicy(text, 'identity')
  if (!policy.ok || !text.toLowerCase().includes('getwebidentitytoken')) return
  const allowing = policy.value.statements.filter(
    (statement) => statement.effect === 'allow' && listsAction(statement, 'sts:GetWebIdentityToken'),
  )
  for (const named of allowing.map(audiencesNamed)) {
    if (named.length === 0)
      find(
        at,
        'token-without-audience',
        'Nobody has a token by this policy: it needs a condition on sts:IdentityTokenAudience that names audiences.',
      )
    else if (named.every((values) => values.includes('*')))
      find(at, 'token-for-everybody', 'Users have tokens for every relying party there is: name the audiences.')
  }
}

/** An issuer with its scheme is nobody's: neither in a principal nor in a condition key. */
function lintSchemes(text: string, at: Path, find: Find): void {
  const [found] =
    /https?:\/\/[^"\s]{1,200}(?=:(?:aud|sub|amr|oaud)")|oidc-provider\/https?:\/\/[^"\s]{1,200}/.exec(text) ?? []
  if (found !== undefined)
    find(at, 'scheme', `${found}: policies name an issuer without https://.`, { severity: 'error' })
}

function lintTrust(text: string, uses: readonly Use[], at: Path, document: IdentityDocument, find: Find): void {
  lintSchemes(text, at, find)
  const policy = parseTrustPolicy(text, NO_ISSUER)
  if (!policy.ok) {
    find(at, 'policy', `IAM refuses this policy: ${policy.error.detail}`, { severity: 'error' })
    return
  }
  const statements = policy.value.statements.filter(
    (statement) => statement.effect === 'allow' && listsAction(statement, ASSUME) && isAboutPools(statement, NO_ISSUER),
  )
  for (const statement of statements) lintAudience(statement, at, find)
  if (
    uses.some(({ kind }) => kind === 'unauthenticated') &&
    statements.some((one) => valuesOf(one, 'amr').length === 0)
  )
    find(
      at,
      'guest-role-without-amr',
      'Guests get this role, and its trust policy has no condition on amr: users get it as well, and whoever reads it cannot tell whom it is for.',
    )
  for (const use of uses) lintUse(use, statements, at, document, find)
}

function lintAudience(statement: Statement, at: Path, find: Find): void {
  const pools = valuesOf(statement, 'aud')
  if (pools.length === 0)
    find(
      at,
      'trust-without-aud',
      'The trust policy has no condition on aud: identities of every pool, of any account, could have the role.',
      { severity: 'error' },
    )
  const wide = pools.find((value) => /[*?]/.test(value))
  if (wide !== undefined)
    find(at, 'wildcard-audience', `The condition on aud is ${wide}: name each pool by its id.`, { severity: 'error' })
}

/** Whether the role can be had where the file gives it out. */
function lintUse(
  { kind, pool, tagged }: Use,
  statements: readonly Statement[],
  at: Path,
  { file }: IdentityDocument,
  find: Find,
): void {
  const id = file.pools?.[pool]?.id
  const who = `${kind === 'authenticated' ? 'users' : 'guests'} of ${pool}`
  const refused = (why: string) => find(at, 'sts-would-refuse', `STS refuses ${who}: ${why}.`)
  const ofKind = statements.filter((statement) => fits(valuesOf(statement, 'amr'), kind))
  const ofPool = ofKind.filter((statement) => id === undefined || fits(valuesOf(statement, 'aud'), id))
  if (statements.length === 0) refused(`no statement allows ${ASSUME} to identity pools`)
  else if (ofKind.length === 0) refused(`no statement has amr ${kind}`)
  else if (ofPool.length === 0) refused(`no statement has aud ${id}`)
  else if (tagged && !ofPool.some((statement) => listsAction(statement, TAG)))
    refused(`their sessions have tags, and no statement allows ${TAG}`)
}

/** The values that conditions of a statement want of a claim of our tokens. */
function valuesOf({ conditions }: Statement, claim: string): string[] {
  return conditions
    .filter(({ key, operator }) => claimIn(key.toLowerCase(), NO_ISSUER) === claim && !/Not/.test(operator))
    .flatMap(({ wanted }) => wanted)
}

/** Without a condition everything fits. */
function fits(values: readonly string[], value: string): boolean {
  return values.length === 0 || values.some((one) => one === value || /[*?]/.test(one))
}
