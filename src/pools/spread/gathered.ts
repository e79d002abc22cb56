import type { Identities, IdentityRow, Member, ProvenLogin } from '../identities.ts'
import type { IdentitySeen, Proof, Reservation } from './step.ts'

/** What the rules want changed, in order. Each change is made at the object that has it. */
export type Change =
  | { change: 'insert'; uuid: string }
  | { change: 'link'; login: ProvenLogin; uuid: string }
  | { change: 'retire'; loser: string; survivor: string }
  | { change: 'detach'; uuid: string; logins: { providers: readonly string[] } | { provider: string; subject: string } }

/** The logins that a request has proven; or the word of an operator for the identities as they were seen, which needs none. */
export type Shown = readonly ProvenLogin[] | 'as seen'

/**
 * What was seen at several objects, as the rules read it. What they write is not done but noted: the objects were asked one
 * after the other, so each of them looks again before it changes anything.
 */
export class Gathered implements Identities {
  /** The identities that were looked at. */
  readonly #identities = new Map<string, IdentitySeen>()
  /** Which identity has which login, by which claim. */
  readonly #holders = new Map<string, Reservation>()
  /** Claims of logins that are reserved for this call. */
  readonly #reserved = new Map<string, { login: ProvenLogin } & Reservation>()
  readonly changes: Change[] = []

  see(identity: IdentitySeen): void {
    this.#identities.set(identity.row.uuid, identity)
  }

  hold(login: ProvenLogin, holder: Reservation): void {
    this.#holders.set(keyOf(login), holder)
  }

  reserve(login: ProvenLogin, reservation: Reservation): void {
    this.#reserved.set(keyOf(login), { login, ...reservation })
  }

  /** The claim by which a login is reserved for this identity. */
  claimOf(login: ProvenLogin, uuid: string): string | undefined {
    const reserved = this.#reserved.get(keyOf(login))
    return reserved?.identity === uuid ? reserved.claim : undefined
  }

  /** What was reserved for an identity that does not get the login after all. */
  unused(): { login: ProvenLogin; claim: string }[] {
    const links = this.changes.flatMap((one) => (one.change === 'link' ? [`${one.uuid} ${keyOf(one.login)}`] : []))
    return [...this.#reserved].flatMap(([key, one]) => (links.includes(`${one.identity} ${key}`) ? [] : one))
  }

  /** Why a caller who shows this speaks for an identity. */
  proofFor(uuid: string, logins: Shown): Proof {
    const seen = this.#identities.get(uuid)
    if (seen?.row.state === 'guest') return 'guest'
    if (logins === 'as seen') return seen?.members ?? []
    return logins.flatMap((login): Member[] => {
      const holder = this.#holders.get(keyOf(login))
      const { developer, provider, subject } = login
      return holder?.identity === uuid ? [{ provider, subject, developer, claim: holder.claim }] : []
    })
  }

  named(uuid: string): IdentityRow | undefined {
    const row = this.row(uuid)
    return row?.erased ? undefined : row
  }

  row(uuid: string): IdentityRow | undefined {
    return this.#identities.get(uuid)?.row
  }

  owners(logins: readonly ProvenLogin[]): IdentityRow[] {
    const uuids = new Set(logins.flatMap((login) => this.#holders.get(keyOf(login))?.identity ?? []))
    return [...uuids].flatMap((uuid) => this.row(uuid) ?? [])
  }

  logins(uuids: readonly string[]): ProvenLogin[] {
    return this.members(uuids)
  }

  members(uuids: readonly string[]): Member[] {
    return uuids.flatMap((uuid) => this.#identities.get(uuid)?.members ?? [])
  }

  developerUsers(uuid: string, provider: string, after: string, limit: number): string[] {
    return this.logins([uuid])
      .flatMap((login) => (login.developer && login.provider === provider ? login.subject : []))
      .filter((subject) => subject > after)
      .sort()
      .slice(0, limit)
  }

  insert(uuid: string): boolean {
    this.changes.push({ change: 'insert', uuid })
    return true
  }

  link(login: ProvenLogin, uuid: string): void {
    this.changes.push({ change: 'link', login, uuid })
  }

  retire(loser: string, survivor: string): void {
    this.changes.push({ change: 'retire', loser, survivor })
  }

  unlinkPublic(uuid: string, providers: readonly string[]): void {
    this.changes.push({ change: 'detach', uuid, logins: { providers } })
  }

  unlinkDeveloper(uuid: string, provider: string, subject: string): void {
    this.changes.push({ change: 'detach', uuid, logins: { provider, subject } })
  }

  /**
   * Nothing is noted: that would take one more call of an object. The call that gets credentials for the identity is decided where
   * it is, and keeps the use there.
   */
  use(): void {}

  /** The state of an identity follows from its logins, wherever they change. */
  settle(): void {}
}

function keyOf({ developer, provider, subject }: ProvenLogin): string {
  return JSON.stringify([provider, subject, developer])
}
