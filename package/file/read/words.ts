import type { Shape } from '../declare/shape.ts'

/** What a value of a shape is, as the end of a sentence: `must be …`. */
export function wordsFor(shape: Shape): string {
  switch (shape.type) {
    case 'text':
      return shape.says ?? (shape.values ? `one of ${shape.values.join(', ')}` : textWords(shape))
    case 'integer':
      return shape.values ? `one of ${shape.values.join(', ')}` : `a whole number from ${shape.min} to ${shape.max}`
    case 'flag':
      return 'true or false'
    case 'constant':
      return String(shape.value)
    case 'list':
      return 'a list'
    default:
      return 'a map'
  }
}

function textWords({ max, min = 0 }: Shape & { type: 'text' }): string {
  return max === undefined ? 'a text' : `a text of ${min} to ${max} characters`
}

export const NUMBER_WORDS = ': put it in quotes, or YAML takes it for a number'

/** Which kind of node a shape is written as. */
export function kindOf(shape: Shape): 'map' | 'list' | 'scalar' {
  switch (shape.type) {
    case 'list':
      return 'list'
    case 'text':
    case 'integer':
    case 'flag':
    case 'constant':
      return 'scalar'
    default:
      return 'map'
  }
}

/** What a scalar should have been, or `undefined` if it fits. */
export function scalarProblem(shape: Shape, value: unknown): string | undefined {
  return fits(shape, value) ? undefined : wordsFor(shape)
}

function fits(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case 'flag':
      return typeof value === 'boolean'
    case 'constant':
      return value === shape.value
    case 'integer':
      return Number.isInteger(value) && Number(value) >= shape.min && Number(value) <= shape.max
    case 'text':
      return typeof value === 'string' && textFits(shape, value)
    default:
      return false
  }
}

function textFits({ max, min = 0, pattern, values }: Shape & { type: 'text' }, text: string): boolean {
  const length = [...text].length
  if (length < min || (max !== undefined && length > max)) return false
  if (values && !values.includes(text)) return false
  return pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(text)
}
