import { err, ok, type Result } from './result.ts'

/** A response's body as text, of at most `maxBytes` and complete before `signal` fires. Anything else is cancelled. */
export async function readBounded(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Result<string, 'oversized' | 'timeout' | 'network'>> {
  const reader = response.body?.getReader()
  if (!reader) return ok('')
  const stop = () => {
    reader.cancel().catch(() => {})
  }
  signal.addEventListener('abort', stop)
  try {
    const decoder = new TextDecoder()
    let text = ''
    let size = 0
    while (!signal.aborted) {
      const { done, value } = await reader.read()
      if (done && !signal.aborted) return ok(text + decoder.decode())
      size += value?.byteLength ?? 0
      if (size > maxBytes) return err('oversized')
      text += decoder.decode(value, { stream: true })
    }
    return err('timeout')
  } catch {
    return err(signal.aborted ? 'timeout' : 'network')
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}
