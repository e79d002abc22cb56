import { sha256, utf8 } from '../base/bytes.ts'
import { uuidFrom } from '../base/ids.ts'
import type { Caller } from '../operations/index.ts'

/**
 * Names a signed call to the objects, so that they recognise the same call when it comes again.
 *
 * An SDK sends one `amz-sdk-invocation-id` with every attempt of a call, and another with every other call. So an attempt
 * whose answer was lost and the next one get the same name, and the second finds what the first has done. The name covers
 * caller and request as well: nobody meets the work of somebody else, and a client that always sends the same id does not
 * get an answer to another request. A call without such an id is like no other: `unlike`.
 */
export async function operationIdOf(
  operation: string,
  { headers, url }: Request,
  body: Uint8Array<ArrayBuffer>,
  { accessKeyId, account, arn, region }: Caller,
  unlike: string,
): Promise<string> {
  const invocation = headers.get('amz-sdk-invocation-id')
  if (invocation === null || !UUID.test(invocation)) return unlike
  const digest = (await sha256(body)).toHex()
  const call = [operation, invocation.toLowerCase(), account, arn, accessKeyId, region, new URL(url).search, digest]
  return uuidFrom(await sha256(utf8(JSON.stringify(call))))
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
