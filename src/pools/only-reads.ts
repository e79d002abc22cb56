import type { Identities, IdentityRow, ProvenLogin } from './identities.ts'

/** Thrown at the first write. The throw is the whole message, so that it costs nothing. */
const WOULD_WRITE = Symbol('would write')

/**
 * What `work` makes of these identities, if it only reads them; else what `otherwise` makes of them. Most calls find what they
 * ask for, and a transaction would be a good part of their cost.
 */
export function unlessWriting<T>(identities: Identities, work: (readable: Identities) => T, otherwise: () => T): T {
  try {
    return work(new OnlyReads(identities))
  } catch (error) {
    if (error === WOULD_WRITE) return otherwise()
    throw error
  }
}

class OnlyReads implements Identities {
  readonly #identities: Identities

  constructor(identities: Identities) {
    this.#identities = identities
  }

  named(uuid: string): IdentityRow | undefined {
    return this.#identities.named(uuid)
  }

  row(uuid: string): IdentityRow | undefined {
    return this.#identities.row(uuid)
  }

  owners(logins: readonly ProvenLogin[]): IdentityRow[] {
    return this.#identities.owners(logins)
  }

  logins(uuids: readonly string[]): ProvenLogin[] {
    return this.#identities.logins(uuids)
  }

  developerUsers(uuid: string, provider: string, after: string, limit: number): string[] {
    return this.#identities.developerUsers(uuid, provider, after, limit)
  }

  insert(): never {
    throw WOULD_WRITE
  }

  link(): never {
    throw WOULD_WRITE
  }

  use(): never {
    throw WOULD_WRITE
  }

  unlinkPublic(): never {
    throw WOULD_WRITE
  }

  unlinkDeveloper(): never {
    throw WOULD_WRITE
  }

  retire(): never {
    throw WOULD_WRITE
  }

  settle(): never {
    throw WOULD_WRITE
  }
}
