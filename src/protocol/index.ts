export { ClientGone, readBody } from './body.ts'
export { Fault, type FaultCode, inQueryProtocol } from './fault.ts'
export {
  type Call,
  formatOf,
  identifyCall,
  namesAction,
  noSuchAction,
  protocolOf,
  type Service,
} from './identify.ts'
export { decodeJson, encodeJson, parseJson } from './json.ts'
export { MAX_BODY_BYTES, MAX_HEADER_CHARS } from './limits.ts'
export { pageToken, readPageToken } from './page-token.ts'
export { decodeQuery } from './query.ts'
export { encodeQueryAnswer, encodeQueryFault, type QueryDialect } from './query-answer.ts'
export { HIDDEN, recordable } from './recordable.ts'
export {
  boolean,
  integer,
  list,
  type Member,
  map,
  optional,
  required,
  type Shape,
  type StructureShape,
  string,
  structure,
  type Value,
} from './shapes.ts'
export { encodeBareXmlFault } from './xml.ts'
