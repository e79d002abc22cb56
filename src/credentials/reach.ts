import { TimedOut, within } from '../base/deadline.ts'
import type { World } from '../base/world.ts'
import { REACH_MS } from './limits.ts'
import { regionalEndpoints } from './regional-endpoint.ts'
import type { StsTarget } from './sts-targets.ts'

/** Whether an STS answers. `network`: there is no connection to it. */
export interface Reached {
  endpoint: string
  outcome: 'answers' | 'timeout' | 'network' | 'server_error'
  /** HTTP status, if there was an answer. */
  status?: number
}

/** Asks who is calling, without a signature: every STS refuses that, and so answers. Nothing is given out. */
const QUESTION = 'Action=GetCallerIdentity&Version=2011-06-15'

/** Whether the STS that credentials come from answers; at AWS that of the region. Never throws. */
export async function reachSts(
  { endpoint }: Extract<StsTarget, { kind: 'remote' }>,
  region: string,
  world: Pick<World, 'fetch'>,
): Promise<Reached> {
  const url = endpoint === 'aws' ? regionalEndpoints({ region }).first : endpoint
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  try {
    const { body, status } = await within('STS', REACH_MS, (signal) =>
      world.fetch(url, { method: 'POST', headers, body: QUESTION, redirect: 'manual', signal }),
    )
    void body?.cancel().catch(() => {})
    return { endpoint: url, outcome: status >= 500 ? 'server_error' : 'answers', status }
  } catch (error) {
    return { endpoint: url, outcome: error instanceof TimedOut ? 'timeout' : 'network' }
  }
}
