import { Fault } from './fault.ts'

/** Reads a body once, to its last byte or to `limit`: a signature covers exactly these bytes. */
export async function readBounded(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array()
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body) {
    length += part.byteLength
    if (length > limit)
      throw new Fault('RequestEntityTooLargeException', `Request bodies are limited to ${limit} bytes.`)
    parts.push(part)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.byteLength
  }
  return bytes
}
