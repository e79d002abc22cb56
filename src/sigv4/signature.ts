import { AwsV4Signer } from 'aws4fetch'
import { equalSecrets, hex, sha256 } from '../base/bytes.ts'
import { literalQuery } from '../base/literal-query.ts'
import { IsolateCache } from '../base/memory.ts'
import type { Authorization } from './authorization.ts'
import type { SignedRequest } from './request.ts'
import type { Scope } from './scope.ts'

interface Signing extends Scope {
  secret: string
  service: string
}

/** Whether the caller's signature is what `secret` gives for the request as it arrived. */
export async function signatureHolds(
  request: SignedRequest,
  authorization: Authorization,
  signing: Signing,
): Promise<boolean> {
  const url = urlAsSigned(request)
  if (url === undefined || !(await payloadHashHolds(request))) return false
  const verdicts = readingsOf(headersAsSigned(request, authorization)).map(async (headers) => {
    const signer = signerOf({ ...request, url, headers }, authorization, signing)
    const same = equalSecrets(await signer.signature(), authorization.signature)
    return same && signer.signedHeaders === authorization.signedHeaders
  })
  return (await Promise.all(verdicts)).includes(true)
}

/**
 * The library always adds `X-Amz-Date`, which a caller who dates by `Date` did not sign. Its canonical request holds
 * the list of the headers there are; that list being the caller's own, a name twice, out of order or of no header
 * in the request is a mismatch.
 */
function signerOf(
  { method, url, headers, body }: SignedRequest,
  { date }: Authorization,
  { accessKeyId, region, secret, service }: Signing,
): AwsV4Signer {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers,
    body,
    accessKeyId,
    secretAccessKey: secret,
    region,
    service,
    datetime: date,
    cache: signingKeys,
    allHeaders: true,
  })
  if (!headers.has('x-amz-date')) {
    const others = signer.signableHeaders.filter((name) => name !== 'x-amz-date')
    signer.signedHeaders = others.join(';')
    signer.canonicalHeaders = signer.canonicalHeaders
      .split('\n')
      .filter((line) => !line.startsWith('x-amz-date:'))
      .join('\n')
  }
  return signer
}

/**
 * The address with the `Host` the client sent. Its port is signed even when it is the scheme's own, and the scheme is
 * not, so the scheme is one that keeps the port. The library's parser drops a parameter without a name, so an address with
 * one is refused. `undefined`: nothing can match.
 */
function urlAsSigned({ url, headers }: SignedRequest): URL | undefined {
  const host = headers.get('host') ?? url.host
  const scheme = host.endsWith(':443') ? 'http' : 'https'
  const signed = URL.parse(`${scheme}://${host}${url.pathname}${literalQuery(url)}`)
  return signed?.host === host.toLowerCase() && !signed.searchParams.has('') ? signed : undefined
}

/** `X-Amz-Content-Sha256` may say only what is true: the library believes it, and `UNSIGNED-PAYLOAD` is not taken. */
async function payloadHashHolds({ headers, body }: SignedRequest): Promise<boolean> {
  const claimed = headers.get('x-amz-content-sha256')
  return claimed === null || claimed === hex(await sha256(body))
}

/** The headers the caller says are signed. A `Content-Length` that was lost on the way is the body's length. */
function headersAsSigned({ headers, body }: SignedRequest, { signedHeaders }: Authorization): Headers {
  const names = new Set(signedHeaders.split(';'))
  const signed = new Headers()
  if (names.has('content-length')) signed.set('content-length', String(body.byteLength))
  for (const [name, value] of headers) if (names.has(name)) signed.set(name, value.trim())
  return signed
}

/**
 * Headers sent several times reach us as one, joined by comma and blank, but are signed joined by a comma alone. A
 * header sent once may hold the same text, so both readings are tried.
 */
function readingsOf(headers: Headers): readonly Headers[] {
  if (![...headers.values()].some((value) => value.includes(', '))) return [headers]
  const repeated = new Headers([...headers].map(([name, value]) => [name, value.replaceAll(', ', ',')]))
  return [headers, repeated]
}

/** Signing keys by secret, day, region and service. They are no more secret than the secrets, which are here too. */
const signingKeys = new IsolateCache<string, ArrayBuffer>('signingKeys')
