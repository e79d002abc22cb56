import { describe, expect, it } from 'vitest'
import { allOperations } from '../../src/operations/index.ts'
import type { Member, Shape } from '../../src/protocol/index.ts'
import model from './api-model.json'

/**
 * The members of every request of AWS's own services with their constraints, as the API models print them that botocore
 * 1.43.107 has: `<required> <type> <least>..<most> <values or pattern>` by path.
 */
const MODEL: Readonly<Record<string, Readonly<Record<string, string>>>> = model

/** Where this service differs on purpose, with the reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  // Ours name the last key of a page, which may be an ARN.
  Marker: 'string 1..2048 [\\u0020-\\u00FF]+',
  // A document of 10,000,000 characters costs too much to parse.
  SAMLMetadataDocument: 'string 1000..500000',
  // In the models of SDKs that have defaults it is optional, and false.
  AllowUnauthenticatedIdentities: 'boolean',
  // The API reference has the number; the model does not.
  PolicyArns: 'list 0..10',
}

describe('every operation of AWS', () => {
  const ofAws = allOperations.filter(({ service }) => service !== 'edge-identity')

  it.each(ofAws.map((operation) => [`${operation.service}:${operation.name}`, operation] as const))(
    '%s takes what its model says',
    (name, { input }) => {
      expect(described(input.members)).toEqual(expected(MODEL[name] ?? {}))
    },
  )
})

function expected(members: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).map(([path, constraints]) => {
      const different = DIFFERENT[path]
      const required = path !== 'AllowUnauthenticatedIdentities' && constraints.startsWith('required ')
      return [path, different === undefined ? constraints : `${required ? 'required ' : ''}${different}`]
    }),
  )
}

function described(members: Readonly<Record<string, Member>>, prefix = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(members).map(([name, { required, shape }]) =>
      describedShape(shape, prefix + name, required ? 'required ' : ''),
    ),
  )
}

function describedShape(shape: Shape, path: string, required = ''): Record<string, string> {
  const own = { [path]: required + constraintsOf(shape) }
  switch (shape.type) {
    case 'structure':
      return { ...own, ...described(shape.members, `${path}.`) }
    case 'list':
      return { ...own, ...describedShape(shape.member, `${path}[]`) }
    case 'map':
      return { ...own, ...describedShape(shape.key, `${path}{key}`), ...describedShape(shape.value, `${path}{value}`) }
    default:
      return own
  }
}

function constraintsOf(shape: Shape): string {
  const { max, min } = shape as { min?: number; max?: number }
  const range = min === undefined && max === undefined ? [] : [`${min ?? 0}..${max ?? ''}`]
  const { pattern, values } = shape as { pattern?: string; values?: readonly string[] }
  return [shape.type, ...range, ...(values ? [[...values].sort().join('|')] : []), ...(pattern ? [pattern] : [])].join(
    ' ',
  )
}
