/**
 * Divides a number of places fairly, by minute. A client may never hold more than what is still free, less what its
 * account holds. So one client that floods takes a third, and leaves room for others of its account; one account that is
 * flooded by many clients takes half, and leaves room for other accounts. It takes a quarter as many
 * clients as there are places to keep a new one out. (Dynamic thresholds: Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998.)
 *
 * It remembers no more names than it has given places.
 */
export class FairShare {
  readonly #places: number
  #minute = 0
  #taken = 0
  readonly #ofAccounts = new Map<string, number>()
  readonly #ofClients = new Map<string, number>()

  constructor(places: number) {
    this.#places = places
  }

  /** Whether there is a place for this client, which then has it. `now` in milliseconds. */
  take(account: string, client: string, now: number): boolean {
    this.#turn(Math.floor(now / 60_000))
    const ofAccount = this.#ofAccounts.get(account) ?? 0
    const ofClient = this.#ofClients.get(client) ?? 0
    if (ofClient >= this.#places - this.#taken - ofAccount) return false
    this.#taken += 1
    this.#ofAccounts.set(account, ofAccount + 1)
    this.#ofClients.set(client, ofClient + 1)
    return true
  }

  #turn(minute: number): void {
    if (minute === this.#minute) return
    this.#minute = minute
    this.#taken = 0
    this.#ofAccounts.clear()
    this.#ofClients.clear()
  }
}
