import { type Envelope, respond } from './answers.ts'

/** What the issuer publishes. */
export interface Documents {
  /** How long relying parties may keep a document, in seconds. Keys are published well before their first use. */
  maxAgeSeconds: number
  discovery(): object
  /** All keys that sign tokens. One that is not complete is not to be kept for long. */
  keys(): Promise<{ document: object; complete: boolean }>
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
      return publishedKeys(documents, envelope)
    case '/.well-known/erasure-keys':
      return published(await documents.receiptKeys(), documents, envelope)
    default:
      return undefined
  }
}

async function publishedKeys(documents: Documents, envelope: Envelope): Promise<Response> {
  const { complete, document } = await documents.keys()
  return published(
    document,
    { ...documents, ...(!complete && { maxAgeSeconds: INCOMPLETE_MAX_AGE_SECONDS }) },
    envelope,
  )
}

/** How long relying parties may keep keys of which some are missing, in seconds. */
const INCOMPLETE_MAX_AGE_SECONDS = 60

function published(
  document: object,
  { maxAgeSeconds }: Pick<Documents, 'maxAgeSeconds'>,
  envelope: Envelope,
): Response {
  const headers = { 'content-type': 'application/json', 'cache-control': `public, max-age=${maxAgeSeconds}` }
  return respond(JSON.stringify(document), envelope, headers)
}
