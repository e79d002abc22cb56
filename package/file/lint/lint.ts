import type { FileIssuer } from '../declare/index.ts'
import type { IdentityDocument } from '../read/document.ts'
import { inOrder, type Path, type Problem } from '../read/problem.ts'
import { lintPool } from './pool.ts'
import { lintRole } from './role.ts'

/** Adds a finding at a place of the file. */
export type Find = (
  path: Path,
  rule: string,
  message: string,
  options?: { severity?: Problem['severity']; what?: 'value' | 'key' },
) => void

/**
 * What people get wrong in a file that is sound: it would be refused later, or would do something else than it seems to.
 * Errors are what the service refuses; warnings, what it takes.
 */
export function lint(document: IdentityDocument): Problem[] {
  const problems: Problem[] = []
  const find: Find = (path, rule, message, { severity = 'warning', what = 'value' } = {}) =>
    problems.push({ severity, rule, message, ...document.placeOf(path, what) })
  for (const [key, pool] of Object.entries(document.file.pools ?? {})) lintPool(key, pool, document, find)
  for (const [name, role] of Object.entries(document.file.roles ?? {})) lintRole(name, role, document, find)
  lintIssuers(document, find)
  return inOrder(problems)
}

function lintIssuers({ file }: IdentityDocument, find: Find): void {
  const entries = Object.values(file.pools ?? {}).flatMap(({ providers = [] }) => providers)
  const used = new Set(
    entries.flatMap((entry) => ('oidc' in entry ? [entry.oidc] : 'saml' in entry ? [entry.saml] : [])),
  )
  const unused = Object.entries(file.issuers ?? {}).filter(([name, issuer]) => !used.has(name) && !isForRoles(issuer))
  for (const [name] of unused) find(['issuers', name], 'unused', `No pool lists the issuer ${name}.`, { what: 'key' })
}

/** An issuer with clients of its own is for the trust policies of roles. */
const isForRoles = (issuer: FileIssuer) => 'url' in issuer && issuer.clients !== undefined
