/**
 * What a file may hold, as data: the reader and the JSON Schema are made from the same declaration, and so are the types.
 * `about` is for people: editors show it, and it is in the schema.
 */
export type Shape =
  | TextShape
  | IntegerShape
  | { type: 'flag'; about?: string }
  | { type: 'constant'; value: string | number; about?: string }
  | { type: 'list'; of: Shape; min?: number; about?: string }
  | { type: 'map'; of: Shape; keys: KeyRule; min?: number; about?: string }
  | RecordShape
  | ChoiceShape
  | { type: 'either'; of: readonly Shape[]; about?: string }
  /** Any JSON object, such as a policy. */
  | { type: 'document'; about?: string }

export interface TextShape {
  type: 'text'
  /** A regular expression for the whole text, and what it means in words: `must be …`. */
  pattern?: string
  says?: string
  values?: readonly string[]
  min?: number
  max?: number
  about?: string
}

export interface IntegerShape {
  type: 'integer'
  min: number
  max: number
  values?: readonly number[]
  about?: string
}

export interface RecordShape {
  type: 'record'
  members: Readonly<Record<string, Member>>
  about?: string
}

/** Records that are told apart by the one member that only they have. */
export interface ChoiceShape {
  type: 'choice'
  of: Readonly<Record<string, RecordShape>>
  about?: string
}

export interface Member {
  shape: Shape
  required: boolean
}

/** What names may be. */
export interface KeyRule {
  pattern: string
  says: string
}

type Required<S extends Shape> = { shape: S; required: true }
type Optional<S extends Shape> = { shape: S; required: false }

export const required = <const S extends Shape>(shape: S): Required<S> => ({ shape, required: true })
export const optional = <const S extends Shape>(shape: S): Optional<S> => ({ shape, required: false })
export const text = <const T extends Omit<TextShape, 'type'>>(rules: T) => ({ type: 'text' as const, ...rules })
export const integer = <const T extends Omit<IntegerShape, 'type'>>(rules: T) => ({
  type: 'integer' as const,
  ...rules,
})
export const flag = (about: string) => ({ type: 'flag' as const, about })
export const constant = <const V extends string | number>(value: V, about?: string) => ({
  type: 'constant' as const,
  value,
  ...(about !== undefined && { about }),
})
export const list = <const S extends Shape>(of: S, rules: { min?: number; about?: string } = {}) => ({
  type: 'list' as const,
  of,
  ...rules,
})
export const map = <const S extends Shape>(of: S, rules: { keys: KeyRule; min?: number; about?: string }) => ({
  type: 'map' as const,
  of,
  ...rules,
})
export const record = <const M extends RecordShape['members']>(members: M, about?: string) => ({
  type: 'record' as const,
  members,
  ...(about !== undefined && { about }),
})
export const choice = <const C extends ChoiceShape['of']>(of: C, about?: string) => ({
  type: 'choice' as const,
  of,
  ...(about !== undefined && { about }),
})
export const either = <const E extends readonly Shape[]>(of: E, about?: string) => ({
  type: 'either' as const,
  of,
  ...(about !== undefined && { about }),
})
export const document = (about: string) => ({ type: 'document' as const, about })

/** What the reader makes of a shape. */
export type Value<S> = S extends { type: 'text'; values: readonly (infer V)[] }
  ? V
  : S extends { type: 'text' }
    ? string
    : S extends { type: 'integer' }
      ? number
      : S extends { type: 'flag' }
        ? boolean
        : S extends { type: 'constant'; value: infer V }
          ? V
          : S extends { type: 'list'; of: infer E }
            ? readonly Value<E>[]
            : S extends { type: 'map'; of: infer E }
              ? Readonly<Record<string, Value<E>>>
              : S extends { type: 'record'; members: infer M }
                ? RecordValue<M>
                : S extends { type: 'choice'; of: infer C }
                  ? { [K in keyof C]: Value<C[K]> }[keyof C]
                  : S extends { type: 'either'; of: readonly (infer E)[] }
                    ? Value<E>
                    : Readonly<Record<string, unknown>>

type RecordValue<M> = {
  readonly [K in keyof M as M[K] extends { required: true } ? K : never]: M[K] extends { shape: infer S }
    ? Value<S>
    : never
} & {
  readonly [K in keyof M as M[K] extends { required: false } ? K : never]?: M[K] extends { shape: infer S }
    ? Value<S>
    : never
}
