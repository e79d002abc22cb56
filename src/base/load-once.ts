/**
 * Runs a module when it is first needed, and then has it. Requests share what was loaded, never the loading: a pending promise
 * belongs to one request.
 */
export function loadOnce<T extends object>(load: () => Promise<T>): () => Promise<T> {
  let loaded: T | undefined
  return async () => {
    if (loaded) return loaded
    const found = await load()
    loaded ??= found
    return loaded
  }
}
