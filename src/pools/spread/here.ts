import type { Identities, IdentityRow, ProvenLogin } from '../identities.ts'
import type { IdentityTable } from '../identity-table.ts'
import type { Reservations } from './reservations.ts'
import { isAtHome, slotOfIdentity, slotOfLogin } from './slots.ts'

/** Thrown where the rules touch what is not in this object. Whatever they wrote by then must be undone. */
export const ELSEWHERE = Symbol('elsewhere')

/**
 * The identities and logins of one object of a spread pool, as the rules see them when everything that a call touches is
 * here: the commonest case by far. The first touch of anything else ends it with `ELSEWHERE`.
 */
export class Here implements Identities {
  readonly #table: IdentityTable
  readonly #reservations: Reservations
  readonly #isHere: (slot: number) => boolean
  /** Begins the claims of logins that are linked. */
  readonly #claim: string
  #linked = 0

  constructor(table: IdentityTable, reservations: Reservations, isHere: (slot: number) => boolean, claim: string) {
    this.#table = table
    this.#reservations = reservations
    this.#isHere = isHere
    this.#claim = claim
  }

  named(uuid: string): IdentityRow | undefined {
    return this.#settled(this.#table.named(this.#hereOnly(uuid)))
  }

  row(uuid: string): IdentityRow | undefined {
    return this.#settled(this.#table.row(this.#hereOnly(uuid)))
  }

  owners(logins: readonly ProvenLogin[]): IdentityRow[] {
    const owners = new Map<string, IdentityRow>()
    for (const login of logins) {
      const [owner] = this.#table.owners([login])
      if (owner) owners.set(this.#hereOnly(owner.uuid), this.#settled(owner) ?? owner)
      else if (!this.#isHere(slotOfLogin(login)) || this.#reservations.route(login)) throw ELSEWHERE
    }
    return [...owners.values()]
  }

  logins(uuids: readonly string[]): ProvenLogin[] {
    return this.#table.logins(uuids)
  }

  insert(uuid: string, state: 'guest' | 'member', now: number): boolean {
    return this.#table.insert(this.#hereOnly(uuid), state, now)
  }

  link(login: ProvenLogin, uuid: string, now: number): void {
    if (!isAtHome(login, uuid)) throw ELSEWHERE
    this.#table.link(login, uuid, now, `${this.#claim}/${this.#linked++}`)
  }

  use(uuid: string, day: number): void {
    this.#table.use(uuid, day)
  }

  settle(uuid: string, now: number): void {
    this.#table.settle(uuid, now)
  }

  // The rules for signing in use none of these without more than one identity.
  developerUsers(): never {
    throw ELSEWHERE
  }

  unlinkPublic(): never {
    throw ELSEWHERE
  }

  unlinkDeveloper(): never {
    throw ELSEWHERE
  }

  retire(): never {
    throw ELSEWHERE
  }

  #hereOnly(uuid: string): string {
    if (!this.#isHere(slotOfIdentity(uuid))) throw ELSEWHERE
    return uuid
  }

  /** A frozen identity waits for the word of another. */
  #settled(row: IdentityRow | undefined): IdentityRow | undefined {
    if (row?.frozen_by) throw ELSEWHERE
    return row
  }
}
