import { DOMParser, type Element, onErrorStopParsing, onWarningStopParsing } from '@xmldom/xmldom'

export type XmlElement = Element

/**
 * The root element of a document that is well-formed, `undefined` for any other text. This is the only place that makes a
 * parser, because one without a listener of its own writes to the console what it finds. An error ends the parsing, and
 * with `strict` what the parser would only warn of does too.
 *
 * The parser expands what a document type declares, and its time is not linear in the attributes of one element: text
 * from strangers is to be scanned and bounded before.
 */
export function parseDocument(text: string, { strict }: { strict: boolean }): XmlElement | undefined {
  const onError = strict ? onWarningStopParsing : onErrorStopParsing
  try {
    return new DOMParser({ locator: false, onError }).parseFromString(text, 'text/xml').documentElement ?? undefined
  } catch {
    return undefined
  }
}
