import { readBounded } from '../base/bounded-body.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import { MAX_STS_ANSWER_BYTES } from './limits.ts'
import { readErrorCode, readRequestId, readStsAnswer, type StsAnswer } from './sts-answer.ts'
import type { AssumeRejected, Upstream } from './types.ts'

export interface Issued extends StsAnswer {
  upstream: Upstream
}

/** Why an exchange gave no credentials. */
export type ExchangeFailed = Extract<AssumeRejected, { upstream: Upstream }>

/**
 * One unsigned call of STS, complete before `signal` fires. Redirects are not followed, because the form holds a token,
 * and no more of an answer is read than credentials can take.
 */
export async function askSts(
  url: string,
  form: string,
  signal: AbortSignal,
  world: World,
): Promise<Result<Issued, ExchangeFailed>> {
  const response = await send(url, form, signal, world)
  if (!response) return err({ reason: 'sts_unreachable', why: lost(signal), upstream: { endpoint: url } })
  const body = await readBounded(response, MAX_STS_ANSWER_BYTES, signal)
  const text = body.ok ? body.value : ''
  const upstream = { endpoint: url, requestId: readRequestId(response.headers, text) }
  if (!body.ok && body.error !== 'oversized') return err({ reason: 'sts_unreachable', why: body.error, upstream })
  if (!response.ok) return err(refusal(response.status, text, upstream))
  if (!body.ok) return err({ reason: 'sts_bad_answer', why: 'oversized', upstream })
  const answer = readStsAnswer(text, seconds(world.now()))
  return answer.ok ? ok({ ...answer.value, upstream }) : err({ reason: 'sts_bad_answer', why: answer.error, upstream })
}

async function send(url: string, body: string, signal: AbortSignal, world: World): Promise<Response | undefined> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  try {
    return await world.fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
  } catch {
    return undefined
  }
}

const lost = (signal: AbortSignal) => (signal.aborted ? 'timeout' : 'network')

const THROTTLING = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'SlowDown',
])

function refusal(status: number, body: string, upstream: Upstream): ExchangeFailed {
  if (status < 400) return { reason: 'sts_unreachable', why: 'redirect', upstream }
  const code = readErrorCode(body)
  const said = code === undefined ? { ...upstream, status } : { ...upstream, code }
  if (status === 429 || THROTTLING.has(code ?? '')) return { reason: 'sts_throttled', upstream: said }
  return status >= 500
    ? { reason: 'sts_unreachable', why: 'server_error', upstream: said }
    : code === undefined
      ? { reason: 'sts_refused', code: 'Unknown', upstream: said }
      : { reason: 'sts_refused', code, upstream }
}
