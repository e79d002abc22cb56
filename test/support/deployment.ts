import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

export type Serve = (request: Request) => Promise<Response>

let deployments = 0

/**
 * The Worker as a new isolate with other settings and bindings would run it; `undefined` takes one away. Durable Objects
 * keep the settings of the test run.
 */
export async function deploy(changes: Readonly<Record<string, unknown>> = {}): Promise<Serve> {
  deployments++
  // The query makes a module of its own, with a state of its own, and leaves the one that objects run in alone.
  const module = `../../src/worker.ts?deployment=${deployments}`
  const { default: worker }: typeof import('../../src/worker.ts') = await import(/* @vite-ignore */ module)
  return async (request) => worker.fetch(request, { ...env, ...changes } as Env, createExecutionContext())
}
