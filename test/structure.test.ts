import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/** Which folder or file of `src` may import which. A name that is not here may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  config: ['base'],
  protocol: ['base'],
  sigv4: ['base'],
  policy: ['base'],
  logins: ['base'],
  pools: ['base'],
  account: ['base'],
  audit: ['base'],
  roles: ['base'],
  tokens: ['base'],
  credentials: ['sigv4', 'policy', 'base'],
  operations: ['protocol', 'policy', 'logins', 'pools', 'account', 'audit', 'roles', 'tokens', 'credentials', 'base'],
  http: ['operations', 'protocol', 'sigv4', 'audit', 'base'],
  'worker.ts': [
    'config',
    'http',
    'operations',
    'protocol',
    'sigv4',
    'policy',
    'logins',
    'pools',
    'account',
    'audit',
    'roles',
    'tokens',
    'credentials',
    'base',
  ],
}

/**
 * These know nothing of the wire: they say why in their own words, and `operations` translates. `logins` and
 * `credentials` are not here because they read the faults of other services.
 */
const WITHOUT_WIRE_NAMES = ['base', 'pools', 'account', 'roles', 'tokens']

/** What the runtime brings: its own module, and of Node's what WebCrypto lacks, which is X.509. */
const OF_THE_RUNTIME = ['cloudflare:workers', 'node:crypto']

/** Each folder's tables. Its objects have databases of their own, so two folders may use one name for two tables. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  account: ['attached_policy', 'oidc_provider', 'pool', 'role', 'role_policy', 'saml_provider'],
  base: ['migration'],
  pools: ['identity', 'login', 'pool', 'used_proof'],
  tokens: ['ring', 'signing_key'],
}

/** Who owns which part of the KV namespace. */
const KV_PREFIXES: Readonly<Record<string, string>> = {
  'decision:': 'audit',
  'jwks:': 'logins',
  'keyring:': 'tokens',
}

/** Paths below `src` with their text. */
type Sources = Readonly<Record<string, string>>

const root = fileURLToPath(new URL('..', import.meta.url))
const sources: Sources = Object.fromEntries(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')]),
)
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('the structure of src', () => {
  it('has the folders that these rules know, and no others', () => {
    expect([...new Set(Object.keys(sources).map(folderOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it('keeps every rule', () => {
    expect(Object.keys(sources).flatMap((path) => brokenRules(path, sources))).toEqual([])
  })

  it('has one owner for every table, and every table that these rules know', () => {
    for (const [folder, tables] of Object.entries(TABLES)) {
      const created = textsOf(folder).flatMap((text) => [...text.matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)/g)])
      expect([folder, created.map(([, table]) => table).sort()]).toEqual([folder, tables])
    }
  })

  it('has an owner that uses every KV prefix', () => {
    for (const [prefix, folder] of Object.entries(KV_PREFIXES))
      expect(textsOf(folder).some((text) => text.includes(`\`${prefix}`))).toBe(true)
  })
})

describe('the rules find', () => {
  it.each([
    ['an import from a higher folder', 'roles/x.ts', "import { a } from '../http/index.ts'", 'may not import http'],
    ['an import from the side', 'roles/x.ts', "import type { A } from '../logins/index.ts'", 'may not import logins'],
    ['an import of the settings', 'http/x.ts', "import { a } from '../config/index.ts'", 'may not import config'],
    ['a long import', 'roles/x.ts', "import {\n  a,\n  type B,\n} from '../pools/index.ts'", 'may not import pools'],
    ['an import for its effect', 'roles/x.ts', "import '../pools/index.ts'", 'may not import pools'],
    ['a late import', 'roles/x.ts', "await import('../pools/index.ts')", 'may not import pools'],
    ['an import in a type', 'roles/x.ts', "type A = import('../pools/index.ts').A", 'may not import pools'],
    ['an export of what is elsewhere', 'roles/x.ts', "export { a } from '../pools/index.ts'", 'may not import pools'],
    [
      'an import from deep below',
      'operations/iam/x.ts',
      "import { a } from '../../sigv4/index.ts'",
      'may not import sigv4',
    ],
    ['a reach past an index', 'http/x.ts', "import { a } from '../protocol/json.ts'", 'reaches into protocol/json.ts'],
    [
      'a reach from one service into another',
      'operations/iam/x.ts',
      "import { a } from '../sts/limits.ts'",
      'reaches into operations/sts/limits.ts',
    ],
    [
      'a reach of the entry into what is no object',
      'worker.ts',
      "import { a } from './tokens/mint.ts'",
      'reaches into tokens/mint.ts',
    ],
    ['a way out of src', 'base/x.ts', "import a from '../../package.json'", 'may not import ..'],
    ['a package nobody depends on', 'base/x.ts', "import a from 'left-pad'", 'may not import left-pad'],
    ['a module of Node', 'base/x.ts', "import fs from 'node:fs'", 'may not import node:fs'],
    ['an export of everything', 'base/x.ts', "export * from './ids.ts'", 'exports everything'],
    ['the clock', 'roles/x.ts', 'const now = Date.now()', 'reads the clock, chance or the network'],
    ['the clock by another name', 'roles/x.ts', 'const now = new Date()', 'reads the clock, chance or the network'],
    ['the network', 'logins/x.ts', 'await fetch(url)', 'reads the clock, chance or the network'],
    ['the network by its full name', 'logins/x.ts', 'globalThis.fetch', 'reads the clock, chance or the network'],
    ['chance', 'base/x.ts', 'crypto.randomUUID()', 'reads the clock, chance or the network'],
    ['chance in bytes', 'base/x.ts', 'crypto.getRandomValues(a)', 'reads the clock, chance or the network'],
    ['cheap chance', 'base/x.ts', 'Math.random()', 'reads the clock, chance or the network'],
    ['the console', 'http/x.ts', "console.log('x')", 'writes to the console'],
    ['a new table', 'pools/x.ts', "sql.exec('CREATE TABLE nobody (a)')", 'uses the table nobody'],
    ["another folder's table", 'tokens/x.ts', "sql.exec('SELECT a FROM login')", 'uses the table login'],
    ["another folder's table in an update", 'account/x.ts', 'sql`UPDATE identity SET a`', 'uses the table identity'],
    ["another folder's KV prefix", 'tokens/x.ts', 'const name = `jwks:a`', 'uses the KV prefix jwks:'],
    ['KV in a folder without a prefix', 'pools/x.ts', 'interface A { cache: KVNamespace }', 'uses KV'],
    ['KV in an object without a prefix', 'account/x.ts', "this.env.CACHE.get('a')", 'uses KV'],
    ['a wire name', 'pools/x.ts', "return 'NotAuthorizedException'", 'knows a wire name'],
    ['a wire name of a member', 'tokens/x.ts', 'input.IdentityPoolId', 'knows a wire name'],
  ])('%s', (_, path, text, finding) => {
    expect(brokenRules(path, planted(path, text))).toEqual([expect.stringContaining(`${path} ${finding}`)])
  })

  it.each([
    ['a comment that mentions the clock', 'base/x.ts', '/** Not `Date.now()`, nor console.log. */\n// fetch(url)'],
    ['a method that fetches', 'logins/x.ts', 'await world.fetch(url)\ninterface A { fetch(url: string): void }'],
    ['a time that is given', 'roles/x.ts', 'new Date(now)'],
    ['an object that reads the clock', 'pools/x.ts', 'class A extends DurableObject<Env> { b = Date.now() }'],
    ['an entry that imports an object', 'worker.ts', "export { KeyRing as A } from './tokens/key-ring.ts'"],
    ['a file of the same folder', 'protocol/x.ts', "import { utf8 } from '../base/bytes.ts'\nimport './json.ts'"],
    ['a package that we depend on', 'logins/x.ts', "import { jwtVerify } from 'jose'\nimport 'cloudflare:workers'"],
  ])('nothing in %s', (_, path, text) => {
    expect(brokenRules(path, planted(path, text))).toEqual([])
  })
})

/** The sources with some text added to a file, which may be new. */
function planted(path: string, text: string): Sources {
  return { ...sources, [path]: `${sources[path] ?? ''}\n${text}\n` }
}

/** One sentence for each rule that a file breaks. */
function brokenRules(path: string, all: Sources): string[] {
  const code = withoutComments(all[path] ?? '')
  const broken = [
    ...brokenImports(path, code, all),
    ...brokenByUse(path, code),
    ...brokenTables(path, code),
    ...brokenPrefixes(path, code),
  ]
  return broken.map((what) => `${path} ${what}`)
}

function brokenImports(path: string, code: string, all: Sources): string[] {
  const from = folderOf(path)
  const broken = importsIn(code).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return isAPackageOfOurs(specifier) ? [] : [`may not import ${specifier}`]
    const target = normalize(join(dirname(path), specifier))
    const to = folderOf(target)
    if (to !== from && !MAY_IMPORT[from]?.includes(to)) return [`may not import ${to}`]
    return mayReach(path, target, all) ? [] : [`reaches into ${target}`]
  })
  return /export\s*\*/.test(code) ? [...broken, 'exports everything'] : broken
}

/**
 * A folder is entered by its index, but for `base`, which has none, and for objects, which the entry exports. The
 * services of `operations` do not know one another.
 */
function mayReach(path: string, target: string, all: Sources): boolean {
  const [from, to] = [dirname(path), dirname(target)]
  if (from === to || to === 'base' || to === '.') return true
  if (folderOf(from) === folderOf(to)) return [from, to].includes(folderOf(from))
  return target === join(to, 'index.ts') || (path === 'worker.ts' && isAnObject(all[target] ?? ''))
}

function isAPackageOfOurs(specifier: string): boolean {
  const [first = '', second] = specifier.split('/')
  return OF_THE_RUNTIME.includes(specifier) || first in dependencies || `${first}/${second}` in dependencies
}

function brokenByUse(path: string, code: string): string[] {
  const broken: string[] = []
  if (path !== 'worker.ts' && !isAnObject(code) && WORLDLY.some((use) => use.test(code)))
    broken.push('reads the clock, chance or the network')
  if (path !== 'base/log.ts' && /\bconsole\b\s*[.[]/.test(code)) broken.push('writes to the console')
  if (WITHOUT_WIRE_NAMES.includes(folderOf(path)) && WIRE_NAME.test(code)) broken.push('knows a wire name')
  return broken
}

const WIRE_NAME = /\w+Exception\b|\bIdentityPool(Id|Name)\b|['"]IdentityId['"]|(?<!\.)\.IdentityId\b/

/** What only the entry and the objects may do. A call of `fetch` is told from a declaration by the types of the latter. */
const WORLDLY = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\.now\b/,
  /\bMath\.random\b/,
  /\bcrypto\.(randomUUID|getRandomValues)\b/,
  /(?<![.\w])fetch\((?!\w+\??: )/,
  /\bglobalThis\.fetch\b/,
]

const isAnObject = (code: string) => /\bclass \w+ extends DurableObject\b/.test(code)

function brokenTables(path: string, code: string): string[] {
  const uses = code.matchAll(/\b(?:FROM|INTO|UPDATE|JOIN|TABLE(?: IF(?: NOT)? EXISTS)?) (?!IF\b)(\w+)/g)
  const foreign = [...uses].flatMap(([, table = '']) =>
    NOT_TABLES.has(table) || TABLES[folderOf(path)]?.includes(table) ? [] : table,
  )
  return [...new Set(foreign)].map((table) => `uses the table ${table}`)
}

/** What SQLite itself provides. */
const NOT_TABLES = new Set(['json_each', 'sqlite_master'])

function brokenPrefixes(path: string, code: string): string[] {
  const folder = folderOf(path)
  const owners = Object.values(KV_PREFIXES)
  const foreign = Object.entries(KV_PREFIXES).filter(
    ([prefix, owner]) => owner !== folder && new RegExp(`['"\`]${prefix}`).test(code),
  )
  const outside = path !== 'worker.ts' && !owners.includes(folder) && /\bKVNamespace\b|\.CACHE\b/.test(code)
  return [...foreign.map(([prefix]) => `uses the KV prefix ${prefix}`), ...(outside ? ['uses KV'] : [])]
}

/** Every module that a file names: static, exported again, for its effect, late, or in a type. */
function importsIn(code: string): string[] {
  const statements = code.matchAll(/^\s*(?:import|export)\b[^'"`]*?\bfrom\s*['"]([^'"\n]+)['"]/gm)
  const others = code.matchAll(/\bimport\s*\(?\s*['"]([^'"\n]+)['"]/g)
  return [...statements, ...others].map(([, specifier = '']) => specifier)
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/ .*$/gm, '$1')
}

function folderOf(path: string): string {
  return path.split('/')[0] ?? ''
}

function textsOf(folder: string): string[] {
  return Object.entries(sources).flatMap(([path, text]) => (folderOf(path) === folder ? [text] : []))
}
