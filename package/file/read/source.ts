import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import type { Path, Place, Problem } from './problem.ts'

export type { Node }

/** The text of a file as YAML, with the place of everything in it. */
export interface Source {
  root: Node | null
  /** What is no YAML. */
  problems: Problem[]
  /** The place of a value, or of what is nearest to where it would be. `key`: the place of its name. */
  placeOf(path: Path, what?: 'value' | 'key'): Place
  placeOfNode(node: Node | null | undefined): Place
  /** The node that an alias stands for. */
  resolved(node: unknown): Node | undefined
}

/** More aliases would make a small file a large one. */
const MAX_ALIASES = 100

export function parseSource(text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number): Place => {
    const { col, line } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems = [...document.errors, ...document.warnings].map(
    ({ message, pos }): Problem => ({
      severity: 'error',
      rule: 'yaml',
      message: sentence(message),
      ...placeAt(pos[0]),
    }),
  )
  const aliases = text.match(/(?:^|[\s[{,])\*[^\s*]/g)?.length ?? 0
  if (aliases > MAX_ALIASES)
    problems.push({ severity: 'error', rule: 'yaml', message: 'The file has too many aliases.', line: 1, column: 1 })
  const placeOfNode = (node: Node | null | undefined) => placeAt(node?.range?.[0] ?? 0)
  return {
    root: document.contents,
    problems,
    placeOfNode,
    placeOf: (path, what = 'value') => placeOfNode(nodeAt(document, path, what)),
    resolved: (node) => resolved(document, node),
  }
}

function resolved(document: Document, node: unknown): Node | undefined {
  return isAlias(node) ? node.resolve(document) : ((node as Node | null | undefined) ?? undefined)
}

/** The node of a path, or the last one on the way to it. */
function nodeAt(document: Document, path: Path, what: 'value' | 'key'): Node | null {
  let node: Node | null = document.contents
  for (const [index, step] of path.entries()) {
    const within = resolved(document, node)
    const pair = isMap(within) ? pairOf(within.items as Pair[], String(step)) : undefined
    const isKey = what === 'key' && index === path.length - 1
    const next = isSeq(within) ? within.items[Number(step)] : isKey ? pair?.key : (pair?.value ?? pair?.key)
    if (next === undefined || next === null) return node
    node = next as Node
  }
  return node
}

function pairOf(items: readonly Pair[], name: string): Pair | undefined {
  return items.find(({ key }) => isScalar(key) && nameOf(key) === name)
}

/** A key as it is written: YAML would read some as numbers. */
export function nameOf(key: { value: unknown; source?: string | undefined }): string {
  return key.source ?? String(key.value)
}

function sentence(message: string): string {
  const [line = ''] = message.split('\n')
  return /[.!?]$/.test(line) ? line : `${line}.`
}
