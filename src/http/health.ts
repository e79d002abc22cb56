import { VERSION } from '../base/version.ts'
import { type Envelope, respond } from './answers.ts'

/** How a part of the service is: `ok`, or in a word of its own why it is not. */
export interface PartHealth {
  /** `degraded`: it serves, and somebody should look after it. `failing`: what needs it is refused. */
  state: 'ok' | 'degraded' | 'failing'
  why: string
}

/**
 * Answers who asks whether the service is well, such as the health check of a container or a load balancer. It costs what
 * the key document costs, and tells nothing that is secret. Status 503 means that requests should go elsewhere.
 */
export function answerHealth(ring: PartHealth, envelope: Envelope): Response {
  // That the Worker answers at all, with settings that it accepted, is its own health.
  const parts = { worker: 'ok', ring: ring.why }
  const degraded = ring.state === 'ok' ? [] : ['ring']
  const body = JSON.stringify({ service: 'edge-identity', version: VERSION, status: ring.state, parts, degraded })
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return respond(`${body}\n`, envelope, headers, ring.state === 'failing' ? 503 : 200)
}
