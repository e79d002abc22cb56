import { callObject, OBJECT_READ_MS, OtherVersion } from '../base/objects.ts'
import type { World } from '../base/world.ts'
import type { KeyRing, RingDescription } from './key-ring.ts'
import type { TokenAlgorithm } from './signing-key.ts'

export interface RingsOptions {
  /** What each ring signs: tokens of identities, tokens for other relying parties, or both. */
  uses: ReadonlyMap<TokenAlgorithm, readonly string[]>
  /** Takes a fresh stub each time, since a stub that failed stays broken. */
  ring: (algorithm: TokenAlgorithm) => Pick<KeyRing, 'describe'>
  world: Pick<World, 'log'>
}

/** A ring as operators are told of it. */
export interface DescribedRing {
  algorithm: TokenAlgorithm
  uses: readonly string[]
  /** Nothing for a ring that was never used, or that cannot be asked. */
  found: RingDescription | undefined
  /** Why it cannot be asked. */
  why?: 'older_version' | 'unanswering'
}

/** All rings of signing keys of a deployment, as far as operators may know them. */
export class Rings {
  readonly #options: RingsOptions

  constructor(options: RingsOptions) {
    this.#options = options
  }

  /** Never throws. */
  describe(): Promise<DescribedRing[]> {
    return Promise.all([...this.#options.uses].map(([algorithm, uses]) => this.#describe(algorithm, uses)))
  }

  async #describe(algorithm: TokenAlgorithm, uses: readonly string[]): Promise<DescribedRing> {
    const { ring, world } = this.#options
    try {
      const found = await callObject({ name: 'KeyRing', limit: OBJECT_READ_MS }, async () => ring(algorithm).describe())
      return { algorithm, uses, found }
    } catch (error) {
      world.log.warn('key_ring_unanswering', { message: String(error) })
      const why = error instanceof OtherVersion ? 'older_version' : 'unanswering'
      return { algorithm, uses, found: undefined, why }
    }
  }
}
