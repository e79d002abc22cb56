import { utf8 } from '../../base/bytes.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_IDENTITY_ID_CHARS, MAX_R2_PREFIX_BYTES, MAX_TAG_KEY_CHARS } from '../limits.ts'

/** Where the objects of one user live: segments, each of literal text and variables. Every segment ends in a slash. */
export type PathTemplate = readonly Segment[]

export type Segment = readonly Piece[]

export type Piece = { kind: 'text'; text: string } | Variable

/** `name` is the variable as it is written, without the braces. */
export type Variable = { kind: 'sub'; name: 'sub' } | { kind: 'tag'; name: string; key: string }

/**
 * What neither a template's text nor a value may hold: what cannot be seen, what is a wildcard or a separator somewhere,
 * what opens an escape, and what could be taken for a variable.
 */
export const UNSAFE = /[\p{C}\p{Zl}\p{Zp}*?\\%${}]/u

/**
 * Reads a path template such as `users/${sub}/`, or says what is wrong with it, for its author.
 *
 * For any two users no prefix made from one template begins with the other's, whatever their tags are. No value contains a
 * slash, so both prefixes have as many slashes as the template and end in the last: one can begin with the other only if
 * they are equal, segment by segment. Some segment holds `${sub}`, and such a segment holds no tag: between the same texts,
 * two segments are equal only if the ids in them are.
 */
export function parsePathTemplate(text: string): Result<PathTemplate, string> {
  if (!text.endsWith('/')) return err('the path must end in "/": without it user-1 could open what is of user-10')
  const pieces = piecesOf(text.slice(0, -1))
  if (!pieces.ok) return pieces
  const segments = pieces.value
  for (const segment of segments) {
    const problem = problemOf(segment)
    if (problem !== undefined) return err(problem)
  }
  if (!segments.flat().some(({ kind }) => kind === 'sub')) return err(`the path must contain \${sub}`)
  if (leastBytes(segments) > MAX_R2_PREFIX_BYTES) return err(`the path must fit into ${MAX_R2_PREFIX_BYTES} bytes`)
  return ok(segments)
}

/** Whether a segment is neither empty nor one that clients resolve away, and reads the same after R2 normalised it. */
export function isSafeSegment(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && text.trim() === text && text.normalize('NFC') === text
}

function piecesOf(text: string): Result<PathTemplate, string> {
  const segments: Piece[][] = [[]]
  for (const [index, part] of text.split(/\$\{([^{}]*)\}/).entries()) {
    const variable = index % 2 === 1
    if (variable) {
      const piece = variableOf(part)
      if (!piece) return err(`a variable must be \${sub} or \${aws:PrincipalTag/<key>}`)
      segments.at(-1)?.push(piece)
      continue
    }
    if (UNSAFE.test(part)) return err('the path may not contain control characters or any of * ? \\ % $ { }')
    part.split('/').forEach((piece, at) => {
      if (at > 0) segments.push([])
      if (piece !== '') segments.at(-1)?.push({ kind: 'text', text: piece })
    })
  }
  return ok(segments)
}

const TAG = /^aws:PrincipalTag\/(.+)$/s

function variableOf(name: string): Variable | undefined {
  if (name === 'sub') return { kind: 'sub', name }
  const key = TAG.exec(name)?.[1]
  return key === undefined || key.length > MAX_TAG_KEY_CHARS || UNSAFE.test(key)
    ? undefined
    : { kind: 'tag', name, key }
}

function problemOf(segment: Segment): string | undefined {
  const kinds = new Set(segment.map(({ kind }) => kind))
  if (kinds.has('sub') && kinds.has('tag'))
    return `a segment with \${sub} may not contain a tag: put a "/" between them`
  // A letter stands for each value, since none is empty and none begins or ends in white space.
  const text = segment.map((piece) => (piece.kind === 'text' ? piece.text : 'x')).join('')
  if (!isSafeSegment(text) || segment.some(beginsWithMark))
    return 'no segment of the path may be empty, "." or "..", begin or end in white space, or be other than NFC'
  return undefined
}

/** A mark joins the letter before it, so behind a variable it would make other text out of a value. */
function beginsWithMark(piece: Piece): boolean {
  return piece.kind === 'text' && /^\p{M}/u.test(piece.text)
}

/** Bytes of a prefix whose tags are as short as can be. */
function leastBytes(segments: PathTemplate): number {
  const bytes = { text: (text: string) => utf8(text).length, sub: () => MAX_IDENTITY_ID_CHARS, tag: () => 1 }
  return segments
    .flat()
    .reduce(
      (sum, piece) => sum + (piece.kind === 'text' ? bytes.text(piece.text) : bytes[piece.kind]()),
      segments.length,
    )
}
