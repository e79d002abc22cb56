/** Whether a parsed JSON value is an object: neither a list nor null. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether an object in a JSON text names a member twice, which `JSON.parse` does not tell: it drops the first one. `text` must be
 * valid JSON: then every string has its end. The pattern does without, so that it never looks twice.
 */
export function hasRepeatedMember(text: string): boolean {
  const open: (Set<string> | undefined)[] = []
  let latest = ''
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\]:]/g)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token !== ':') latest = token
    else {
      const name = JSON.parse(latest) as string
      const names = open.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
