import { newUuid, poolTagOf, regionOf } from '../base/ids.ts'
import { networkOf } from '../base/ip.ts'
import { asnOf, positionOf } from '../base/position.ts'
import {
  checkPermission,
  findOperation,
  injectedFault,
  type Operation,
  type RequestContext,
} from '../operations/index.ts'
import {
  type Call,
  decodeJson,
  decodeQuery,
  Fault,
  identifyCall,
  inQueryProtocol,
  MAX_BODY_BYTES,
  noSuchAction,
  parseJson,
  readBody,
  recordable,
  type StructureShape,
  type Value,
} from '../protocol/index.ts'
import { type Dialect, dialectOf, type Envelope, failure, success, unrecognised } from './answers.ts'
import { AuditTrail } from './audit-trail.ts'
import { faultOf } from './fault-of.ts'
import { NOT_IMPLEMENTED, notServed, otherServiceOf } from './not-served.ts'
import { operationIdOf } from './operation-id.ts'
import { passInPath } from './pass-path.ts'
import { Paused, type RateLimits } from './rate-limits.ts'
import { claimsSignature, type SigningParts, whoSigned } from './who-signed.ts'

/** What the endpoint is built from. */
export interface EndpointParts extends SigningParts {
  rateLimits: RateLimits
}

type KnownCall = Exclude<Call, { protocol: 'unknown' }>

/**
 * Answers one API call. The order is the cheapest first: whether the client is paused, before its body is read; how large
 * the body is, before it is parsed; the signature, or the rate limit of public calls, before the input is judged.
 */
export async function answerCall(request: Request, envelope: Envelope, parts: EndpointParts): Promise<Response> {
  const { rateLimits, services } = parts
  const asked = askedBy(request, envelope, parts)
  const visit = visitOf(request, asked.clientAddress, parts)
  let dialect: Dialect | undefined
  let trail: AuditTrail | undefined
  try {
    const body = await bodyOf(request, visit, parts)
    const call = identifyCall(request.headers, new URL(request.url), body)
    if (call.protocol === 'unknown') return notServedHere(request, envelope, parts) ?? unrecognised(envelope)
    dialect = call
    const operation = findOperation(call.service, call.operation, services) ?? unknownOperation(call)
    // A signature covers the path, and nobody signs for this one.
    if (operation.auth === 'signed' && passInPath(request) !== undefined) return unrecognised(envelope)
    trail = new AuditTrail({ ...asked, operation, time: envelope.now }, services)
    const context = { ...services, ...asked, note: trail.note }
    const output = await run(operation, call, { request, body, parts, context, visit })
    trail.end()
    return success(output, dialect, envelope)
  } catch (thrown) {
    const error = visit.isStranger ? await rateLimits.strayed(thrown, visit.client) : thrown
    const fault = faultOf(error, envelope.requestId, services.world.log)
    const elsewhere = NO_OPERATION.has(fault.code) ? notServedHere(request, envelope, parts) : undefined
    if (elsewhere) return elsewhere
    dialect ??= dialectOf(request)
    if (trail === undefined && !(error instanceof Paused)) tellRefused({ code: fault.code }, envelope, parts)
    if (!(error instanceof Paused)) trail?.end(dialect.protocol === 'query' ? inQueryProtocol(fault) : fault)
    return failure(fault, dialect, envelope)
  }
}

/** The answer to a request for a service of AWS that is not served here; `undefined` for any other. */
export function notServedHere(request: Request, envelope: Envelope, parts: EndpointParts): Response | undefined {
  const answer = notServed(request, envelope)
  const operation = otherServiceOf(request)
  if (answer) tellRefused({ operation, code: NOT_IMPLEMENTED, message: 'Not served here.' }, envelope, parts)
  return answer
}

/** How a request ends that no operation of ours is named in. */
const NO_OPERATION: ReadonlySet<string> = new Set(['UnknownOperationException', 'InvalidAction'])

/**
 * In local mode the log has a line of what is refused before it is known which operation it is for. What the client is told
 * may hold parts of the request, which may be secret.
 */
function tellRefused(
  refused: { operation?: string | undefined; code: string; message?: string },
  { requestId }: Envelope,
  { services }: EndpointParts,
): void {
  if (services.localMode) services.world.log.info('refused', { requestId, ...refused })
}

/** Whose request it is, as far as rate limits ask. */
interface Visit {
  /** Whom the address counts for. */
  client: string
  /** Whether it may be signed, which is judged only where the operation asks for it. */
  claimsSignature: boolean
  /** Until the signature of the request holds, or its input is good: so far anybody could have sent it. */
  isStranger: boolean
}

function askedBy(request: Request, { requestId }: Envelope, { services }: EndpointParts) {
  const clientAddress = request.headers.get('cf-connecting-ip') ?? 'local'
  const userAgent = request.headers.get('user-agent')
  const position = () => positionOf(request.cf)
  const asn = () => asnOf(request.cf)
  const guestPass = request.headers.get(PASS_HEADER) ?? passInPath(request)
  const accessAssertion = () => request.headers.get('cf-access-jwt-assertion') ?? undefined
  const asked = { requestId, operationId: newUuid(services.world), clientAddress, userAgent }
  return { ...asked, position, asn, guestPass, accessAssertion }
}

/** Brings a pass for a guest. */
const PASS_HEADER = 'x-edge-identity-pass'

function visitOf({ headers }: Request, clientAddress: string, { accessKeys }: EndpointParts): Visit {
  return {
    client: networkOf(clientAddress),
    claimsSignature: claimsSignature(headers, accessKeys),
    isStranger: true,
  }
}

/** The body, if the client may have it read. */
async function bodyOf(request: Request, { claimsSignature, client }: Visit, { rateLimits }: EndpointParts) {
  if (!claimsSignature) rateLimits.checkPause(client)
  const body = await readBody(request, MAX_BODY_BYTES)
  if (!claimsSignature) await rateLimits.admitBody(body.byteLength, client)
  return body
}

interface Incoming {
  request: Request
  body: Uint8Array<ArrayBuffer>
  parts: EndpointParts
  context: RequestContext
  visit: Visit
}

async function run(operation: Operation, call: KnownCall, incoming: Incoming): Promise<object | undefined> {
  if (operation.auth === 'public') return runPublic(operation, call, incoming)
  const { body, context, parts, request, visit } = incoming
  const caller = await whoSigned(call.service, request, body, parts)
  visit.isStranger = false
  const { account, region } = caller
  context.note({ actor: caller, account, region })
  // Credentials that were given out are in the hands of users, who are limited in their public calls as well.
  if (caller.kind === 'session') await parts.rateLimits.admit(poolTagOf(caller.session.audience) ?? 'sts', visit.client)
  await checkInjected(operation, caller, context)
  const decoded = input(operation, given(call, body), context)
  await checkPermission(operation, decoded, caller, context)
  const operationId = await operationIdOf(
    `${call.service} ${operation.name}`,
    request,
    body,
    caller,
    context.operationId,
  )
  return operation.run(decoded, { ...context, caller, operationId })
}

async function runPublic(
  operation: Operation & { auth: 'public' },
  call: KnownCall,
  { body, context, parts: { rateLimits }, visit }: Incoming,
): Promise<object | undefined> {
  if (visit.claimsSignature) await rateLimits.admitBody(body.byteLength, visit.client)
  const unjudged = given(call, body)
  await rateLimits.admit(operation.limitedBy(unjudged.member), visit.client)
  const decoded = input(operation, unjudged, context)
  if (operation.makesGuest?.(decoded)) await rateLimits.admitGuest(visit.client)
  visit.isStranger = false
  await checkInjected(operation, decoded, context)
  try {
    return await operation.run(decoded, context)
  } catch (error) {
    visit.isStranger = error instanceof Fault && error.code === 'ResourceNotFoundException'
    throw error
  }
}

/** Throws the fault that a test asked for, in local mode. */
async function checkInjected(
  operation: Operation,
  named: Parameters<typeof injectedFault>[1],
  context: RequestContext,
): Promise<void> {
  const fault = context.local && (await injectedFault(operation, named, context))
  if (fault) throw fault
}

/** The input of a request before anything of it is judged. */
interface Given {
  /** A member by its name, as it is. */
  member: (name: string) => unknown
  decode: (shape: StructureShape) => Value<StructureShape>
}

function given(call: KnownCall, body: Uint8Array): Given {
  if (call.protocol === 'query')
    return { member: (name) => call.fields.get(name), decode: (shape) => decodeQuery(shape, call.fields) }
  const object = parseJson(body)
  const member = (name: string) => (Object.hasOwn(object, name) ? object[name] : undefined)
  return { member, decode: (shape) => decodeJson(shape, object) }
}

/** The input of an operation, which goes into the record as far as records may hold it. */
function input(operation: Operation, { decode }: Given, { note }: RequestContext): Value<StructureShape> {
  const decoded = decode(operation.input)
  const region = operation.auth === 'public' ? regionIn(decoded) : undefined
  note({ request: recordable(operation.input, decoded), ...(region && { region }) })
  return decoded
}

/** A public call has no region but that of the pool or identity that it names. */
function regionIn({ IdentityId, IdentityPoolId }: Readonly<Record<string, unknown>>): string | undefined {
  const id = IdentityPoolId ?? IdentityId
  return typeof id === 'string' && id.includes(':') ? regionOf(id) : undefined
}

function unknownOperation(call: KnownCall): never {
  if (call.protocol === 'json') throw new Fault('UnknownOperationException')
  throw noSuchAction(call.operation, call.fields.get('Version') ?? '')
}
