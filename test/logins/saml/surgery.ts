import { DOMParser, type Document, type Element, XMLSerializer } from '@xmldom/xmldom'

/** The parts of a response that an attacker moves about. */
export interface Patient {
  document: Document
  response: Element
  assertion: Element
  signature: Element
  /** A copy without its own signature, about `mallory`, under another ID. */
  forged(element: Element): Element
  /** A copy as it is. */
  copy(element: Element): Element
  make(name: string): Element
  withoutSignature(element: Element): Element
}

/** Changes a signed response as a document and writes it out again. */
export function operate(xml: string, change: (patient: Patient) => void): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml')
  const one = (name: string) => document.getElementsByTagName(name)[0] as Element
  const copy = (element: Element) => element.cloneNode(true) as Element
  const withoutSignature = (element: Element) => {
    for (const child of [...element.childNodes]) if (child.nodeName === 'ds:Signature') element.removeChild(child)
    return element
  }
  change({
    document,
    response: one('samlp:Response'),
    assertion: one('saml:Assertion'),
    signature: one('ds:Signature'),
    copy,
    withoutSignature,
    forged(element) {
      const forgery = withoutSignature(copy(element))
      const name = forgery.getElementsByTagName('saml:NameID')[0]
      if (!name) throw new Error('nothing to forge')
      name.textContent = 'mallory'
      forgery.setAttribute('ID', '_evil')
      forgery.getElementsByTagName('saml:Assertion')[0]?.setAttribute('ID', '_evil-too')
      return forgery
    },
    make: (name) => document.createElementNS('http://www.w3.org/2000/09/xmldsig#', name),
  })
  return new XMLSerializer().serializeToString(document)
}
