/** What workerd asks of a KV namespace, in memory: GET and PUT of a key, without expiry. */
/** @type {Map<string, ArrayBuffer>} */
const values = new Map()

export default {
  /** @param {Request} request */
  async fetch(request) {
    const key = new URL(request.url).pathname
    if (request.method === 'PUT') {
      values.set(key, await request.arrayBuffer())
      return new Response()
    }
    const value = values.get(key)
    return value === undefined ? new Response(null, { status: 404 }) : new Response(value)
  },
}
