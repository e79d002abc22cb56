import type { Facts } from '../audit/index.ts'
import type { IdentityId, PoolId } from '../base/ids.ts'
import type { Position } from '../base/position.ts'
import type { Service, StructureShape, Value } from '../protocol/index.ts'
import type { Caller } from './caller.ts'
import type { Services } from './services.ts'

/** One request, as an operation sees it. */
export interface RequestContext extends Services {
  requestId: string
  /** Names this call to the objects, so that one the platform repeats, or an SDK sends again, is recognised. */
  operationId: string
  /** Network address of the client; `local` where there is none. */
  clientAddress: string
  /** What Cloudflare Access says of who sent it, if it stands in front: a token that nobody has verified yet. */
  accessAssertion: () => string | undefined
  /** About where the client is, if the platform knows. The platform is asked only when this is: its answer is long. */
  position: () => Position | undefined
  /** The number of the network that the client is in, if the platform knows. */
  asn: () => number | undefined
  /** A pass for a guest that came in a header or in the path of the request. */
  guestPass: string | undefined
  /** Adds what has become known of the request to its record. Never a token, a secret, or what a login says of its user. */
  note: (facts: Facts) => void
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
  /** Whether only local mode has it. Elsewhere there is no such operation. */
  localOnly?: true
}

/** An operation anybody may call. It must pass the rate limit before its input is judged. */
export interface PublicOperation<S extends StructureShape = StructureShape> extends Declaration<S> {
  auth: 'public'
  /**
   * What the rate limit counts by, besides the client's address. It is asked before the input is judged, and reads as
   * little of it as it can: `given` has a member by its name, of any type. All requests without a key, such as those with
   * an id that leads nowhere, count together.
   */
  limitedBy(given: (member: string) => unknown): string | undefined
  /** Whether a call makes a new guest; these have a limit of their own. */
  makesGuest?(input: Value<S>): boolean
  run(input: Value<S>, context: RequestContext): Promise<object | undefined>
}

/** Tags as key and value, in the order in which they were given. */
export type TagPairs = readonly (readonly [string, string])[]

/** What a request does to the tags of what it names. */
export type TagChange =
  /** `action` must be allowed besides, where the tags come along with something that is created. */
  | { kind: 'add'; tags: TagPairs; action?: string }
  | { kind: 'remove'; keys: readonly string[] }
  /** Tags of the pool that are not among these go. */
  | { kind: 'replace'; tags: TagPairs }

/** The managed policies that a request to IAM names, by ARN. */
export interface PoliciesNamed {
  policy?: string | undefined
  boundary?: string | undefined
}

/** What an operation touches, as far as conditions of policies may ask about it. What is left out, it does not touch. */
export interface Touched<I> {
  /** The pools of the request, each by its id or by that of an identity in it; none for text that cannot be an id. */
  pools?: (input: I) => readonly (PoolId | IdentityId)[]
  /** Tags of the role or provider that the request names. */
  record?: (input: I, caller: Caller, context: Services) => Promise<TagPairs>
  policies?: (input: I) => PoliciesNamed
  /** `undefined` for a request that leaves them as they are. */
  tags?: (input: I) => TagChange | undefined
}

/** An operation for signed callers whose policy allows it on `resource`, given what the operation touches. */
export interface SignedOperation<S extends StructureShape = StructureShape> extends Declaration<S>, Touched<Value<S>> {
  auth: 'signed'
  /** ARN that the caller's policy is asked about, or `*`. `null`: every signed caller may, as with GetCallerIdentity. */
  resource: ((input: Value<S>, caller: Caller, context: RequestContext) => string | Promise<string>) | null
  /**
   * What the policy must allow besides: operations of `cognito-identity` whose work this one does as well, each on the resource
   * of this one or on `*`.
   */
  also?: readonly (readonly [name: string, on: 'resource' | '*'])[]
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
