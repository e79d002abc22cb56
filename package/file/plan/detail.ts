import { sorted } from '../state/state.ts'

/**
 * What one change does to who may do what. `narrows`: somebody may do less, nobody more. `opens`: somebody may do more, nobody
 * less. `either`: it may do both. `other`: neither.
 */
export type Effect = 'narrows' | 'opens' | 'either' | 'other'

/** One thing that changes in an object of kind `T`, by itself: `set` changes it and nothing else. */
export interface Detail<T> {
  effect: Effect
  /** Where in the file it is said, such as `guests.allowed`. */
  path: string
  /** In words, for whoever decides whether it may happen. */
  message: string
  set(state: T): T
}

/** What is new, what is gone, and what is other, by name. */
export function differences<V>(before: Readonly<Record<string, V>>, after: Readonly<Record<string, V>>) {
  const isOther = (name: string) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  return {
    added: Object.keys(after).filter((name) => !Object.hasOwn(before, name)),
    removed: Object.keys(before).filter((name) => !Object.hasOwn(after, name)),
    changed: Object.keys(after).filter((name) => Object.hasOwn(before, name) && isOther(name)),
  }
}

function without<V>(record: Readonly<Record<string, V>>, name: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name))
}

/** A member of an object that is a map by name, with one entry set, or gone where the value is `undefined`. */
export function withEntry<T, K extends keyof T>(state: T, member: K, name: string, value: unknown): T {
  const others = without(state[member] as Readonly<Record<string, unknown>>, name)
  return { ...state, [member]: value === undefined ? others : sorted({ ...others, [name]: value }) }
}
