import { MAX_HEADER_CHARS } from '../protocol/index.ts'

/**
 * Cross-origin access as the AWS endpoint grants it: any origin, no credentials. Failures carry these headers too, or a
 * browser would report a CORS error instead.
 */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
} as const

/** The same for an answer with further headers, which scripts may read too. */
export function exposing(names: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return CORS_HEADERS
  const EXPOSED = 'access-control-expose-headers'
  return { ...CORS_HEADERS, [EXPOSED]: [CORS_HEADERS[EXPOSED], ...names].join(',') }
}

/** Two days, as AWS answers; browsers cap it further. */
const PREFLIGHT_MAX_AGE_SECONDS = '172800'

/** What a preflight is granted: whatever method and headers the browser asks for, so that future SDK headers work. */
export function preflightHeaders(asked: Headers): Record<string, string> {
  const method = asked.get('access-control-request-method')
  const names = asked.get('access-control-request-headers')
  return {
    'content-length': '0',
    'access-control-max-age': PREFLIGHT_MAX_AGE_SECONDS,
    ...(method && { 'access-control-allow-methods': method.slice(0, MAX_HEADER_CHARS) }),
    ...(names && { 'access-control-allow-headers': names.slice(0, MAX_HEADER_CHARS) }),
  }
}
