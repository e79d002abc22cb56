import { utf8 } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_IDENTITY_ID_CHARS, MAX_R2_PREFIX_BYTES, MAX_TAG_KEY_CHARS } from '../limits.ts'

/** Where the objects of one user live: segments of text and variables. Every segment ends in a slash. */
export type PathTemplate = readonly Segment[]

export type Segment = readonly Piece[]

export type Piece = { kind: 'text'; text: string } | Variable

/** `name` is the variable as it is written, without the braces. `claim`: a condition key of a registered issuer. */
export type Variable =
  | { kind: 'sub'; name: 'sub' }
  | { kind: 'tag'; name: string; key: string }
  | { kind: 'claim'; name: string; claim: string }

/**
 * What neither a template's text nor a value may hold: what cannot be seen, what is a wildcard or a separator somewhere,
 * what opens an escape, and what could be taken for a variable.
 */
export const UNSAFE = /[\p{C}\p{Zl}\p{Zp}*?\\%${}]/u

/**
 * Reads a path template such as `users/${sub}/`, or says what is wrong with it, for its author.
 *
 * For any two users no prefix made from one template begins with the other's, whatever their tags are. No value contains a
 * slash, so both prefixes have as many slashes as the template, and end in the last one: one can begin with the other only
 * if they are equal, segment by segment. Some segment holds `${sub}`, and such a segment holds no tag: made of the same
 * texts, it is equal for two users only if their ids are.
 */
export function parsePathTemplate(text: string): Result<PathTemplate, string> {
  if (!text.endsWith('/')) return err('the path must end in "/": without it user-1 could open what is of user-10')
  const segments = segmentsOf(text.slice(0, -1))
  if (!segments.ok) return segments
  const problem = segments.value.map(problemOf).find((found) => found !== undefined)
  if (problem !== undefined) return err(problem)
  if (!segments.value.flat().some(({ kind }) => kind === 'sub')) return err(`the path must contain \${sub}`)
  const shortest = segments.value.map((segment) => `${sampleOf(segment)}/`).join('')
  return utf8(shortest).length > MAX_R2_PREFIX_BYTES
    ? err(`the path must fit into ${MAX_R2_PREFIX_BYTES} bytes`)
    : segments
}

/** Whether a segment is neither empty nor one that clients resolve away, and stays the same when R2 normalises it. */
export function isSafeSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && text.trim() === text && text.normalize('NFC') === text
}

function segmentsOf(path: string): Result<PathTemplate, string> {
  const segments: Piece[][] = [[]]
  const add = (piece: Piece) => segments.at(-1)?.push(piece)
  for (const [index, part] of path.split(/\$\{([^{}]*)\}/).entries()) {
    if (index % 2 === 1) {
      const variable = variableOf(part)
      if (!variable) return err(`a variable must be \${sub} or \${aws:PrincipalTag/<key>}`)
      add(variable)
      continue
    }
    if (UNSAFE.test(part)) return err(UNSAFE_TEXT)
    for (const [at, text] of part.split('/').entries()) {
      if (at > 0) segments.push([])
      if (text !== '') add({ kind: 'text', text })
    }
  }
  return ok(segments)
}

const TAG = /^aws:PrincipalTag\/(.+)$/

function variableOf(name: string): Variable | undefined {
  if (name === 'sub') return { kind: 'sub', name }
  const key = TAG.exec(name)?.[1]
  return key === undefined || key.length > MAX_TAG_KEY_CHARS || UNSAFE.test(key)
    ? undefined
    : { kind: 'tag', name, key }
}

function problemOf(segment: Segment): string | undefined {
  const kinds = new Set(segment.map(({ kind }) => kind))
  if (kinds.has('sub') && kinds.has('tag')) return `a segment with \${sub} may not hold a tag: put a "/" between them`
  return isSafeSegment(sampleOf(segment)) && !segment.some(beginsWithMark) ? undefined : UNSAFE_SEGMENT
}

const UNSAFE_SEGMENT =
  'no segment of the path may be empty, "." or "..", begin or end in white space, or be other than NFC'

const UNSAFE_TEXT = 'the path may not contain control characters or any of * ? \\ % $ { }'

/**
 * Reads a path as a tag of a role has it, whose value may hold no braces: a segment that begins with `@` is a variable, all others
 * are text. `claims`: the condition keys that may be variables, by their names. A path need not have any: then all holders of
 * the role share one prefix.
 */
export function parseTagPath(text: string, claims: ReadonlyMap<string, string>): Result<PathTemplate, string> {
  if (!text.endsWith('/')) return err('the path must end in "/": without it build-1 could open what is of build-10')
  const path: Segment[] = []
  for (const part of text.slice(0, -1).split('/')) {
    const piece = part.startsWith('@') ? tagVariable(part.slice(1), claims) : ({ kind: 'text', text: part } as const)
    if (!piece)
      return err(
        `${part.slice(0, 60)} is no variable: it must be one of @sub, @tag=<key>, ${[...claims.keys()].map((name) => `@${name}`).join(', ')}`,
      )
    if (UNSAFE.test(part)) return err(UNSAFE_TEXT)
    if (piece.kind === 'text' && !isSafeSegment(part)) return err(UNSAFE_SEGMENT)
    path.push([piece])
  }
  const kinds = new Set(path.flat().map(({ kind }) => kind))
  if (kinds.has('tag') && !kinds.has('sub')) return err('a path with a tag must contain @sub: tags are no names')
  return utf8(text).length > MAX_R2_PREFIX_BYTES ? err(`the path must fit into ${MAX_R2_PREFIX_BYTES} bytes`) : ok(path)
}

function tagVariable(name: string, claims: ReadonlyMap<string, string>): Variable | undefined {
  if (name === 'sub') return { kind: 'sub', name }
  if (name.startsWith('tag=') && name.length > 'tag='.length)
    return { kind: 'tag', name, key: name.slice('tag='.length) }
  const claim = claims.get(name)
  return claim === undefined ? undefined : { kind: 'claim', name, claim }
}

/** A mark joins the character before it, so behind a variable it would make another value of its value. */
function beginsWithMark(piece: Piece): boolean {
  return piece.kind === 'text' && /^\p{M}/u.test(piece.text)
}

/** A segment as it comes out with the longest identity id and tags as short as can be. */
function sampleOf(segment: Segment): string {
  const values = { sub: 'x'.repeat(MAX_IDENTITY_ID_CHARS), tag: 'x', claim: 'x' }
  return segment.map((piece) => (piece.kind === 'text' ? piece.text : values[piece.kind])).join('')
}
