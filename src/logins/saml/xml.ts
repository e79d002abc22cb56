import { DOMParser, type Element, onWarningStopParsing } from '@xmldom/xmldom'
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_NAMESPACE_CHARS } from './limits.ts'

export type XmlElement = Element

/**
 * The root element of a document, or `undefined` for anything but plain, namespace-well-formed XML of a bounded size.
 * Plain means elements, attributes and text: a document type, entities of its own, processing instructions, comments and
 * CDATA sections are refused before the parser sees them, and with them what parsers disagree about.
 */
export function parseXml(text: string, maxNodes: number): XmlElement | undefined {
  try {
    if (!isPlain(text, maxNodes)) return undefined
    const parser = new DOMParser({ locator: false, onError: onWarningStopParsing })
    const root = parser.parseFromString(text, 'text/xml').documentElement
    return root && [root, ...descendantsOf(root)].every(hasNamespaces) ? root : undefined
  } catch {
    return undefined
  }
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
const ATTRIBUTE = `\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`
const ATTRIBUTES = new RegExp(ATTRIBUTE, 'g')

const DECLARATION =
  /^<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']utf-8["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>/i
const NEXT = new RegExp(
  `[^<]+|</(?<closed>${NAME})\\s*>|<(?<opened>${NAME})(?<attributes>(?:${ATTRIBUTE}){0,${MAX_ATTRIBUTES}})\\s*(?<empty>/?)>`,
  'y',
)
const LONG = MAX_NAMESPACE_CHARS + 1
const LONG_NAMESPACE = new RegExp(`\\sxmlns[^=]*=\\s*(?:"[^"]{${LONG}}|'[^']{${LONG}})`)

/**
 * Reads the document's tags once, in linear time, and counts elements and attributes. Whatever is neither a tag nor text
 * matches nothing.
 */
function isPlain(text: string, maxNodes: number): boolean {
  if (!isPlainText(text)) return false
  const open: string[] = []
  let nodes = 0
  NEXT.lastIndex = DECLARATION.exec(text)?.[0].length ?? 0
  while (NEXT.lastIndex < text.length) {
    const { closed, opened, attributes = '', empty } = NEXT.exec(text)?.groups ?? { closed: '' }
    if (closed !== undefined && closed !== open.pop()) return false
    if (opened === undefined) continue
    nodes += 1 + (attributes.match(ATTRIBUTES)?.length ?? 0)
    if (nodes > maxNodes || open.length >= MAX_DEPTH || LONG_NAMESPACE.test(attributes)) return false
    if (!empty) open.push(opened)
  }
  return open.length === 0
}

const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const REFERENCE = /&(?:#(\d{1,7});|#x([\da-fA-F]{1,6});|(?:amp|lt|gt|quot|apos);|)/g

/** Whether every character is one that XML allows, and every `&` begins one of XML's own references. */
function isPlainText(text: string): boolean {
  if (ILLEGAL.test(text)) return false
  for (const [reference, decimal, hexadecimal] of text.matchAll(REFERENCE)) {
    if (reference === '&') return false
    const code = decimal ? Number(decimal) : hexadecimal ? Number.parseInt(hexadecimal, 16) : 0x20
    if (code > 0x10ffff || ILLEGAL.test(String.fromCodePoint(code))) return false
  }
  return true
}

function hasNamespaces(element: XmlElement): boolean {
  return [element, ...element.attributes].every((node) => !node.prefix || Boolean(node.namespaceURI))
}
