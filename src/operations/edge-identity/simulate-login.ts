import { newIdentityId } from '../../base/ids.ts'
import type { Result } from '../../base/result.ts'
import { MAX_PASS_CHARS } from '../../guests/index.ts'
import type { GuestRefused, Pool } from '../../pools/index.ts'
import { Fault, integer, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { guestProofFault, noSuchPool, resolutionFault } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import {
  addressed,
  anyArn,
  audience,
  guestProofsOf,
  identityId,
  identityIn,
  logins,
  onPool,
  ownPool,
  poolId,
} from '../pool/index.ts'
import {
  type AcceptedLogin,
  acceptedLogins,
  developerTokenFault,
  type Grant,
  GUEST_PASS_KEY,
  grantFor,
  type Identified,
  type JudgedLogin,
  judgeDeveloperToken,
  judgeGuest,
  judgeLogins,
  type NoGrant,
  printable,
  splitHandedBack,
} from '../sign-in/index.ts'
import { checkClientAddress, clientAddress } from './client-address.ts'
import { draftedPool, draftShape } from './drafted-pool.ts'
import { inPascalCase, type JudgedRole, judgeRole } from './judge-role.ts'
import { type JudgedToken, judgeToken } from './judge-token.ts'

/** What a simulation found before it ended. It has values of logins, so it goes to the signed caller and into no record. */
interface Found extends Partial<JudgedRole> {
  Logins?: object[]
  /** Of a request for a new guest. */
  Guest?: object
  Identity?: object
  Role?: object
  Tags?: Readonly<Record<string, string>>
  /** Where it is asked whether there would be a token for an audience. */
  Token?: JudgedToken
}

const shape = structure({
  IdentityPoolId: required(poolId),
  Logins: optional(logins),
  IdentityId: optional(identityId),
  CustomRoleArn: optional(anyArn),
  GuestPass: optional(string({ min: 1, max: MAX_PASS_CHARS, sensitive: true })),
  ClientAddress: optional(clientAddress),
  ClientNetwork: optional(integer({ min: 1, max: 4_294_967_295 })),
  Draft: optional(draftShape),
  Audience: optional(audience),
})

/**
 * What GetCredentialsForIdentity would decide for these logins, step by step, until it would refuse. Nothing is issued,
 * linked, counted or used up. Without logins: a guest, as for a client at the caller's address unless told; without an identity: the
 * one of the logins, or a new one. With `Draft`: as if the pool had these settings. Not of AWS's API.
 */
export const simulateLogin = signedOperation({
  service: 'edge-identity',
  name: 'SimulateLogin',
  readOnly: true,
  input: shape,
  ...onPool,
  async run(input, context) {
    checkClientAddress(input.ClientAddress)
    const saved = await ownPool(input.IdentityPoolId, context)
    const pool = input.Draft ? await draftedPool(saved, input.Draft, context) : saved
    const found: Found = {}
    try {
      const accepted = await acceptLogins(input, found, pool, context)
      const identified = await identityOf(accepted, input, found, pool, context)
      found.Identity = { IdentityId: identified.identityId, Guest: identified.guest }
      const granted = grantFor(identified, input.CustomRoleArn, context)
      found.Role = describeGrant(granted)
      if (!granted.ok) throw granted.error.fault
      found.Tags = granted.value.tags
      if (input.Audience !== undefined)
        found.Token = await judgeToken(input.Audience, identified, granted.value, context)
      return { ...found, ...(await judgeRole(identified, granted.value, context)) }
    } catch (error) {
      if (error instanceof Fault) return { ...found, Answer: { Code: error.code, Message: error.message } }
      throw error
    }
  },
})

/** Judges the logins as GetCredentialsForIdentity does, and tells what was found of each. */
async function acceptLogins(
  { IdentityId = '', Logins = new Map() }: Value<typeof shape>,
  found: Found,
  pool: Pool,
  context: SignedContext,
): Promise<AcceptedLogin[]> {
  const { handedBack, others } = splitHandedBack(Logins)
  const tokens = await Promise.all(
    handedBack.map(async ([key, token]) => [key, await judgeDeveloperToken(token, IdentityId, pool, context)] as const),
  )
  found.Logins = tokens.map(([key, judged]) => describeDeveloperLogin(key, judged))
  const developer = tokens.map(([, judged]) => {
    if (judged.ok) return judged.value
    throw developerTokenFault(judged.error, context)
  })
  const judged = await judgeLogins(others, pool, context)
  found.Logins.push(...judged.map(describeLogin))
  return [...developer, ...acceptedLogins(judged)]
}

function describeDeveloperLogin(key: string, judged: Awaited<ReturnType<typeof judgeDeveloperToken>>): object {
  if (!judged.ok) {
    const { reason, ...details } = judged.error
    return { Provider: key, Accepted: false, Reason: reason, Details: printable(details) }
  }
  return { Provider: judged.value.proven.provider, Accepted: true, Subject: judged.value.proven.subject }
}

function describeLogin({ expected, provider, verdict }: JudgedLogin): object {
  if (!verdict.ok) {
    const { reason, ...details } = verdict.error
    return { Provider: provider, Accepted: false, Reason: reason, Details: printable(details), Accepts: expected }
  }
  const { claims, clientId, subject } = verdict.value
  return { Provider: provider, Accepted: true, Subject: subject, ClientId: clientId, Claims: claims }
}

function describeGrant(granted: Result<Grant, NoGrant>): object {
  if (!granted.ok) {
    const { role, ...why } = granted.error.why
    return { RoleArn: role, ...inPascalCase(why) }
  }
  return { RoleArn: granted.value.role, ChosenBy: inPascalCase(granted.value.chosen) }
}

/** The identity that the logins would lead to: a question to the pool that changes nothing. */
async function identityOf(
  accepted: readonly AcceptedLogin[],
  input: Value<typeof shape>,
  found: Found,
  pool: Pool,
  context: SignedContext,
): Promise<Identified> {
  const { IdentityId, IdentityPoolId } = input
  const { caller, pools, world } = context
  const home = addressed(IdentityPoolId, caller)
  const identity = IdentityId === undefined ? undefined : identityIn(home, IdentityId)
  const isNewGuest = accepted.length === 0 && identity === undefined
  const plea = isNewGuest ? await pleaIn(input, found, pool, context) : undefined
  const fresh = newIdentityId(home, world, plea?.slot)
  const logins = accepted.map((login) => login.proven)
  const call = { identity, fresh, logins, once: undefined, dryRun: true, guest: plea?.asked }
  const resolved = await pools.resolve(pool, call)
  if (resolved.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
  if (resolved.kind === 'stale')
    throw new Fault('ConcurrentModificationException', 'The pool was changed meanwhile. Try again.')
  if (isNewGuest) found.Guest = describeGuest(resolved)
  if (resolved.kind === 'guest_refused') throw resolutionFault({ ...resolved, proofs: guestProofsOf(pool) }, '')
  if (resolved.kind !== 'identity') throw resolutionFault(resolved, IdentityId ?? '')
  return { pool, guest: resolved.guest, identityId: `${home.region}:${resolved.uuid}`, logins: accepted }
}

/** What the pool is asked with for a new guest, or the fault for a pass that is not taken. */
async function pleaIn(
  { ClientAddress, ClientNetwork, GuestPass, Logins }: Value<typeof shape>,
  found: Found,
  pool: Pool,
  context: SignedContext,
) {
  const { asn, clientAddress: callers } = context
  const bringing = {
    ...context,
    pass: GuestPass ?? Logins?.get(GUEST_PASS_KEY),
    clientAddress: ClientAddress ?? callers,
    asn: () => ClientNetwork ?? (ClientAddress === undefined ? asn() : undefined),
  }
  const judged = await judgeGuest(pool, bringing)
  if (judged.ok) return judged.value
  found.Guest = { WouldBeMade: false, RefusedBy: 'guest_proof', Which: judged.error }
  throw guestProofFault(judged.error, guestProofsOf(pool))
}

function describeGuest(resolved: { kind: string } | GuestRefused): object {
  if (resolved.kind === 'identity') return { WouldBeMade: true }
  const { reason, which } =
    'reason' in resolved ? { which: undefined, ...resolved } : { reason: resolved.kind, which: undefined }
  return { WouldBeMade: false, RefusedBy: reason, Which: which }
}
