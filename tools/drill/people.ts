import { type Generator, pick } from '../scale/random.ts'

/** A login of a user: by its issuer, which is one of two, and the user's name there. */
export interface Login {
  issuer: 0 | 1
  subject: string
}

export interface User {
  id: string
  logins: Login[]
}

/**
 * Who is in the pool, as the callers know it: what was answered, and nothing else. A guest who is being linked or merged is
 * nobody's meanwhile, because another call for it may be refused or not, by which of them comes first.
 */
export class People {
  readonly users: User[] = []
  readonly guests: string[] = []
  /** Guests who lost a merge: their ids are disabled. */
  readonly merged: string[] = []
  /** Identities that a call has changed since they were described. */
  readonly changed = new Set<string>()
  readonly #chance: Generator
  readonly #engaged = new Set<string>()

  constructor(chance: Generator) {
    this.#chance = chance
  }

  /** True as often as this share says. */
  happens(share: number): boolean {
    return this.#chance() < share
  }

  user(): User | undefined {
    return this.users[pick(this.#chance, this.users.length)]
  }

  /** A user whom no other call changes until `free` is called. */
  engageUser(fits: (user: User) => boolean): User | undefined {
    const user = this.#any(
      () => this.user(),
      (found) => fits(found) && !this.#engaged.has(found.id),
    )
    if (user) this.#engaged.add(user.id)
    return user
  }

  /** A guest for whom no other call is under way until `free` or `take` is called. */
  engageGuest(): string | undefined {
    const guest = this.#any(
      () => this.guests[pick(this.#chance, this.guests.length)],
      (found) => !this.#engaged.has(found),
    )
    if (guest !== undefined) this.#engaged.add(guest)
    return guest
  }

  free(id: string): void {
    this.#engaged.delete(id)
  }

  /** This id is no guest any more. */
  noGuest(id: string): void {
    const index = this.guests.indexOf(id)
    const last = this.guests.pop()
    if (last !== undefined && last !== id) this.guests[index] = last
  }

  /** Everybody, with the issuers that each has a login of. */
  *everybody(): IterableIterator<[id: string, issuers: readonly number[]]> {
    for (const { id, logins } of this.users) yield [id, logins.map(({ issuer }) => issuer).sort()]
    for (const id of this.guests) yield [id, []]
    for (const id of this.merged) yield [id, []]
  }

  #any<T>(draw: () => T | undefined, fits: (found: T) => boolean): T | undefined {
    for (let turn = 0; turn < TURNS; turn++) {
      const found = draw()
      if (found !== undefined && fits(found)) return found
    }
    return undefined
  }
}

const TURNS = 50
