import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/**
 * Which folder or file of `src` may import which. A name that is not here may not exist. An object reads its own
 * environment, and so may import `config` as the entry does.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  config: ['policy', 'base'],
  protocol: ['base'],
  sigv4: ['base'],
  policy: ['base'],
  logins: ['base'],
  pools: ['base'],
  account: ['base'],
  audit: ['base'],
  roles: ['base'],
  local: ['base'],
  guests: ['base'],
  tokens: ['base'],
  credentials: ['sigv4', 'policy', 'base'],
  operations: [
    'protocol',
    'policy',
    'logins',
    'pools',
    'account',
    'audit',
    'roles',
    'tokens',
    'credentials',
    'guests',
    'local',
    'base',
  ],
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
    'guests',
    'local',
    'base',
  ],
}

/**
 * Which folder of `operations` may enter which, always through its index. Those with no entry here may not exist. Files
 * beside the folders are words that all of them share; but for the registry, they know no folder.
 */
const MAY_ENTER: Readonly<Record<string, readonly string[]>> = {
  // the services of AWS, and ours
  'cognito-identity': ['sign-in', 'permission', 'pool'],
  'edge-identity': ['sign-in', 'permission', 'pool'],
  iam: ['permission'],
  sts: ['sign-in', 'pool', 'permission'],
  // the rooms that they share
  'sign-in': ['pool'],
  permission: ['pool'],
  pool: [],
  // the registry of all operations
  'index.ts': ['cognito-identity', 'edge-identity', 'iam', 'sts', 'sign-in', 'permission'],
}

/** Lines that a file, and lines that a function may have. */
const MAX_FILE_LINES = 320
const MAX_FUNCTION_LINES = 40

/**
 * These know nothing of the wire: they say why in their own words, and `operations` translates. `logins` and
 * `credentials` are not here because they read the faults of other services.
 */
const WITHOUT_WIRE_NAMES = ['base', 'pools', 'account', 'roles', 'tokens']

/** What the runtime brings: its own module, and of Node's what WebCrypto lacks, which is X.509. */
const OF_THE_RUNTIME = ['cloudflare:workers', 'node:crypto']

/**
 * Packages of which only some files may use all, or all files some part. An XML parser writes to the console unless it is
 * told not to; the verification of xml-crypto brings such a parser.
 */
const ONLY_IN: Readonly<Record<string, string>> = {
  '@xmldom/xmldom': 'base/xml.ts',
  'node:crypto': 'base/node-crypto.ts',
  'xml-crypto': 'nowhere',
  'xml-crypto/lib/exclusive-canonicalization.js': 'logins/saml/canonical.ts',
}

/** Each folder's tables. Its objects have databases of their own, so two folders may use one name for two tables. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  account: [
    'attached_policy',
    'erasure',
    'erasure_mark',
    'oidc_provider',
    'outbound_federation',
    'pool',
    'role',
    'role_policy',
    'saml_provider',
  ],
  base: ['migration'],
  local: ['kept_key', 'kept_note'],
  pools: [
    'errand',
    'growth',
    'guest_count',
    'guest_sweep',
    'identity',
    'import',
    'login',
    'merge_op',
    'peer',
    'planned_move',
    'pool',
    'refused_claim',
    'route',
    'slot_dirty',
    'slot_move',
    'slot_staged',
    'spread',
    'statistics',
    'used_proof',
  ],
  tokens: ['erasure_secret', 'receipt_key', 'ring', 'signing_key'],
}

/** Who owns which part of the KV namespace. */
const KV_PREFIXES: Readonly<Record<string, string>> = {
  'decision:': 'audit',
  'jwks:': 'logins',
  'keyring:': 'tokens',
}

/** What only the catalogue of login providers knows: hosts and keys of providers. */
const PROVIDER_NAMES =
  /graph\.facebook|facebook\.com|accounts\.google|googleapis|appleid\.apple|www\.amazon\.com|api\.amazon\.com|twitter\.com|api\.x\.com|digits\.com|cognito-idp\.[^*]/

/** Paths below `src` with their text. */
type Sources = Readonly<Record<string, string>>

const root = fileURLToPath(new URL('..', import.meta.url))
const sources: Sources = Object.fromEntries(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(join(root, 'src', path), 'utf8')]),
)
/** Packages that starting the service needs, and no part of it. */
const OF_THE_START = ['esbuild', 'smol-toml', 'workerd']
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const name of OF_THE_START) delete dependencies[name]

describe('the structure of src', () => {
  it('has the folders that these rules know, and no others', () => {
    expect([...new Set(Object.keys(sources).map(folderOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort())
  })

  it('has the folders of operations that these rules know, and no others', () => {
    const inside = Object.keys(sources).flatMap((path) => (folderOf(path) === 'operations' ? roomOf(path) : []))
    const folders = new Set(inside.filter((room) => !room.endsWith('.ts')))
    expect([...folders].sort()).toEqual(
      Object.keys(MAY_ENTER)
        .filter((room) => !room.endsWith('.ts'))
        .sort(),
    )
  })

  it('has no circle of imports', () => {
    expect(circles(sources)).toEqual([])
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

/** What the folders of `package` may use besides themselves: other folders of it, of `src` or of Node, and packages. */
const PACKAGE_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  file: ['src/', 'node:', 'aws4fetch', 'yaml'],
  server: ['node:', 'workerd', '/workerd/workerd.capnp'],
  double: ['package/file/', 'package/server/', 'src/base/version.ts', 'src/local/injectable.ts', 'node:'],
  fixtures: ['package/file/', 'package/double/', 'node:', 'vitest'],
  commands: ['package/file/', 'package/server/', 'package/double/', 'src/base/version.ts', 'node:'],
  issuers: ['package/server/issuer-config.mjs', 'src/base/', 'cloudflare:workers', 'hono', 'jose'],
}

describe('the structure of package', () => {
  const files = readdirSync(join(root, 'package'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(?:m?js|ts)$/.test(path),
  )

  it.each(Object.entries(PACKAGE_MAY_IMPORT))('%s uses only what it may', (folder, allowed) => {
    const own = files.filter((path) => folderOf(path) === folder && !path.includes('/workers/'))
    expect(own.length).toBeGreaterThan(0)
    const used = own.flatMap((path) =>
      importsIn(withoutComments(readFileSync(join(root, 'package', path), 'utf8'))).map((name) =>
        name.startsWith('.') ? normalize(join('package', dirname(path), name)) : name,
      ),
    )
    const mayBe = [`package/${folder}/`, ...allowed]
    expect(used.filter((name) => !mayBe.some((beginning) => name.startsWith(beginning)))).toEqual([])
  })

  it.each(files)('%s is short', (path) => {
    expect(brokenSizes(readFileSync(join(root, 'package', path), 'utf8'))).toEqual([])
  })
})

/** Which folder of the console may import which, always through its index, and which packages. */
const CONSOLE_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  calls: ['aws4fetch', '@preact/signals'],
  session: ['calls', '@preact/signals'],
  parts: ['calls', '@preact/signals', 'preact'],
  // What `npm run connect:aws` prints, the page prints too.
  pages: ['parts', 'session', 'calls', '../tools/connect', '@preact/signals', 'preact'],
}

describe('the structure of the console', () => {
  const files = readdirSync(join(root, 'console'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.tsx?$/.test(path),
  )
  const textOf = (path: string) => readFileSync(join(root, 'console', path), 'utf8')

  it.each(files.filter((path) => path.includes('/')))('%s imports only what its folder may', (path) => {
    const folder = folderOf(path)
    const allowed = CONSOLE_MAY_IMPORT[folder] ?? []
    const isAllowed = (name: string) => {
      if (!name.startsWith('.')) return allowed.some((one) => name === one || name.startsWith(`${one}/`))
      const file = normalize(join(dirname(path), name))
      return file.startsWith(`${folder}/`) || allowed.some((one) => new RegExp(`^${one}/index\\.tsx?$`).test(file))
    }
    expect(importsIn(withoutComments(textOf(path))).filter((name) => !isAllowed(name))).toEqual([])
  })

  it.each(files)('%s is short', (path) => {
    expect(brokenSizes(textOf(path))).toEqual([])
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
      "import { a } from '../sts/index.ts'",
      'may not enter operations/sts',
    ],
    [
      'a reach from a service past the index of a room',
      'operations/sts/x.ts',
      "import { a } from '../sign-in/signing.ts'",
      'reaches into operations/sign-in/signing.ts',
    ],
    [
      'a reach from a room into a service',
      'operations/permission/x.ts',
      "import { a } from '../iam/index.ts'",
      'may not enter operations/iam',
    ],
    [
      'a reach from a room into one above it',
      'operations/pool/x.ts',
      "import type { A } from '../sign-in/index.ts'",
      'may not enter operations/sign-in',
    ],
    [
      'a reach from what all operations share into a room',
      'operations/faults.ts',
      "import { a } from './pool/index.ts'",
      'may not enter operations/pool',
    ],
    [
      'a reach into the registry',
      'operations/iam/x.ts',
      "import { a } from '../index.ts'",
      'may not enter operations/index.ts',
    ],
    ['a file that is too long', 'base/x.ts', '\n//'.repeat(MAX_FILE_LINES), `has ${MAX_FILE_LINES + 2} lines`],
    [
      'a function that is too long',
      'base/x.ts',
      `export function a(): void {${'\n  b()'.repeat(MAX_FUNCTION_LINES)}\n}`,
      `has a function of ${MAX_FUNCTION_LINES + 2} lines: a`,
    ],
    [
      'a method that is too long',
      'base/x.ts',
      `class A {\n  async #b(\n    c: number,\n  ) {${'\n    d()'.repeat(MAX_FUNCTION_LINES)}\n  }\n}`,
      `has a function of ${MAX_FUNCTION_LINES + 4} lines: #b`,
    ],
    [
      'an arrow function that is too long',
      'base/x.ts',
      `const a = async (b) => {${'\n  c()'.repeat(MAX_FUNCTION_LINES)}\n}`,
      `has a function of ${MAX_FUNCTION_LINES + 2} lines: a`,
    ],
    [
      'a reach of the entry into what is no object',
      'worker.ts',
      "import { a } from './tokens/mint.ts'",
      'reaches into tokens/mint.ts',
    ],
    ['a way out of src', 'base/x.ts', "import a from '../../package.json'", 'may not import ..'],
    ['a package nobody depends on', 'base/x.ts', "import a from 'left-pad'", 'may not import left-pad'],
    ['a package of the start', 'base/x.ts', "import a from 'esbuild'", 'may not import esbuild'],
    ['a module of Node', 'base/x.ts', "import fs from 'node:fs'", 'may not import node:fs'],
    ['a second place for the parser', 'logins/x.ts', "import a from '@xmldom/xmldom'", 'may not import @xmldom/xmldom'],
    ['the whole of xml-crypto', 'logins/saml/x.ts', "import a from 'xml-crypto'", 'may not import xml-crypto'],
    ['an export of everything', 'base/x.ts', "export * from './ids.ts'", 'exports everything'],
    ['the clock', 'roles/x.ts', 'const now = Date.now()', 'reads the clock, chance or the network'],
    ['the clock by another name', 'roles/x.ts', 'const now = new Date()', 'reads the clock, chance or the network'],
    ['the network', 'logins/x.ts', 'await fetch(url)', 'reads the clock, chance or the network'],
    ['the network by its full name', 'logins/x.ts', 'globalThis.fetch', 'reads the clock, chance or the network'],
    ['chance', 'base/x.ts', 'crypto.randomUUID()', 'reads the clock, chance or the network'],
    ['chance in bytes', 'base/x.ts', 'crypto.getRandomValues(a)', 'reads the clock, chance or the network'],
    ['cheap chance', 'base/x.ts', 'Math.random()', 'reads the clock, chance or the network'],
    ['an error at the start', 'pools/x.ts', "export const A = new Error('a')", 'makes an error as it is loaded'],
    ['a fault at the start', 'http/x.ts', "const A: Fault = new Fault('a', 'b')", 'makes an error as it is loaded'],
    ['the console', 'http/x.ts', "console.log('x')", 'writes to the console'],
    [
      'a memory without a share',
      'logins/x.ts',
      'const a = new BoundedMap({ capacity: 9 })',
      'remembers outside of the budget',
    ],
    [
      'a read of KV that may hang',
      'audit/x.ts',
      'await this.#options.cache.get<A>(name)',
      'waits for KV without a limit',
    ],
    ['a new table', 'pools/x.ts', "sql.exec('CREATE TABLE nobody (a)')", 'uses the table nobody'],
    ["another folder's table", 'tokens/x.ts', "sql.exec('SELECT a FROM login')", 'uses the table login'],
    ["another folder's table in an update", 'account/x.ts', 'sql`UPDATE identity SET a`', 'uses the table identity'],
    ["another folder's KV prefix", 'tokens/x.ts', 'const name = `jwks:a`', 'uses the KV prefix jwks:'],
    ['KV in a folder without a prefix', 'pools/x.ts', 'interface A { cache: KVNamespace }', 'uses KV'],
    ['KV in an object without a prefix', 'account/x.ts', "this.env.CACHE.put('a')", 'uses KV'],
    ['the name of a login provider', 'logins/x.ts', "const key = 'accounts.google.com'", 'names a login provider'],
    ['the host of a user pool', 'pools/x.ts', "const url = 'https://cognito-idp.eu-west-1'", 'names a login provider'],
    ['a wire name', 'pools/x.ts', "return 'NotAuthorizedException'", 'knows a wire name'],
    ['a wire name of a member', 'tokens/x.ts', 'input.IdentityPoolId', 'knows a wire name'],
  ])('%s', (_, path, text, finding) => {
    expect(brokenRules(path, planted(path, text))).toEqual([expect.stringContaining(`${path} ${finding}`)])
  })

  it.each([
    ['a comment that mentions the clock', 'base/x.ts', '/** Not `Date.now()`, nor console.log. */\n// fetch(url)'],
    ['an error when it is needed', 'http/x.ts', "const a = () => new Fault('a', 'b')"],
    ['a method that fetches', 'logins/x.ts', 'await world.fetch(url)\ninterface A { fetch(url: string): void }'],
    ['a time that is given', 'roles/x.ts', 'new Date(now)'],
    ['an object that reads the clock', 'pools/x.ts', 'class A extends DurableObject<Env> { b = Date.now() }'],
    [
      'an object that reads its settings',
      'tokens/key-ring.ts',
      "import { readKeyRingSettings } from '../config/index.ts'",
    ],
    ['an entry that imports an object', 'worker.ts', "export { KeyRing as A } from './tokens/key-ring.ts'"],
    ['a file of the same folder', 'protocol/x.ts', "import { utf8 } from '../base/bytes.ts'\nimport './json.ts'"],
    ['a package that we depend on', 'logins/x.ts', "import { jwtVerify } from 'jose'\nimport 'cloudflare:workers'"],
    ['a room that a service may enter', 'operations/iam/x.ts', "import { a } from '../permission/index.ts'"],
    ['what all operations share', 'operations/pool/x.ts', "import { a } from '../faults.ts'"],
    [
      'a function that is as long as it may be',
      'base/x.ts',
      `function a() {${'\n  b()'.repeat(MAX_FUNCTION_LINES - 2)}\n}`,
    ],
    ['a long list', 'base/x.ts', `const a = [${'\n  1,'.repeat(2 * MAX_FUNCTION_LINES)}\n]`],
  ])('nothing in %s', (_, path, text) => {
    expect(brokenRules(path, planted(path, text))).toEqual([])
  })

  it.each([
    ['of two files', "import { b } from './y.ts'", "import { a } from './x.ts'"],
    ['of types alone', "import type { B } from './y.ts'", "type A = import('./x.ts').A"],
    [
      'through an index',
      "import { b } from './y.ts'",
      "import { log } from '../base/z.ts'",
      "export { a } from './x.ts'",
    ],
  ])('a circle %s', (_, x, y, z = '') => {
    const found = circles({ 'base/x.ts': x, 'base/y.ts': y, 'base/z.ts': z })
    expect(found).toEqual([expect.arrayContaining(['base/x.ts', 'base/y.ts'])])
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
    ...brokenSizes(all[path] ?? ''),
    ...brokenByUse(path, code),
    ...brokenTables(path, code),
    ...brokenPrefixes(path, code),
  ]
  return broken.map((what) => `${path} ${what}`)
}

function brokenImports(path: string, code: string, all: Sources): string[] {
  const from = folderOf(path)
  const broken = importsIn(code).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return mayUse(path, specifier) ? [] : [`may not import ${specifier}`]
    const target = normalize(join(dirname(path), specifier))
    const to = folderOf(target)
    if (to !== from && !MAY_IMPORT[from]?.includes(to) && !(to === 'config' && isAnObject(code)))
      return [`may not import ${to}`]
    if (from === 'operations' && to === from && !mayEnter(path, target))
      return [`may not enter operations/${roomOf(target)}`]
    return mayReach(path, target, all) ? [] : [`reaches into ${target}`]
  })
  return /export\s*\*/.test(code) ? [...broken, 'exports everything'] : broken
}

/** A file of `operations` may know its own room, those that the table has for it, and what all of them share. */
function mayEnter(path: string, target: string): boolean {
  const [from, to] = [roomOf(path), roomOf(target)]
  if (from === to || MAY_ENTER[from]?.includes(to)) return true
  return to.endsWith('.ts') && to !== 'index.ts'
}

/** A folder is entered by its index, but for `base`, which has none, and for objects, which the entry exports. */
function mayReach(path: string, target: string, all: Sources): boolean {
  const [from, to] = [dirname(path), dirname(target)]
  if (from === to || to === 'base' || to === '.') return true
  if (folderOf(from) === folderOf(to) && folderOf(from) !== 'operations') return [from, to].includes(folderOf(from))
  if (from === 'operations' && to !== from && folderOf(to) === from) return target === join(to, 'index.ts')
  if (to === 'operations' && folderOf(from) === to) return true
  return target === join(to, 'index.ts') || (path === 'worker.ts' && isAnObject(all[target] ?? ''))
}

function brokenSizes(text: string): string[] {
  const lines = text.trimEnd().split('\n')
  return [...(lines.length > MAX_FILE_LINES ? [`has ${lines.length} lines`] : []), ...longFunctions(lines)]
}

/** Functions, methods and arrow functions that are too long. One that makes others counts without them. */
function longFunctions(lines: readonly string[]): string[] {
  const functions = lines.flatMap((_, start) => functionAt(lines, start) ?? [])
  return functions.flatMap(({ end, name, start }) => {
    const within = functions.filter((other) => other.start > start && other.end < end)
    const outermost = within.filter((one) => !within.some((other) => other.start < one.start && other.end > one.end))
    const length = outermost.reduce((rest, other) => rest - (other.end - other.start + 1), end - start + 1)
    return length > MAX_FUNCTION_LINES ? [`has a function of ${length} lines: ${name}`] : []
  })
}

/**
 * The function that begins in this line, if one does, as Biome writes it: its head ends with `{`, in this line or in the
 * one that closes its parameters, and the next line of the same indentation that begins with `}` ends it.
 */
function functionAt(lines: readonly string[], start: number) {
  const line = lines[start] ?? ''
  const [, indent = '', name = ''] = HEADS.map((head) => head.exec(line)).find((found) => found !== null) ?? []
  if (name === '') return undefined
  const next = (from: number, what: string) =>
    lines.findIndex((later, n) => n > from && later.startsWith(indent + what))
  const opened = line.endsWith('{') ? start : next(start, ')')
  return lines[opened]?.endsWith('{') ? { name, start, end: next(opened, '}') } : undefined
}

const HEADS = [
  /^( *)(?:export )?(?:default )?(?:async )?function (\w+).*[{(]$/,
  /^( *)(?:export )?const (\w+) = (?:async )?(?:\($|.*=> \{$)/,
  /^( +)(?!(?:if|for|while|switch|catch)\b)(?:(?:static|async|override|get|set) )*(#?\w+)(?:<.*>)?\((?:.*[{(])?$/,
]

/** Sets of files that import one another, types included; a file may only be in the smallest circle that it closes. */
function circles(all: Sources): string[][] {
  const imports = new Map(Object.keys(all).map((path) => [path, importsOf(path, all)]))
  const done = new Set<string>()
  const found: string[][] = []
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) found.push(way.slice(way.indexOf(path)))
    if (way.includes(path) || done.has(path)) return
    for (const next of imports.get(path) ?? []) visit(next, [...way, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return found
}

function importsOf(path: string, all: Sources): string[] {
  const specifiers = importsIn(withoutComments(all[path] ?? ''))
  return specifiers.flatMap((specifier) =>
    specifier.startsWith('.') ? [normalize(join(dirname(path), specifier))] : [],
  )
}

function mayUse(path: string, specifier: string): boolean {
  return isAPackageOfOurs(specifier) && [path, undefined].includes(ONLY_IN[specifier])
}

function isAPackageOfOurs(specifier: string): boolean {
  const [first = '', second] = specifier.split('/')
  return OF_THE_RUNTIME.includes(specifier) || first in dependencies || `${first}/${second}` in dependencies
}

function brokenByUse(path: string, code: string): string[] {
  const broken: string[] = []
  if (path !== 'worker.ts' && !isAnObject(code) && WORLDLY.some((use) => use.test(code)))
    broken.push('reads the clock, chance or the network')
  if (folderOf(path) !== 'base' && /\bBoundedMap\b/.test(code)) broken.push('remembers outside of the budget of bytes')
  if (/^(?!.*\bwithin\('KV').*\b(?:cache|CACHE)\.get\w*[(<]/m.test(code)) broken.push('waits for KV without a limit')
  if (ERROR_AT_START.test(code)) broken.push('makes an error as it is loaded')
  if (path !== 'base/log.ts' && /\bconsole\b\s*(?:\.(?!ts\b)|\[)/.test(code)) broken.push('writes to the console')
  if (path !== 'logins/catalogue.ts' && PROVIDER_NAMES.test(code)) broken.push('names a login provider')
  if (WITHOUT_WIRE_NAMES.includes(folderOf(path)) && WIRE_NAME.test(code)) broken.push('knows a wire name')
  return broken
}

/** The stack of an error wants places in the source, for which V8 parses the whole bundle again: half of what a start takes. */
const ERROR_AT_START = /^(?:export )?const \w+(?:: [^=]+)? = new \w*(?:Error|Fault)\(/m

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

/** What SQLite itself provides, what a query names for itself, and the words that follow `ON CONFLICT … DO UPDATE` and a trigger's `AFTER UPDATE`. */
const NOT_TABLES = new Set(['json_each', 'leading', 'sqlite_master', 'SET', 'ON', 'OF'])

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

/** The folder of `operations` that a file there is in, or the file's own name. */
function roomOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function textsOf(folder: string): string[] {
  return Object.entries(sources).flatMap(([path, text]) => (folderOf(path) === folder ? [text] : []))
}
