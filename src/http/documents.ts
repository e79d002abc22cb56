/** What the issuer publishes. */
export interface Documents {
  discovery(): object
  keys(): Promise<object>
}

/** Seconds that relying parties may keep a document; keys are published well before their first use. */
const MAX_AGE_SECONDS = 3600

/** The document at this path below the issuer, or `undefined` if there is none. */
export async function documentAt(path: string, documents: Documents): Promise<Response | undefined> {
  switch (path) {
    case '/.well-known/openid-configuration':
      return published(documents.discovery())
    case '/.well-known/jwks_uri':
    case '/.well-known/jwks.json':
      return published(await documents.keys())
    default:
      return undefined
  }
}

function published(document: object): Response {
  return Response.json(document, { headers: { 'cache-control': `public, max-age=${MAX_AGE_SECONDS}` } })
}
