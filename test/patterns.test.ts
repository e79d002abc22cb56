import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAst } from 'vitest/node'

/**
 * Every regular expression of `src`, and every reader that has a loop of its own around some, takes time in proportion to
 * its input, whatever the input. Nothing here is measured in milliseconds: the same work at eight times the length may take
 * eight times as long, and some more because of other threads of the process; a quadratic one takes 64 times as long.
 */
const GROWTHS = [2, 4, 8]
/** Lengths of inputs in characters: of an expression, which is tried with many, and of a reader. */
const OF_PATTERNS = 2_000
const OF_READERS = 3_000
const TOLERANCE = 3

const src = fileURLToPath(new URL('../src', import.meta.url))
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))

/**
 * What is read below. It is imported by path, because the types of the service are those of Workers and these of Node.
 */
interface Readers {
  isIdentityPoolIssuer(iss: string): boolean
  parseMetadata(xml: string): unknown
  parseTemplate(text: string, syntax: { variables: boolean; wildcards: boolean }): unknown
  parseToken(token: string): unknown
  parseTrustPolicy(document: string, issuer: string): unknown
  parseXml(text: string, maxNodes: number): unknown
  readStsAnswer(xml: string, now: number): unknown
  rolesOf(attributes: ReadonlyMap<string, readonly string[]>, provider: string): unknown
}

const from = async <N extends keyof Readers>(path: string) => (await import(join(src, path))) as Pick<Readers, N>
const { readStsAnswer } = await from<'readStsAnswer'>('credentials/sts-answer.ts')
const { parseTrustPolicy } = await from<'parseTrustPolicy'>('credentials/trust-policy.ts')
const { isIdentityPoolIssuer } = await from<'isIdentityPoolIssuer'>('logins/catalogue.ts')
const { rolesOf } = await from<'rolesOf'>('logins/saml/attributes.ts')
const { parseMetadata } = await from<'parseMetadata'>('logins/saml/metadata.ts')
const { parseXml } = await from<'parseXml'>('logins/saml/xml.ts')
const { parseToken } = await from<'parseToken'>('logins/token.ts')
const { parseTemplate } = await from<'parseTemplate'>('policy/template.ts')

interface Pattern {
  path: string
  source: string
  flags: string
}

/** Where an expression is made at run time of parts, which the readers below cover. */
const MADE_AT_RUN_TIME = ['credentials/trust-policy.ts', 'logins/saml/xml.ts', 'protocol/validate.ts']

/** A text that matches, for expressions of which fast-check cannot make one. */
const MATCHING: ReadonlyMap<string, string> = new Map([
  [',(?=\\s*arn:)', 'a, arn:'],
  ['[\\p{Cc}\\p{Cs}]', 'a\u0001'],
])

const { patterns, madeAtRunTime } = patternsOf(files)

describe('the regular expressions of src', () => {
  it('are found', () => {
    expect(patterns.length).toBeGreaterThan(100)
    const found = patterns.map(({ source }) => source)
    expect(found).toEqual(expect.arrayContaining(['^\\d{12}$', '^(?:(un)?authenticated)$']))
  })

  it('are made at run time nowhere but where the readers of these tests cover them', () => {
    expect([...new Set(madeAtRunTime)].sort()).toEqual(MADE_AT_RUN_TIME)
  })

  it.each(patterns.map((pattern) => [pattern.path, pattern.source, pattern] as const))(
    'are linear: %s, /%s/',
    (_path, _source, pattern) => {
      expect(slowInput(pattern)).toBeUndefined()
    },
  )
})

describe('these tests find', () => {
  it.each([
    ['a run that may begin anywhere', '\\s+$'],
    ['two runs side by side', '^[a-z]+[a-z0-9]+$'],
    ['a run behind a word', 'Credential=([^/,\\s]+)\\/'],
    ['a string without its end', '"(?:[^"\\\\]|\\\\.)*"'],
    ['a list of attributes', '\\sxmlns[^=]*=\\s*"[^"]{257}'],
    ['an issuer that is cut in three places', '^cognito-identity[a-z0-9.-]*\\.amazonaws\\.[a-z.]+$'],
  ])('%s', (_what, source) => {
    expect(slowInput({ path: 'x.ts', source, flags: '' })).toBeTypeOf('string')
  })
})

const many = (text: string) => (length: number) => text.repeat(Math.ceil(length / text.length))
const inMetadata = (filling: string) => parseMetadata(`<a>${' '.repeat(1_000)}${filling}</a>`)
const inAnswer = (filling: string) => readStsAnswer(`<AssumeRoleWithWebIdentityResponse>${filling}`, 0)
const inRole = (role: string) => rolesOf(new Map([['https://aws.amazon.com/SAML/Attributes/Role', [role]]]), 'arn:')
const inCondition = (key: string, value = '') => {
  const statement = { Effect: 'Allow', Principal: '*', Action: 'sts:*', Condition: { StringLike: { [key]: value } } }
  return parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), 'issuer')
}
const attributes = (length: number) => Array.from({ length: length / 10 }, (_, index) => ` a${index}="b"`).join('')
const variables = { variables: true, wildcards: true }

/** Readers with the worst input that is known for each, as a function of its length. */
const READERS: [string, (input: string) => unknown, (length: number) => string][] = [
  ['metadata with namespaces without value', inMetadata, many(' xmlns')],
  ['metadata with namespaces in a value', (input) => inMetadata(`<b c="${input}"/>`), many(' xmlns')],
  ['metadata with comments that do not end', inMetadata, many('<!--')],
  ['metadata with comments', inMetadata, many('<!---->')],
  ['metadata with spaces in a tag', (input) => inMetadata(`<b${input}`), many(' ')],
  ['metadata with spaces in a value', (input) => inMetadata(`<b c="${input}"/>`), many(' ')],
  ['metadata with names', (input) => inMetadata(`<b ${input}`), many('c:d ')],
  ['metadata with a long name', (input) => inMetadata(`<${input}`), many('b')],
  ['metadata with references', inMetadata, many('&#65;')],
  ['XML with elements', (input) => parseXml(`<a>${input}</a>`, 100_000), many('<b/>')],
  ['XML with end tags', (input) => parseXml(input, 100_000), many('</b>')],
  ['XML with text', (input) => parseXml(`<a>${input}</a>`, 100_000), many(']] ')],
  ['XML with a long declaration', (input) => parseXml(`<?xml version="1.0"${input}`, 100_000), many(' ')],
  ['roles with spaces', inRole, many(' ')],
  ['roles with commas', inRole, many(', arn:')],
  ['an answer of STS with elements', inAnswer, many('<a></a>')],
  ['an answer of STS with spaces', inAnswer, many(' ')],
  ['an answer of STS with open brackets', inAnswer, many('<')],
  ['an answer of STS with end tags', inAnswer, many('</a>')],
  ['an answer of STS with spaces in end tags', inAnswer, many('<a></a >')],
  ['an answer of STS with comments', inAnswer, many('<!--')],
  ['an answer of STS with CDATA', inAnswer, many('<![CDATA[')],
  ['an answer of STS with references', inAnswer, many('&amp;')],
  ['an answer of STS with nesting', inAnswer, many('<a>')],
  ['an answer of STS with quotes', (input) => inAnswer(`<a b="${input}`), many("'")],
  ['an answer of STS with attributes', (input) => inAnswer(`<a${input}/>`), attributes],
  ['a trust policy with a long key', inCondition, many('aws:principaltag/')],
  ['a trust policy with quotes', (input) => inCondition('aws:username', input), many('"')],
  ['a trust policy with backslashes', (input) => inCondition('aws:username', input), many('\\"')],
  ['a token of dots', parseToken, many('.')],
  ['a token of parts', parseToken, many('a.')],
  ['an issuer in many parts', (input) => isIdentityPoolIssuer(`cognito-identity${input}!`), many('.amazonaws.a')],
  ['a policy variable that does not end', (input) => parseTemplate(input, variables), many('${')],
  ['a policy variable with quotes', (input) => parseTemplate(`\${a, ${input}`, variables), many("''")],
]

describe('the readers of src', () => {
  it.each(READERS)('are linear: %s', (_what, read, input) => {
    expect(isSlow(read, input, OF_READERS)).toBe(false)
  })
})

/**
 * Whether the time grows much faster than the input, each time it is looked at: other work of the process may make it seem
 * so once or twice. The shortest of several runs counts. What takes a few microseconds may seem to grow without end, so
 * it must also take twice as long as to find every character: what is quadratic takes some hundred times as long.
 */
function isSlow(read: (input: string) => unknown, input: (length: number) => string, length: number): boolean {
  const grows = () => {
    const before = shortestOf(() => read(input(length)))
    return GROWTHS.some((times) => {
      const longer = times * length
      const limit = Math.max(TOLERANCE * times * before, (NOTICEABLE * EACH_CHARACTER * longer) / OF_PATTERNS)
      return takesOver(limit, () => read(input(longer)))
    })
  }
  return Array.from({ length: LOOKS }).every(grows)
}

const LOOKS = 3
const RUNS = 5

function shortestOf(work: () => unknown): number {
  return Math.min(...Array.from({ length: RUNS }, () => timeOf(work)))
}

/** Whether the shortest of several runs takes longer: the first that does not is answer enough. */
function takesOver(limit: number, work: () => unknown): boolean {
  return Array.from({ length: RUNS }).every(() => timeOf(work) > limit)
}

/** In microseconds of the processor: what waits for it is not counted. */
function timeOf(work: () => unknown): number {
  const start = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(start)
  return system + user
}

const eachCharacter = (text: string) => text.replace(/./gsu, '')

/** What it takes to find every character of an input of an expression, in microseconds. */
const EACH_CHARACTER = shortestOf(() => eachCharacter('a'.repeat(OF_PATTERNS)))
/** How many times as long as to find every character something takes that may be slow. Most searches are faster. */
const NOTICEABLE = 2

/**
 * An input for which an expression is slower than linear. Inputs are made of texts that match it: a part of the text is
 * repeated, and what follows may then not match. An input is looked at closely if it takes longer than to find every
 * character by itself.
 */
function slowInput({ source, flags }: Pattern): string | undefined {
  const pattern = new RegExp(source, [...new Set(`${flags.replace('y', '')}g`)].join(''))
  const search = (text: string) => text.replace(pattern, '')
  const slow = attacksOn(pattern).find(({ input }) => {
    const text = input(OF_PATTERNS)
    const time = timeOf(() => search(text))
    const isSuspect = time > NOTICEABLE * EACH_CHARACTER && time > NOTICEABLE * timeOf(() => eachCharacter(text))
    return isSuspect && isSlow(search, input, OF_PATTERNS)
  })
  return slow?.shown
}

function attacksOn(pattern: RegExp) {
  const attacks = new Map<string, (length: number) => string>()
  for (const sample of samplesOf(pattern))
    for (let at = 0; at < sample.length; at++)
      for (let size = 1; at + size <= sample.length; size++)
        for (const rest of ['', sample.slice(at + size)]) {
          const [before, part] = [sample.slice(0, at), sample.slice(at, at + size)]
          attacks.set(`${before}(${part})*${rest}\0`, (length) => `${before}${many(part)(length)}${rest}\0`)
        }
  return [...attacks].map(([shown, input]) => ({ shown, input }))
}

function samplesOf(pattern: RegExp): string[] {
  const known = MATCHING.get(pattern.source)
  if (known !== undefined) return [known]
  const flags = pattern.unicode ? 'u' : ''
  const source = pattern.source.replace(NEGATED, (negated) => characterOf(negated, flags))
  const samples = fc.sample(fc.stringMatching(new RegExp(source, flags), { size: 'small' }), { numRuns: 5, seed: 1 })
  return [...new Set(samples.map((sample) => sample.slice(0, 30)))]
}

const NEGATED = /\[\^(?:\\.|[^\]\\])*\]/g

/** A character that is not in a class: fast-check looks among printable ones of ASCII, without end if there is none. */
function characterOf(negated: string, flags: string): string {
  const found = [...'a 0!é\0\u0085€'].find((character) => new RegExp(negated, flags).test(character))
  if (found === undefined) throw new Error(`no character for ${negated}`)
  return found
}

/** Literals, and the patterns of input shapes as `protocol` compiles them. */
function patternsOf(paths: readonly string[]) {
  const found: Pattern[] = []
  const elsewhere: string[] = []
  for (const path of paths) {
    walk(parseAst(readFileSync(join(src, path), 'utf8'), { lang: 'ts' }), (node) => {
      const { callee, key, regex, value } = node
      if (regex) found.push({ path, source: regex.pattern, flags: regex.flags })
      if (node.type === 'NewExpression' && callee?.name === 'RegExp') elsewhere.push(path)
      if (node.type === 'Property' && key?.name === 'pattern' && typeof value?.value === 'string')
        found.push({ path, source: `^(?:${value.value})$`, flags: 'u' })
    })
  }
  const distinct = new Map(found.map((pattern) => [`${pattern.source} ${pattern.flags}`, pattern]))
  return { patterns: [...distinct.values()], madeAtRunTime: elsewhere }
}

interface Node {
  type?: string
  callee?: { name?: string }
  key?: { name?: string }
  regex?: { pattern: string; flags: string }
  value?: { value?: unknown }
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (typeof node !== 'object' || node === null) return
  if ('type' in node) visit(node as Node)
  for (const child of Object.values(node)) walk(child, visit)
}
