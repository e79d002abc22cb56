import { utf8 } from '../../base/bytes.ts'
import { parseIdentityId } from '../../base/ids.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_R2_PREFIX_BYTES } from '../limits.ts'
import { checkSessionTags } from '../session-tags.ts'
import type { AssumeRejected, WebIdentity } from '../types.ts'
import { isSafeSegment, type PathTemplate, type Segment, UNSAFE, type Variable } from './path-template.ts'

export type R2PathUnsafe = Extract<AssumeRejected, { reason: 'r2_path_unsafe' }>

/**
 * The prefix of one user, from verified facts alone. The rules for session tags hold first; then each value is judged, and
 * each segment as it came out.
 */
export function prefixOf(path: PathTemplate, identity: WebIdentity): Result<string, AssumeRejected> {
  const tags = checkSessionTags(identity.principalTags ?? {}, 'sts')
  return tags.ok ? substitute(path, identity) : tags
}

/** The prefix of one user, whatever the rules for session tags. Tag keys compare without case. */
export function substitute(path: PathTemplate, identity: WebIdentity): Result<string, R2PathUnsafe> {
  const tags = new Map(Object.entries(identity.principalTags ?? {}).map(([key, value]) => [key.toLowerCase(), value]))
  const find: Find = (variable) => {
    switch (variable.kind) {
      case 'sub':
        return identity.subject
      case 'tag':
        return tags.get(variable.key.toLowerCase())
      case 'claim':
        return identity.federated?.claims.get(variable.claim)?.[0]
    }
  }
  let prefix = ''
  for (const segment of path) {
    const text = textOf(segment, find, identity)
    if (!text.ok) return text
    prefix += `${text.value}/`
  }
  return utf8(prefix).length > MAX_R2_PREFIX_BYTES ? unsafe(longest(path, find), 'unsafe') : ok(prefix)
}

type Find = (variable: Variable) => string | undefined

function textOf(segment: Segment, find: Find, identity: WebIdentity): Result<string, R2PathUnsafe> {
  let text = ''
  for (const piece of segment) {
    if (piece.kind === 'text') {
      text += piece.text
      continue
    }
    const value = find(piece)
    if (value === undefined) return unsafe(piece.name, 'missing')
    if (value === '') return unsafe(piece.name, 'empty')
    if (!isSafeValue(value) || (piece.kind === 'sub' && !isOwnSubject(identity))) return unsafe(piece.name, 'unsafe')
    text += value
  }
  const [variable] = variablesOf(segment)
  return variable && !isSafeSegment(text) ? unsafe(variable.name, 'unsafe') : ok(text)
}

/** An identity is known by its id, and nobody else by what looks like one. */
function isOwnSubject({ federated, subject }: WebIdentity): boolean {
  return federated ? parseIdentityId(subject.toLowerCase()) === undefined : parseIdentityId(subject) !== undefined
}

function isSafeValue(value: string): boolean {
  return !value.includes('/') && !UNSAFE.test(value) && value.trim() === value && value.normalize('NFC') === value
}

function longest(path: PathTemplate, find: Find): string {
  const length = (variable: Variable) => find(variable)?.length ?? 0
  return variablesOf(path.flat()).reduce((a, b) => (length(b) > length(a) ? b : a)).name
}

function variablesOf(segment: Segment): Variable[] {
  return segment.filter((piece) => piece.kind !== 'text')
}

function unsafe(variable: string, why: R2PathUnsafe['why']): { ok: false; error: R2PathUnsafe } {
  return err({ reason: 'r2_path_unsafe', variable, why })
}
