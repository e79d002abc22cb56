import { listIn, textIn, type XmlValue } from '../../calls/index.ts'

/** Tags of what IAM answers, as facts. */
export const tagFacts = (found: XmlValue) =>
  listIn(found, 'Tags').map((tag) => [`Tag ${textIn(tag, 'Key')}`, textIn(tag, 'Value') ?? ''] as const)
