import { type Envelope, respond } from './answers.ts'

/** What the issuer publishes. */
export interface Documents {
  /** How long relying parties may keep a document, in seconds. Keys are published well before their first use. */
  maxAgeSeconds: number
  discovery(): object
  keys(): Promise<object>
  /** The keys by which receipts of erasures are verified. */
  receiptKeys(): Promise<object>
}

/** The document at this path below the issuer, or `undefined` if there is none. */
export async function documentAt(
  path: string,
  documents: Documents,
  envelope: Envelope,
): Promise<Response | undefined> {
  switch (path) {
    case '/.well-known/openid-configuration':
      return published(documents.discovery(), documents, envelope)
    case '/.well-known/jwks_uri':
    case '/.well-known/jwks.json':
      return published(await documents.keys(), documents, envelope)
    case '/.well-known/erasure-keys':
      return published(await documents.receiptKeys(), documents, envelope)
    default:
      return undefined
  }
}

function published(document: object, { maxAgeSeconds }: Documents, envelope: Envelope): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${maxAgeSeconds}` }
  return respond(JSON.stringify(document), envelope, headers)
}
