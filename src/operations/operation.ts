import type { Facts } from '../audit/index.ts'
import type { Service, StructureShape, Value } from '../protocol/index.ts'
import type { Caller } from './caller.ts'
import type { Services } from './services.ts'

/** One request, as an operation sees it. */
export interface RequestContext extends Services {
  requestId: string
  /** Names this call to the objects, so that one the platform repeats is recognised. */
  operationId: string
  /** Network address of the client; `local` where there is none. */
  clientAddress: string
  /** Adds what has become known of the request to its record. Never a token, a secret, or what a login says of its user. */
  learn: (facts: Facts) => void
}

export interface SignedContext extends RequestContext {
  caller: Caller
}

interface Declaration<S extends StructureShape> {
  service: Service
  name: string
  input: S
  /** Whether it gives out nothing and changes nothing; then only its refusals are recorded. */
  readOnly: boolean
  /** Whether it is about how the service is set up, rather than a part of using it. */
  management: boolean
}

/** An operation anybody may call. It must pass the rate limit before it touches an object. */
export interface PublicOperation<S extends StructureShape = StructureShape> extends Declaration<S> {
  auth: 'public'
  /** What the rate limit counts by, besides the client's address. */
  limitedBy(input: Value<S>): { key: string; newGuest: boolean }
  run(input: Value<S>, context: RequestContext): Promise<object | undefined>
}

/** An operation for signed callers whose policy allows it on `resource`. */
export interface SignedOperation<S extends StructureShape = StructureShape> extends Declaration<S> {
  auth: 'signed'
  /** ARN that the caller's policy is asked about, or `*`. `null`: every signed caller may, as with GetCallerIdentity. */
  resource: ((input: Value<S>, caller: Caller, context: RequestContext) => string | Promise<string>) | null
  run(input: Value<S>, context: SignedContext): Promise<object | undefined>
}

export type Operation = PublicOperation | SignedOperation

export function publicOperation<const S extends StructureShape>(
  operation: Omit<PublicOperation<S>, 'auth' | 'readOnly' | 'management'>,
): Operation {
  return { auth: 'public', readOnly: false, management: false, ...operation } as unknown as Operation
}

/** Unless it says otherwise, an operation is about the set-up, and read-only if its name says so. */
export function signedOperation<const S extends StructureShape>(
  operation: Omit<SignedOperation<S>, 'auth' | 'readOnly' | 'management'> & {
    readOnly?: boolean
    management?: boolean
  },
): Operation {
  const readOnly = /^(Describe|Get|List|Lookup)/.test(operation.name)
  return { auth: 'signed', readOnly, management: true, ...operation } as unknown as Operation
}
