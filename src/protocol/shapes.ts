/**
 * Shapes: the members of requests with their constraints, declared once. The decoders, the validator and the TypeScript
 * types all follow from the same declaration, so that they cannot drift apart.
 */
export interface StringShape {
  type: 'string'
  min?: number
  max?: number
  /** Regular expression as the API model prints it; the whole value must match. */
  pattern?: string
  /** Accepted values, in the order in which a refusal names them. */
  values?: readonly string[]
  /** A token or secret: its value never appears in a message. */
  sensitive?: boolean
  /** Who somebody is at their provider, what is said of them, or half a secret: it may be in answers, never in records. */
  unrecorded?: boolean
  /** Whether records may hold a value, where a client may send something else by mistake: a token for a name. */
  recordedIf?: (value: string) => boolean
}

export interface IntegerShape {
  type: 'integer'
  min?: number
  max?: number
}

export interface BooleanShape {
  type: 'boolean'
}

export interface ListShape {
  type: 'list'
  member: Shape
  min?: number
  max?: number
}

export interface MapShape {
  type: 'map'
  key: StringShape
  value: Shape
  min?: number
  max?: number
}

export interface StructureShape {
  type: 'structure'
  members: Readonly<Record<string, Member>>
}

export interface Member {
  shape: Shape
  required: boolean
}

export type Shape = StringShape | IntegerShape | BooleanShape | ListShape | MapShape | StructureShape

type Options<S> = Omit<S, 'type' | 'member' | 'key' | 'value' | 'members'>

export const string = <const O extends Options<StringShape> = Record<never, never>>(options?: O) =>
  ({ type: 'string', ...(options as O) }) as const

export const integer = (options: Options<IntegerShape> = {}) => ({ type: 'integer', ...options }) as const

export const boolean = () => ({ type: 'boolean' }) as const

export const list = <const S extends Shape>(member: S, options: Options<ListShape> = {}) =>
  ({ type: 'list', member, ...options }) as const

export const map = <const K extends StringShape, const V extends Shape>(
  key: K,
  value: V,
  options: Options<MapShape> = {},
) => ({ type: 'map', key, value, ...options }) as const

export const required = <const S extends Shape>(shape: S) => ({ shape, required: true }) as const

export const optional = <const S extends Shape>(shape: S) => ({ shape, required: false }) as const

export const structure = <const M extends Readonly<Record<string, Member>>>(members: M) =>
  ({ type: 'structure', members }) as const

/** The decoded value of a shape. Maps are `Map`s, because their keys are outside text. */
export type Value<S extends Shape> = S extends StringShape
  ? S extends { values: readonly (infer V)[] }
    ? V
    : string
  : S extends IntegerShape
    ? number
    : S extends BooleanShape
      ? boolean
      : S extends { type: 'list'; member: infer E extends Shape }
        ? readonly Value<E>[]
        : S extends { type: 'map'; value: infer V extends Shape }
          ? ReadonlyMap<string, Value<V>>
          : S extends { type: 'structure'; members: infer M extends Readonly<Record<string, Member>> }
            ? Members<M>
            : never

type Members<M extends Readonly<Record<string, Member>>> = {
  readonly [N in keyof M as M[N]['required'] extends true ? N : never]: Value<M[N]['shape']>
} & {
  readonly [N in keyof M as M[N]['required'] extends true ? never : N]?: Value<M[N]['shape']> | undefined
}
