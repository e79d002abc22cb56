/** What an element of an answer holds: a text, a list of `member`s, or elements by name. */
export type XmlValue = string | XmlValue[] | { [name: string]: XmlValue }

/**
 * The answer of a query service as an object. Lists are the elements whose children are all called `member` or `entry`; an
 * element without content is an empty text, so that an empty list must be asked for as one (`listIn`).
 */
export function xmlValueOf(element: Element): XmlValue {
  const children = [...element.children]
  if (children.length === 0) return element.textContent ?? ''
  if (children.every(({ localName }) => localName === 'member' || localName === 'entry'))
    return children.map(xmlValueOf)
  return Object.fromEntries(children.map((child) => [child.localName, xmlValueOf(child)]))
}

/** The list under a name, empty where there is none. */
export function listIn<T = XmlValue>(value: XmlValue | undefined, name: string): T[] {
  const found = typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined
  return (Array.isArray(found) ? found : []) as T[]
}

/** The text under a name, if there is one. */
export function textIn(value: XmlValue | undefined, name: string): string | undefined {
  const found = typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined
  return typeof found === 'string' ? found : undefined
}

/** The element under a name, if there is one. */
export function elementIn(value: XmlValue | undefined, name: string): XmlValue | undefined {
  return typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined
}
