import { isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Member, RecordShape, Shape } from '../declare/shape.ts'
import { suggestion } from './near.ts'
import type { Place, Problem } from './problem.ts'
import { type Node, nameOf, type Source } from './source.ts'
import { kindOf, NUMBER_WORDS, scalarProblem, wordsFor } from './words.ts'

/** What was read where a part is wrong: the parts around it are read all the same. */
const WRONG = Symbol('wrong')
type Read = unknown | typeof WRONG

/** Reads a source by a shape. What does not fit becomes problems; with any, the value is of no use. */
export function readShape(shape: Shape, source: Source): { value: unknown; problems: Problem[] } {
  const reader = new Reader(source)
  const value = reader.read(shape, source.root, 'The file')
  return { value: value === WRONG ? undefined : value, problems: reader.problems }
}

class Reader {
  readonly problems: Problem[] = []
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  read(shape: Shape, given: Node | null | undefined, name: string, keyNode?: Node): Read {
    const node = this.#source.resolved(given)
    const isEmpty = node === undefined || (isScalar(node) && node.value === null)
    const at = isEmpty ? (keyNode ?? node) : node
    switch (shape.type) {
      case 'record':
        return this.#record(shape, node, name, at)
      case 'map':
        return this.#map(shape, node, name, at)
      case 'choice':
        return this.#choice(shape, node, name, at)
      case 'list':
        return this.#list(shape, node, name, at)
      case 'either':
        return this.#either(shape, node, name, at)
      case 'document':
        return isMap(node) ? (node.toJSON() as object) : this.#expected('a map', node, name, at)
      default: {
        const scalar: unknown = isScalar(node) ? node.value : isMap(node) || isSeq(node) ? NOT_SCALAR : null
        const wrong = scalar === NOT_SCALAR ? wordsFor(shape) : scalarProblem(shape, scalar)
        if (wrong === undefined) return scalar
        const hint = shape.type === 'text' && typeof scalar === 'number' ? NUMBER_WORDS : ''
        return this.#wrong('shape', `${name} must be ${wrong}${hint}.`, at)
      }
    }
  }

  #record(shape: RecordShape, node: Node | undefined, name: string, at: Node | undefined): Read {
    if (!isMap(node)) return this.#expected('a map', node, name, at)
    const pairs = this.#pairs(node)
    const read: Record<string, unknown> = {}
    let isWrong = false
    for (const [key, pair] of pairs) {
      const member = Object.hasOwn(shape.members, key) ? shape.members[key] : undefined
      const value = member
        ? this.#member(member, key, pair)
        : this.#unknown(key, Object.keys(shape.members), name, pair)
      if (value === WRONG) isWrong = true
      else read[key] = value
    }
    for (const [key, member] of Object.entries(shape.members))
      if (member.required && !pairs.has(key)) {
        isWrong = true
        this.#wrong('missing', `${name} lacks ${key}.`, at)
      }
    return isWrong ? WRONG : read
  }

  #member({ shape }: Member, key: string, { key: keyNode, value }: Pair): Read {
    return this.read(shape, value as Node | null, key, keyNode as Node)
  }

  #unknown(key: string, known: readonly string[], name: string, { key: keyNode }: Pair): Read {
    const instead = suggestion(key, known) || ` It may have ${known.join(', ')}.`
    return this.#wrong('unknown-key', `${name} has no ${key}.${instead}`, keyNode as Node)
  }

  #map(shape: Shape & { type: 'map' }, node: Node | undefined, name: string, at: Node | undefined): Read {
    if (!isMap(node)) return this.#expected('a map', node, name, at)
    const read: Record<string, unknown> = Object.create(null)
    let isWrong = false
    for (const [key, { key: keyNode, value }] of this.#pairs(node)) {
      if (!new RegExp(`^(?:${shape.keys.pattern})$`).test(key)) {
        isWrong = true
        this.#wrong('shape', `${JSON.stringify(key)} must be ${shape.keys.says}.`, keyNode as Node)
      }
      const member = this.read(shape.of, value as Node | null, key, keyNode as Node)
      if (member === WRONG) isWrong = true
      else read[key] = member
    }
    if (node.items.length < (shape.min ?? 0)) return this.#wrong('shape', `${name} must not be empty.`, at)
    return isWrong ? WRONG : { ...read }
  }

  #choice(shape: Shape & { type: 'choice' }, node: Node | undefined, name: string, at: Node | undefined): Read {
    if (!isMap(node)) return this.#expected('a map', node, name, at)
    const keys = [...this.#pairs(node).keys()]
    const names = Object.keys(shape.of)
    const chosen = names.filter((one) => keys.includes(one))
    const [only] = chosen
    if (only !== undefined && chosen.length === 1) return this.#record(shape.of[only] as RecordShape, node, only, at)
    const [first = ''] = keys
    const instead = chosen.length === 0 ? suggestion(first, names) : ''
    return this.#wrong('choice', `${name} must have one of ${names.join(', ')}.${instead}`, at)
  }

  #list(shape: Shape & { type: 'list' }, node: Node | undefined, name: string, at: Node | undefined): Read {
    if (!isSeq(node)) return this.#expected('a list', node, name, at)
    if (node.items.length < (shape.min ?? 0)) return this.#wrong('shape', `${name} must not be empty.`, at)
    const items = node.items.map((item, index) =>
      this.read(shape.of, item as Node, `Entry ${index + 1} of ${name}`, at),
    )
    return items.includes(WRONG) ? WRONG : items
  }

  /** By the kind of node; of several shapes for texts, the first that fits. */
  #either(shape: Shape & { type: 'either' }, node: Node | undefined, name: string, at: Node | undefined): Read {
    const alike = shape.of.filter((one) => kindOf(one) === (isMap(node) ? 'map' : isSeq(node) ? 'list' : 'scalar'))
    const [only] = alike
    if (only && kindOf(only) !== 'scalar') return this.read(only, node, name, at)
    const value = isScalar(node) ? node.value : null
    const fitting = alike.find((one) => scalarProblem(one, value) === undefined)
    if (fitting) return value
    return this.#wrong('shape', `${name} must be ${shape.of.map(wordsFor).join(', or ')}.`, at)
  }

  #expected(what: string, node: Node | undefined, name: string, at: Node | undefined): Read {
    const isEmpty = node === undefined || (isScalar(node) && node.value === null)
    return this.#wrong('shape', isEmpty ? `${name} is empty, and must be ${what}.` : `${name} must be ${what}.`, at)
  }

  #pairs(node: YAMLMap): Map<string, Pair> {
    return new Map(
      (node.items as Pair[]).map((pair) => [isScalar(pair.key) ? nameOf(pair.key as Scalar) : String(pair.key), pair]),
    )
  }

  #wrong(rule: string, message: string, node: Node | undefined): typeof WRONG {
    const place: Place = this.#source.placeOfNode(node)
    this.problems.push({ severity: 'error', rule, message, ...place })
    return WRONG
  }
}

const NOT_SCALAR = Symbol('not a scalar')
