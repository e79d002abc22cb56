import { Fault } from './fault.ts'

/** A body that ended before its end: its client went away, or its network did. There is nobody left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

/**
 * Reads a body once, to its last byte or to `limit`: a signature covers exactly these bytes. Throws `ClientGone` for one that
 * is cut off.
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!request.body) return new Uint8Array()
  try {
    return await readWhole(request, request.body, limit)
  } catch (error) {
    if (error instanceof Fault) throw error
    // The runtime tells this by text alone ("Network connection lost."); nothing but the client can make a read fail.
    throw new ClientGone()
  }
}

async function readWhole(request: Request, stream: ReadableStream<Uint8Array>, limit: number) {
  // HTTP holds a body to its declared length, and in one piece it is much cheaper to read than as a stream.
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  const bytes = declared <= limit ? new Uint8Array(await request.arrayBuffer()) : await readParts(stream, limit)
  if (bytes.byteLength > limit) throw tooLarge(limit)
  return bytes
}

async function readParts(body: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of body) {
    length += part.byteLength
    if (length > limit) throw tooLarge(limit)
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

const tooLarge = (limit: number) =>
  new Fault('RequestEntityTooLargeException', `Request bodies are limited to ${limit} bytes.`)
