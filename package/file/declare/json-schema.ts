import type { KeyRule, Member, RecordShape, Shape } from './shape.ts'

type Schema = Readonly<Record<string, unknown>>

/** A declaration as JSON Schema 2020-12, for editors and other programs. */
export function jsonSchema(shape: Shape, { id, title }: { id: string; title: string }): Schema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: id, title, ...schemaOf(shape) }
}

function schemaOf(shape: Shape): Schema {
  const { about } = shape
  return { ...(about !== undefined && { description: about }), ...rulesOf(shape) }
}

function rulesOf(shape: Shape): Schema {
  switch (shape.type) {
    case 'text':
      return {
        type: 'string',
        ...(shape.min !== undefined && { minLength: shape.min }),
        ...(shape.max !== undefined && { maxLength: shape.max }),
        ...(shape.pattern !== undefined && { pattern: whole(shape.pattern) }),
        ...(shape.values && { enum: shape.values }),
      }
    case 'integer':
      return { type: 'integer', minimum: shape.min, maximum: shape.max, ...(shape.values && { enum: shape.values }) }
    case 'flag':
      return { type: 'boolean' }
    case 'constant':
      return { const: shape.value }
    case 'document':
      return { type: 'object' }
    case 'list':
      return { type: 'array', items: schemaOf(shape.of), ...(shape.min !== undefined && { minItems: shape.min }) }
    case 'map':
      return {
        type: 'object',
        propertyNames: names(shape.keys),
        additionalProperties: schemaOf(shape.of),
        ...(shape.min !== undefined && { minProperties: shape.min }),
      }
    case 'record':
      return recordRules(shape)
    case 'choice':
      return { oneOf: Object.values(shape.of).map(schemaOf) }
    case 'either':
      return { anyOf: shape.of.map(schemaOf) }
  }
}

function recordRules({ members }: RecordShape): Schema {
  const entries = Object.entries<Member>(members)
  const required = entries.filter(([, member]) => member.required).map(([name]) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { shape }]) => [name, schemaOf(shape)])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

const names = ({ pattern }: KeyRule): Schema => ({ pattern: whole(pattern) })

const whole = (pattern: string) => `^(?:${pattern})$`
