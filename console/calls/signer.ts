import { AwsV4Signer } from 'aws4fetch'

/** An access key as an operator has it. */
export interface AccessKey {
  accessKeyId: string
  secret: string
  sessionToken?: string | undefined
}

/** What is to be signed. All calls are made by POST to `/`. */
interface Unsigned {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  service: string
  region: string
}

export interface Signer {
  accessKeyId: string
  sign(call: Unsigned): Promise<Request>
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const utf8 = new TextEncoder()

/**
 * Takes the secret of an access key into a key of the browser's that no script can read out again. The text of the secret is
 * not kept: what signs is derived from that key, for one call.
 */
export async function signerOf({ accessKeyId, secret, sessionToken }: AccessKey): Promise<Signer> {
  const key = await crypto.subtle.importKey('raw', utf8.encode(`AWS4${secret}`), HMAC, false, ['sign'])
  return {
    accessKeyId,
    async sign({ body, headers, region, service, url }) {
      const datetime = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '')
      const signer = new AwsV4Signer({
        ...{ method: 'POST', url, headers, body, service, region, datetime, accessKeyId },
        ...(sessionToken !== undefined && { sessionToken }),
        // The library finds the derived key here, and so does not need the secret.
        secretAccessKey: '',
        cache: new Map([
          [['', datetime.slice(0, 8), region, service].join(), await derived(key, datetime, region, service)],
        ]),
      })
      const signed = await signer.sign()
      return new Request(signed.url, { method: 'POST', headers: signed.headers, body })
    },
  }
}

/** The signing key of SigV4 for a day, a region and a service. */
async function derived(key: CryptoKey, datetime: string, region: string, service: string): Promise<ArrayBuffer> {
  let last = await crypto.subtle.sign('HMAC', key, utf8.encode(datetime.slice(0, 8)))
  for (const part of [region, service, 'aws4_request']) {
    const next = await crypto.subtle.importKey('raw', last, HMAC, false, ['sign'])
    last = await crypto.subtle.sign('HMAC', next, utf8.encode(part))
  }
  return last
}
