/** A cache that keeps nothing, in the terms in which workerd asks: everything is a miss. What the service caches may be lost. */
export default {
  /** @param {Request} request */
  fetch({ method }) {
    if (method === 'GET') return new Response(null, { status: 504, headers: { 'cf-cache-status': 'MISS' } })
    return new Response(null, { status: method === 'PURGE' ? 404 : 204 })
  },
}
