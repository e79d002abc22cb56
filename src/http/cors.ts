import type { MiddlewareHandler } from 'hono'
import { MAX_HEADER_CHARS } from '../protocol/index.ts'

const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date'
/** Two days, as AWS answers; browsers cap it further. */
const PREFLIGHT_MAX_AGE_SECONDS = '172800'

/**
 * Cross-origin access as the AWS endpoint grants it: any origin, no credentials. Failures carry the headers too, or a
 * browser would report a CORS error instead.
 */
export function cors(): MiddlewareHandler {
  return async function cors(c, next) {
    await next()
    c.res.headers.set('access-control-allow-origin', '*')
    c.res.headers.set('access-control-expose-headers', EXPOSED)
  }
}

/** Grants whatever method and headers the browser asks for, so that future SDK headers work. */
export function preflight(asked: Headers): Response {
  const headers = new Headers({ 'content-length': '0', 'access-control-max-age': PREFLIGHT_MAX_AGE_SECONDS })
  const method = asked.get('access-control-request-method')
  const names = asked.get('access-control-request-headers')
  if (method) headers.set('access-control-allow-methods', method.slice(0, MAX_HEADER_CHARS))
  if (names) headers.set('access-control-allow-headers', names.slice(0, MAX_HEADER_CHARS))
  return new Response(null, { headers })
}
