import type { MiddlewareHandler } from 'hono'
import { MAX_HEADER_CHARS } from '../protocol/index.ts'

const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date'
/** Two days, as AWS answers; browsers cap it further. */
const PREFLIGHT_MAX_AGE_SECONDS = '172800'

/**
 * Cross-origin access as the AWS endpoint grants it: any origin, no credentials, and whatever headers the browser asks
 * for, so that future SDK headers work. Failures carry the headers too, or a browser would report a CORS error instead.
 */
export function cors(): MiddlewareHandler {
  return async function cors(c, next) {
    if (c.req.method === 'OPTIONS') {
      c.res = new Response(null, { headers: { 'content-length': '0' } })
      const method = c.req.header('access-control-request-method')
      const headers = c.req.header('access-control-request-headers')
      if (method) c.res.headers.set('access-control-allow-methods', method.slice(0, MAX_HEADER_CHARS))
      if (headers) c.res.headers.set('access-control-allow-headers', headers.slice(0, MAX_HEADER_CHARS))
      c.res.headers.set('access-control-max-age', PREFLIGHT_MAX_AGE_SECONDS)
    } else await next()
    c.res.headers.set('access-control-allow-origin', '*')
    c.res.headers.set('access-control-expose-headers', EXPOSED)
  }
}
