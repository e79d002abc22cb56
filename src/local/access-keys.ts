/** Where the access key of an id is looked up. */
export interface KeysById<K> {
  get(id: string): K | undefined
  has(id: string): boolean
}

const ACCOUNT = /^\d{12}$/

/**
 * The access keys of local mode: those of the settings, and for every account one whose id is the number of the account.
 * So each worker of a test run can have an account of its own without any setting.
 */
export class LocalAccessKeys<K> implements KeysById<K> {
  readonly #known: KeysById<K>
  readonly #keyOf: (account: string) => K

  constructor(known: KeysById<K>, keyOf: (account: string) => K) {
    this.#known = known
    this.#keyOf = keyOf
  }

  get(id: string): K | undefined {
    return this.#known.get(id) ?? (ACCOUNT.test(id) ? this.#keyOf(id) : undefined)
  }

  has(id: string): boolean {
    return this.#known.has(id) || ACCOUNT.test(id)
  }
}

/** All accounts that local mode has: those with a key. */
export const LOCAL_ACCOUNTS = { has: (account: string): boolean => ACCOUNT.test(account) }
