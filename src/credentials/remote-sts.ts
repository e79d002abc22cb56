import { readBounded } from '../base/bounded-body.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds, type World } from '../base/world.ts'
import { MAX_STS_ANSWER_BYTES, MAX_STS_ATTEMPTS, STS_TIMEOUT_MILLISECONDS } from './limits.ts'
import { regionalEndpoint } from './regional-endpoint.ts'
import { assumedRoleArn, parseRoleArn } from './role-arn.ts'
import { guestScopeDown } from './scope-down.ts'
import { readErrorCode, readStsAnswer } from './sts-answer.ts'
import type { AssumeRejected, AssumeRequest, TemporaryCredentials } from './types.ts'

export interface RemoteSts {
  /** `aws` for the regional endpoint of AWS STS, else the URL of an STS-compatible service. */
  endpoint: string
  /** Signs the identity's token; called only for a request that is going out. */
  mintToken: () => Promise<string>
  world: World
}

/**
 * AssumeRoleWithWebIdentity at AWS STS or at a service that speaks its protocol. The call is unsigned: the token is the
 * proof. It is sent a second time only when the connection failed before any answer; a call that did arrive the first time
 * then leaves credentials that nobody holds.
 *
 * The guest scope-down goes to AWS only. Elsewhere its managed policy does not exist and its action names are refused as
 * unknown, so there a guest has what the role allows: such a role must be written for guests.
 */
export async function assumeRoleRemotely(
  request: AssumeRequest,
  sts: RemoteSts,
): Promise<Result<TemporaryCredentials, AssumeRejected>> {
  const role = parseRoleArn(request.roleArn)
  const atAws = sts.endpoint === 'aws'
  if (atAws && !role) return err({ reason: 'invalid_role_arn' })
  const url = atAws ? regionalEndpoint(request.region) : sts.endpoint
  const form = formOf(request, await sts.mintToken())
  if (atAws && role && request.scopeDown) addScopeDown(form, request.region, role.partition)
  const answer = await exchange(url, form, sts.world)
  if (!answer.ok) return answer
  const credentials = readStsAnswer(answer.value, seconds(sts.world.now()))
  if (!credentials.ok) return credentials
  const { assumedRoleArn: arn, assumedRoleId, ...keys } = credentials.value
  const derived = role ? assumedRoleArn(role, request.sessionName) : request.roleArn
  return ok({ ...keys, assumedRoleArn: arn ?? derived, ...(assumedRoleId === undefined ? {} : { assumedRoleId }) })
}

function formOf(request: AssumeRequest, token: string): URLSearchParams {
  return new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: String(request.durationSeconds),
    WebIdentityToken: token,
  })
}

function addScopeDown(form: URLSearchParams, region: string, partition: string): void {
  const { policy, policyArn } = guestScopeDown(region, partition)
  form.set('Policy', policy)
  form.set('PolicyArns.member.1.arn', policyArn)
}

/** One exchange within one time limit: the body of a success, else the reason. */
async function exchange(url: string, form: URLSearchParams, world: World): Promise<Result<string, AssumeRejected>> {
  const signal = AbortSignal.timeout(STS_TIMEOUT_MILLISECONDS)
  const sent = await send(url, form, signal, world)
  if (!sent.ok) return sent
  const response = sent.value
  const body = await readBounded(response, MAX_STS_ANSWER_BYTES, signal)
  if (!response.ok) return err(refusal(response.status, body.ok ? body.value : ''))
  if (body.ok) return body
  return body.error === 'oversized'
    ? err({ reason: 'sts_bad_answer', why: 'oversized' })
    : err({ reason: 'sts_unreachable', why: body.error })
}

async function send(
  url: string,
  form: URLSearchParams,
  signal: AbortSignal,
  world: World,
): Promise<Result<Response, AssumeRejected>> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
  for (let attempt = 1; attempt <= MAX_STS_ATTEMPTS && !signal.aborted; attempt += 1) {
    try {
      return ok(await world.fetch(url, { method: 'POST', headers, body: form.toString(), redirect: 'manual', signal }))
    } catch {
      // Only that it failed is known; the loop decides whether to try again.
    }
  }
  return err({ reason: 'sts_unreachable', why: signal.aborted ? 'timeout' : 'network' })
}

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

function refusal(status: number, body: string): AssumeRejected {
  if (status < 400) return { reason: 'sts_unreachable', why: 'redirect' }
  const code = readErrorCode(body) ?? 'Unknown'
  if (status === 429 || THROTTLING.has(code)) return { reason: 'sts_throttled' }
  return status >= 500 ? { reason: 'sts_unreachable', why: 'server_error' } : { reason: 'sts_refused', code }
}
