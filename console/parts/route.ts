import { computed, signal } from '@preact/signals'

const hash = signal(location.hash)
addEventListener('hashchange', () => {
  hash.value = location.hash
})

/** Where the operator is: the segments of the address behind `#/`, and what is asked there. */
export interface Route {
  path: readonly string[]
  query: URLSearchParams
}

export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?')
  return { path: path.split('/').filter(Boolean).map(unescaped), query: new URLSearchParams(query) }
})

/** The address of a place in the console. Everything in it may be sent to a colleague. */
export function addressOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const search = given.length > 0 ? `?${new URLSearchParams(given)}` : ''
  return `#/${path.map(encodeURIComponent).join('/')}${search}`
}

export function goTo(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): void {
  location.hash = addressOf(path, query)
}

/** For an answer that leads to another place: `goTo`, but not for an operator who has gone elsewhere meanwhile. */
export function goOn(): typeof goTo {
  const from = location.hash
  return (path, query) => {
    if (location.hash === from) goTo(path, query)
  }
}

/** An address that somebody typed may be no escaped text. */
function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
