import { type Fault, faultMembers } from './fault.ts'
import { encodeJson } from './json.ts'
import { encodeXml, encodeXmlFault, type XmlNamespace } from './xml.ts'

/** The services that speak the query protocol. */
export type QueryService = 'sts' | 'iam'

/** What answers of the query protocol are written in. */
export type QueryFormat = 'xml' | 'json'

/** How to write the answer of an operation. */
export interface QueryDialect {
  service: QueryService
  operation: string
  format: QueryFormat
}

const XML_NAMESPACES: Readonly<Record<QueryService, XmlNamespace>> = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
}

/**
 * Encodes the answer of a query operation. The JSON form has the elements of the XML form as members, lists as arrays, and
 * times as epoch seconds. Source of the JSON form: what clients of AWS STS read, such as Envoy's.
 */
export function encodeQueryAnswer(
  { format, operation, service }: QueryDialect,
  result: object | undefined,
  requestId: string,
): string {
  if (format === 'xml') return encodeXml(XML_NAMESPACES[service], operation, result, requestId)
  const answer = { [`${operation}Result`]: result, ResponseMetadata: { RequestId: requestId } }
  return encodeJson({ [`${operation}Response`]: answer })
}

/** Encodes a fault of the query protocol. */
export function encodeQueryFault({ format, service }: QueryDialect, fault: Fault, requestId: string): string {
  return format === 'xml'
    ? encodeXmlFault(XML_NAMESPACES[service], fault, requestId)
    : encodeJson({ Error: faultMembers(fault), RequestId: requestId })
}
