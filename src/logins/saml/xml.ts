import { parseDocument, type XmlElement } from '../../base/xml.ts'
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_NAMESPACE_CHARS } from './limits.ts'

export type { XmlElement } from '../../base/xml.ts'

/**
 * The root element of a document, or `undefined` for anything but plain, namespace-well-formed XML of a bounded size.
 * Plain means elements, attributes and text: a document type, entities of its own, processing instructions, comments and
 * CDATA sections are refused before the parser sees them, and with them what parsers disagree about.
 */
export function parseXml(text: string, maxNodes: number): XmlElement | undefined {
  const nodes = countPlain(text, maxNodes)
  const root = nodes === undefined ? undefined : parseDocument(text, { strict: true })
  if (!root) return undefined
  const elements = [root, ...descendantsOf(root)]
  const found = elements.reduce((sum, element) => sum + 1 + element.attributes.length, 0)
  return found === nodes && elements.every(hasPlainNamespaces) ? root : undefined
}

const ELEMENT = 1
const TEXT = 3

export function childrenOf(parent: XmlElement): XmlElement[] {
  return [...parent.childNodes].filter((node): node is XmlElement => node.nodeType === ELEMENT)
}

export function descendantsOf(parent: XmlElement): XmlElement[] {
  return childrenOf(parent).flatMap((child) => [child, ...descendantsOf(child)])
}

export function is(element: XmlElement, namespace: string, name: string): boolean {
  return element.namespaceURI === namespace && element.localName === name
}

export function childrenNamed(parent: XmlElement, namespace: string, name: string): XmlElement[] {
  return childrenOf(parent).filter((child) => is(child, namespace, name))
}

/** The child of that name, if there is exactly one. */
export function onlyChild(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const [child, ...others] = childrenNamed(parent, namespace, name)
  return others.length === 0 ? child : undefined
}

/** The value of an attribute without a namespace. */
export function attributeOf(element: XmlElement | undefined, name: string): string | undefined {
  return element?.getAttribute(name) ?? undefined
}

/** All of an element's text, exactly as it stands; `undefined` for an element that holds anything but text. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (!element || [...element.childNodes].some((node) => node.nodeType !== TEXT)) return undefined
  return element.textContent ?? undefined
}

const NAME = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?'
/** White space as XML has it; that of regular expressions has more, which parsers take for parts of names. */
const SPACE = '[ \\t\\r\\n]'
const ATTRIBUTE = `${SPACE}+${NAME}${SPACE}*=${SPACE}*(?:"[^"<]*"|'[^'<]*')`
const ATTRIBUTES = new RegExp(`${SPACE}+(${NAME})${SPACE}*=${SPACE}*(?:"([^"]*)"|'([^']*)')`, 'gy')

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.0["'](?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']utf-8["'])?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>/i

/** What comes next: text, an end tag, or a start tag. White space in an end tag is legal, and read in several ways. */
const NEXT = new RegExp(
  `(?<text>[^<]+)|</(?<closed>${NAME})>|<(?<opened>${NAME})(?<attributes>(?:${ATTRIBUTE}){0,${MAX_ATTRIBUTES}})${SPACE}*(?<empty>/?)>`,
  'y',
)

/**
 * Reads the document's tags once, in linear time, and counts elements and attributes. Whatever is neither a tag nor text
 * matches nothing. `undefined` for a document that is not plain, has not one root, or has more nodes than that.
 */
function countPlain(text: string, maxNodes: number): number | undefined {
  if (!isPlainText(text)) return undefined
  const open: string[] = []
  let nodes = 0
  NEXT.lastIndex = DECLARATION.exec(text)?.[0].length ?? 0
  while (NEXT.lastIndex < text.length) {
    const { attributes = '', closed, empty, opened, text: found } = NEXT.exec(text)?.groups ?? {}
    if (found !== undefined) {
      if (open.length === 0 && /[^ \t\r\n]/.test(found)) return undefined
    } else if (opened !== undefined) {
      if (open.length === 0 && nodes > 0) return undefined
      const count = countPlainAttributes(opened, attributes)
      nodes += 1 + (count ?? maxNodes)
      if (nodes > maxNodes || open.length >= MAX_DEPTH) return undefined
      if (!empty) open.push(opened)
    } else if (closed === undefined || closed !== open.pop()) return undefined
  }
  return open.length === 0 ? nodes : undefined
}

/** How many attributes a tag has; `undefined` if its name or theirs is not plain, or a namespace is too long. */
function countPlainAttributes(name: string, attributes: string): number | undefined {
  if (!isPlainName(name)) return undefined
  let count = 0
  for (const [, attribute = '', double, single] of attributes.matchAll(ATTRIBUTES)) {
    const value = double ?? single ?? ''
    const isNamespace = attribute === 'xmlns' || attribute.startsWith('xmlns:')
    if (!isPlainName(attribute) || (isNamespace && !isPlainNamespace(value))) return undefined
    count++
  }
  return count
}

/** Canonicalisation writes namespaces out as they are, without escapes. */
function isPlainNamespace(value: string): boolean {
  return value.length <= MAX_NAMESPACE_CHARS && !/[&"]/.test(value)
}

/** Parsers keep names in plain objects, where these mean something else. */
const NAMES_OF_OBJECTS = new Set(Object.getOwnPropertyNames(Object.prototype))

function isPlainName(name: string): boolean {
  return name.split(':').every((part) => !NAMES_OF_OBJECTS.has(part))
}

/** Also not a line end of XML 1.1 alone, which some parsers take for one of XML 1.0. */
const ILLEGAL = /[^\t\n\r\u0020-\u0084\u0086-\u2027\u202a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const REFERENCE = /&(?:#(\d{1,7});|#x([\da-fA-F]{1,6});|(?:amp|lt|gt|quot|apos);|)/g

/** Whether every character is one that XML allows, and every `&` begins one of XML's own references. */
function isPlainText(text: string): boolean {
  if (ILLEGAL.test(text) || text.includes(']]>')) return false
  for (const [reference, decimal, hexadecimal] of text.matchAll(REFERENCE)) {
    if (reference === '&') return false
    const code = decimal ? Number(decimal) : hexadecimal ? Number.parseInt(hexadecimal, 16) : 0x20
    if (code > 0x10ffff || ILLEGAL.test(String.fromCodePoint(code))) return false
  }
  return true
}

const HTML = 'http://www.w3.org/1999/xhtml'

/** Every prefix stands for a namespace, and none is that of HTML, in which some parsers read tags by other rules. */
function hasPlainNamespaces(element: XmlElement): boolean {
  return [element, ...element.attributes].every(
    ({ namespaceURI, prefix }) => (!prefix || Boolean(namespaceURI)) && namespaceURI !== HTML,
  )
}
