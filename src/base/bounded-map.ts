export interface Bounds<K, V> {
  /** Most that the entries may weigh together: how many there are, unless `weigh` says otherwise. */
  capacity: number
  /** What one entry weighs when it is set, such as its bytes. */
  weigh?: (value: V, key: K) => number
}

/**
 * What an isolate remembers, within bounds. When a new value would be too much, those that were used longest ago go, where
 * reading is using. A value that is too much by itself is not kept.
 *
 * How long a value is good is for its owner to judge, by the clock of the `World`.
 */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #capacity: number
  readonly #weigh: (value: V, key: K) => number
  readonly #weights = new Map<K, number>()
  #weight = 0

  constructor({ capacity, weigh = () => 1 }: Bounds<K, V>) {
    super()
    this.#capacity = capacity
    this.#weigh = weigh
  }

  /** What all entries weigh together. */
  get weight(): number {
    return this.#weight
  }

  override get(key: K): V | undefined {
    const value = super.get(key)
    if (value === undefined) return undefined
    super.delete(key)
    super.set(key, value)
    return value
  }

  override set(key: K, value: V): this {
    this.delete(key)
    const weight = this.#weigh(value, key)
    if (weight > this.#capacity) return this
    for (const oldest of this.keys()) {
      if (this.#weight + weight <= this.#capacity) break
      this.delete(oldest)
    }
    this.#weight += weight
    this.#weights.set(key, weight)
    return super.set(key, value)
  }

  override delete(key: K): boolean {
    this.#weight -= this.#weights.get(key) ?? 0
    this.#weights.delete(key)
    return super.delete(key)
  }

  override clear(): void {
    this.#weight = 0
    this.#weights.clear()
    super.clear()
  }
}
