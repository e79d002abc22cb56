import { ExclusiveCanonicalization } from 'xml-crypto/lib/exclusive-canonicalization.js'
import type { XmlElement } from './xml.ts'

/** xml-crypto's, for a parser that says `null` where there is no namespace: that is one and the same, not a change. */
class Canonicalization extends ExclusiveCanonicalization {
  override renderNs(...[node, inScope, defaultNs, ...rest]: Parameters<ExclusiveCanonicalization['renderNs']>) {
    return super.renderNs(node, inScope, defaultNs ?? '', ...rest)
  }
}

/**
 * The text of an element by Exclusive XML Canonicalization 1.0 without comments, which is what digests and signatures are
 * made of. `prefixes` are those to keep although nothing uses them, as they are bound at `place`, which is where the
 * element, or what it was copied from, stands in its document. `undefined` for an element that has no such text.
 *
 * Only this part of xml-crypto is used. Its verification parses the document again, with an older and laxer parser that
 * repairs what it reads and writes to the console; two parsers are two opinions of what was signed.
 */
export function canonicalText(
  element: XmlElement,
  prefixes: readonly string[],
  place: XmlElement = element,
): string | undefined {
  const ancestorNamespaces = prefixes.flatMap((prefix) => {
    const namespaceURI = place.lookupNamespaceURI(prefix)
    return namespaceURI ? [{ prefix, namespaceURI }] : []
  })
  try {
    const options = { ancestorNamespaces, inclusiveNamespacesPrefixList: [...prefixes] }
    return new Canonicalization().process(element as never, options)
  } catch {
    return undefined
  }
}
