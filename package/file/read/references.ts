import { isJsonObject } from '../../../src/base/json.ts'
import { isTagText } from '../../../src/base/tag-text.ts'
import { parsePathTemplate } from '../../../src/credentials/r2/path-template.ts'
import { parseVends, VENDS_TAG } from '../../../src/credentials/r2/vended.ts'
import type { FileRole } from '../declare/index.ts'
import { vendsValue } from '../state/names.ts'
import { usesOf } from '../state/trust.ts'
import type { Add } from './checks.ts'
import type { IdentityDocument } from './document.ts'
import { poolProblems } from './pool-references.ts'
import type { Path, Problem } from './problem.ts'

/** What no shape can say: whether names lead somewhere, and whether parts agree. */
export function referenceProblems(document: IdentityDocument): Problem[] {
  const { file } = document
  const problems: Problem[] = []
  const add: Add = (path, rule, message, what = 'value') =>
    problems.push({ severity: 'error', rule, message, ...document.placeOf(path, what) })
  for (const [name, role] of Object.entries(file.roles ?? {})) roleProblems(name, role, document, add)
  for (const [name, issuer] of Object.entries(file.issuers ?? {})) {
    if ('metadata' in issuer) readable(issuer.metadata, ['issuers', name, 'metadata'], document, add)
    else if (!isIssuerUrl(issuer.url))
      add(
        ['issuers', name, 'url'],
        'shape',
        `${issuer.url} must have https. Only a host of this machine may have http.`,
      )
    tagProblems(issuer.tags ?? {}, ['issuers', name, 'tags'], add)
  }
  const names = new Map<string, string>()
  for (const [key, pool] of Object.entries(file.pools ?? {})) {
    const name = pool.name ?? key
    const other = names.get(name)
    if (other !== undefined) add(['pools', key], 'twice', `The pool ${other} has the same name.`, 'key')
    names.set(name, key)
    tagProblems(pool.tags ?? {}, ['pools', key, 'tags'], add)
    poolProblems(key, pool, file, add)
  }
  return problems
}

function isIssuerUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
}

function roleProblems(name: string, role: FileRole, document: IdentityDocument, add: Add): void {
  const at = ['roles', name]
  if ('r2' in role) {
    const template = parsePathTemplate(role.r2.prefix)
    if (!template.ok) add([...at, 'r2', 'prefix'], 'r2-prefix', `The prefix is not usable: ${template.error}.`)
    return
  }
  if (role.trust === 'pool' && usesOf(name, document.file).length === 0)
    add([...at, 'trust'], 'trust-of-nobody', `No pool gives out the role ${name}, so nobody can be trusted.`)
  if (role.trust !== 'pool') policyProblems(role.trust, [...at, 'trust'], document, add)
  if (role.policy !== undefined) policyProblems(role.policy, [...at, 'policy'], document, add)
  if (role.policy !== undefined && role.policies?.policy !== undefined)
    add([...at, 'policies', 'policy'], 'twice', 'The role has a policy of this name already: `policy`.', 'key')
  for (const [key, policy] of Object.entries(role.policies ?? {}))
    policyProblems(policy, [...at, 'policies', key], document, add)
  tagProblems(role.tags ?? {}, [...at, 'tags'], add)
  vendsProblems(role, at, add)
}

/** What a role vends, by the key for it or by the tag itself. */
function vendsProblems({ tags = {}, vends }: Extract<FileRole, { trust: unknown }>, at: Path, add: Add): void {
  const tag = Object.keys(tags).find((key) => key.toLowerCase() === VENDS_TAG)
  if (vends && tag !== undefined) add([...at, 'tags', tag], 'twice', 'The role has this tag already: `vends`.', 'key')
  const said = vends ? vendsValue(vends) : tag === undefined ? undefined : tags[tag]
  if (said === undefined) return
  const parsed = parseVends(said, '000000000000')
  const where = vends ? [...at, 'vends'] : [...at, 'tags', tag ?? '']
  if (!parsed.ok) add(where, 'vends', `What the role vends is not usable: ${parsed.error.why}.`)
}

function policyProblems(
  policy: string | Readonly<Record<string, unknown>>,
  at: Path,
  document: IdentityDocument,
  add: Add,
): void {
  const text = readable(policy, at, document, add)
  if (text === undefined) return
  try {
    if (isJsonObject(JSON.parse(text))) return
    add(at, 'policy', `${policy} must hold a policy, which is a JSON object.`)
  } catch (error) {
    add(at, 'policy', `${policy} is not JSON: ${(error as Error).message}.`)
  }
}

function readable(
  given: string | Readonly<Record<string, unknown>>,
  at: Path,
  document: IdentityDocument,
  add: Add,
): string | undefined {
  try {
    return document.textOf(given)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    add(at, 'unreadable', code === 'ENOENT' ? `There is no file ${given}.` : `${given} cannot be read (${code}).`)
    return undefined
  }
}

function tagProblems(tags: Readonly<Record<string, string>>, at: Path, add: Add): void {
  for (const [key, value] of Object.entries(tags)) {
    if (/^aws:/i.test(key)) add([...at, key], 'tag', `Keys of tags may not begin with aws: (${key}).`, 'key')
    else if (!isTagText(key) || !isTagText(value))
      add([...at, key], 'tag', `The tag ${key} has characters that tags may not have.`, 'key')
  }
}
