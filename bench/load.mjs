import { Agent, request } from 'node:http'

/**
 * Keeps `concurrency` requests under way for a time, over as many connections that stay open.
 *
 * @param {{ url: string, method?: string, headers?: Record<string, string>, body?: string }} call the same every time
 * @param {{ milliseconds: number, concurrency: number, atMost: number }} bounds whichever comes first
 * @returns {Promise<{ latencies: number[], seconds: number }>} latencies in milliseconds
 * @throws {Error} at the first answer that is not a success: a refusal costs less, so it would pass for speed
 */
export async function load(call, { milliseconds, concurrency, atMost }) {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const latencies = []
  const start = performance.now()
  const deadline = start + milliseconds
  let begun = 0
  const worker = async () => {
    while (performance.now() < deadline && begun < atMost) {
      begun++
      const sent = performance.now()
      await send(call, agent)
      latencies.push(performance.now() - sent)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    agent.destroy()
  }
  return { latencies, seconds: (performance.now() - start) / 1000 }
}

function send({ url, method = 'GET', headers = {}, body }, agent) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text)
        else reject(new Error(`Status ${answer.statusCode} from ${url}: ${text.slice(0, 300)}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

/** The value that a share of the sorted values does not exceed. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
