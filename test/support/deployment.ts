import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'

export type Serve = (request: Request) => Promise<Response>

/**
 * The Worker as a new isolate with other settings and bindings would run it; `undefined` takes one away. Durable Objects
 * keep the settings of the test run.
 */
export async function deploy(changes: Readonly<Record<string, unknown>> = {}): Promise<Serve> {
  vi.resetModules()
  const { default: worker } = await import('../../src/worker.ts')
  // The Worker that all tests of a file share is loaded anew as well, lest it be this one.
  vi.resetModules()
  return async (request) => worker.fetch(request, { ...env, ...changes } as Env, createExecutionContext())
}
