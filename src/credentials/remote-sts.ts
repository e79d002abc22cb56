import { loadOnce } from '../base/load-once.ts'
import { err, ok, type Result } from '../base/result.ts'
import type { World } from '../base/world.ts'
import { FIRST_AWS_ATTEMPT_MILLISECONDS, MAX_RETRY_WAIT_MILLISECONDS, STS_TIMEOUT_MILLISECONDS } from './limits.ts'
import type { StsProfile, TagsForm } from './profiles.ts'
import { regionalEndpoints } from './regional-endpoint.ts'
import { assumedRoleArn, parseRoleArn } from './role-arn.ts'
import { type SessionPolicies, sessionPolicies } from './scope-down.ts'
import { checkSessionTags } from './session-tags.ts'
import type { ExchangeFailed, Issued } from './sts-exchange.ts'
import type { AssumeRejected, AssumeRequest, TemporaryCredentials } from './types.ts'

export interface RemoteSts {
  /** `aws` for the regional endpoints of AWS STS, else the URL of an STS-compatible service. */
  endpoint: string
  profile: StsProfile
  /** Signs the identity's token; called once, and only for a request that is going out. */
  mintToken: (form: TokenForm) => Promise<string>
  world: World
}

/** What the service needs of the token. */
export interface TokenForm {
  /** `undefined` for the usual lifetime. */
  lifetimeSeconds: number | undefined
  tags: TagsForm
}

/**
 * AssumeRoleWithWebIdentity at AWS STS or at a service that speaks its protocol. No token is signed for a request that
 * the service should refuse. The call is unsigned: the token is the proof. One that failed for a passing reason is sent
 * once more, AWS's in the next nearest region; a call that did arrive the first time then leaves credentials that nobody
 * holds.
 */
export async function askRemoteSts(
  request: AssumeRequest,
  { endpoint, profile, mintToken, world }: RemoteSts,
): Promise<Result<TemporaryCredentials, AssumeRejected>> {
  const role = parseRoleArn(request.roleArn)
  if (profile.awsRoleArns && !role) return err({ reason: 'invalid_role_arn' })
  const tags = checkSessionTags(request.identity.principalTags ?? {}, profile.tagRules)
  if (!tags.ok) return tags
  const policies = sessionPolicies(request, profile, role?.partition ?? 'aws')
  if (!policies.ok) return policies
  const lifetimeSeconds = profile.endsWithToken ? request.durationSeconds : undefined
  const token = await mintToken({ lifetimeSeconds, tags: profile.tags })
  const route = endpoint === 'aws' ? routeToAws(request, profile) : routeTo(endpoint, profile)
  const issued = await askTwice(route, formOf(request, token, policies.value), world)
  if (!issued.ok) return issued
  const { assumedRoleArn: arn, assumedRoleId, ...credentials } = issued.value
  const derived = role ? assumedRoleArn(role, request.sessionName) : request.roleArn
  return ok({
    ...credentials,
    assumedRoleArn: arn ?? derived,
    ...(assumedRoleId === undefined ? {} : { assumedRoleId }),
  })
}

function formOf(request: AssumeRequest, token: string, { policy, policyArns }: SessionPolicies): string {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    DurationSeconds: String(request.durationSeconds),
    WebIdentityToken: token,
  })
  if (policy !== undefined) form.set('Policy', policy)
  for (const [index, arn] of policyArns.entries()) form.set(`PolicyArns.member.${index + 1}.arn`, arn)
  // Both stand for a blank in a form, and old releases of the Ceph Object Gateway read `+` as itself.
  return form.toString().replaceAll('+', '%20')
}

/** Where a call goes, and where it goes again when the failure may pass. */
interface Route {
  first: string
  next: string
  /** Time for the first exchange. */
  firstMilliseconds: number
  mayPass: (failure: ExchangeFailed) => boolean
}

function routeToAws(request: AssumeRequest, profile: StsProfile): Route {
  return {
    ...regionalEndpoints(request),
    firstMilliseconds: FIRST_AWS_ATTEMPT_MILLISECONDS,
    // Each region has a quota of its own.
    mayPass: (failure) => failure.reason === 'sts_throttled' || isOutage(failure) || isPassingRefusal(failure, profile),
  }
}

/** There is one place only: more load does not help against throttling, nor does less time against slowness. */
function routeTo(url: string, profile: StsProfile): Route {
  return {
    first: url,
    next: url,
    firstMilliseconds: STS_TIMEOUT_MILLISECONDS,
    mayPass: (failure) => isOutage(failure) || isPassingRefusal(failure, profile),
  }
}

const isPassingRefusal = (failure: ExchangeFailed, { passing }: StsProfile) =>
  failure.reason === 'sts_refused' && passing.includes(failure.code)

const isOutage = (failure: ExchangeFailed) => failure.reason === 'sts_unreachable' && failure.why !== 'redirect'

/** The XML parser takes a third of the time that all else takes to start: it is run when it is first needed. */
const loadExchange = loadOnce(() => import('./sts-exchange.ts'))

async function askTwice(route: Route, form: string, world: World): Promise<Result<Issued, ExchangeFailed>> {
  const { askSts } = await loadExchange()
  const deadline = AbortSignal.timeout(STS_TIMEOUT_MILLISECONDS)
  const early = AbortSignal.any([deadline, AbortSignal.timeout(route.firstMilliseconds)])
  const first = await askSts(route.first, form, early, world)
  if (first.ok || !route.mayPass(first.error)) return first
  await pause(waitFrom(world), deadline)
  if (deadline.aborted) return first
  const { upstream, ...failure } = first.error
  world.log.warn('sts_asked_again', { ...failure, ...upstream, next: route.next })
  return askSts(route.next, form, deadline, world)
}

function waitFrom(world: World): number {
  const [byte = 0] = world.random(1)
  return (byte / 256) * MAX_RETRY_WAIT_MILLISECONDS
}

/** Waits, but no longer than until `signal` fires. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
