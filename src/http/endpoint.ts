import { newUuid, regionOf } from '../base/ids.ts'
import { checkPermission, findOperation, type Operation, type RequestContext } from '../operations/index.ts'
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
import type { RateLimits } from './rate-limits.ts'
import { type SigningParts, whoSigned } from './who-signed.ts'

/** What the endpoint is built from. */
export interface EndpointParts extends SigningParts {
  rateLimits: RateLimits
}

type KnownCall = Exclude<Call, { protocol: 'unknown' }>

/** Answers one API call: tells the operation, reads the caller or the rate limit, then the input, then runs it. */
export async function answerCall(request: Request, envelope: Envelope, parts: EndpointParts): Promise<Response> {
  const { requestId } = envelope
  let dialect: Dialect | undefined
  let trail: AuditTrail | undefined
  try {
    const body = await readBody(request, MAX_BODY_BYTES)
    const call = identifyCall(request.headers, new URL(request.url), body)
    if (call.protocol === 'unknown') return unrecognised(envelope)
    dialect = call
    const operation = findOperation(call.service, call.operation) ?? unknownOperation(call)
    const asked = askedBy(request, envelope, parts)
    trail = new AuditTrail({ ...asked, operation, time: envelope.now }, parts.services)
    const context = { ...parts.services, ...asked, note: trail.note }
    const output = await run(operation, call, { request, body, parts, context })
    trail.end()
    return success(output, dialect, envelope)
  } catch (error) {
    const fault = faultOf(error, requestId, parts.services.world.log)
    dialect ??= dialectOf(request.headers)
    trail?.end(dialect.protocol === 'query' ? inQueryProtocol(fault) : fault)
    return failure(fault, dialect, envelope)
  }
}

function askedBy({ headers }: Request, { requestId }: Envelope, { services }: EndpointParts) {
  const clientAddress = headers.get('cf-connecting-ip') ?? 'local'
  return { requestId, operationId: newUuid(services.world), clientAddress, userAgent: headers.get('user-agent') }
}

interface Incoming {
  request: Request
  body: Uint8Array<ArrayBuffer>
  parts: EndpointParts
  context: RequestContext
}

async function run(operation: Operation, call: KnownCall, incoming: Incoming): Promise<object | undefined> {
  const { context, parts } = incoming
  if (operation.auth === 'public') return runPublic(operation, input(operation, call, incoming), context, parts)
  const caller = await whoSigned(call.service, incoming.request, incoming.body, parts)
  const { account, region } = caller
  context.note({ actor: caller, account, region })
  const decoded = input(operation, call, incoming)
  await checkPermission(operation, decoded, caller, context)
  return operation.run(decoded, { ...context, caller })
}

async function runPublic(
  operation: Operation & { auth: 'public' },
  decoded: Value<StructureShape>,
  context: RequestContext,
  { rateLimits }: EndpointParts,
): Promise<object | undefined> {
  await rateLimits.admit(operation.limitedBy(decoded), context.clientAddress)
  try {
    return await operation.run(decoded, context)
  } catch (error) {
    if (error instanceof Fault && error.code === 'ResourceNotFoundException')
      await rateLimits.missed(context.clientAddress)
    throw error
  }
}

/** The input of an operation, which goes into the record as far as records may hold it. */
function input(operation: Operation, call: KnownCall, { body, context }: Incoming) {
  const decoded =
    call.protocol === 'json' ? decodeJson(operation.input, parseJson(body)) : decodeQuery(operation.input, call.fields)
  const region = operation.auth === 'public' ? regionIn(decoded) : undefined
  context.note({ request: recordable(operation.input, decoded), ...(region && { region }) })
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
