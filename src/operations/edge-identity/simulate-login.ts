import { newIdentityId } from '../../base/ids.ts'
import type { Result } from '../../base/result.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, optional, required, structure, type Value } from '../../protocol/index.ts'
import { noSuchPool, resolutionFault } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, anyArn, identityId, identityIn, logins, onPool, ownPool, poolId } from '../pool/index.ts'
import {
  type AcceptedLogin,
  acceptedLogins,
  developerTokenFault,
  type Grant,
  grantFor,
  type Identified,
  type JudgedLogin,
  judgeDeveloperToken,
  judgeLogins,
  type NoGrant,
  printable,
  splitHandedBack,
} from '../sign-in/index.ts'
import { inPascalCase, type JudgedRole, judgeRole } from './judge-role.ts'

/** What a simulation found before it ended. It has values of logins, so it goes to the signed caller and into no record. */
interface Found extends Partial<JudgedRole> {
  Logins?: object[]
  Identity?: object
  Role?: object
  Tags?: Readonly<Record<string, string>>
}

const input = structure({
  IdentityPoolId: required(poolId),
  Logins: optional(logins),
  IdentityId: optional(identityId),
  CustomRoleArn: optional(anyArn),
})

/**
 * What GetCredentialsForIdentity would decide for these logins, step by step, until it would refuse. Nothing is issued,
 * linked or used up. Without logins: a guest; without an identity: the one of the logins, or a new one. Not of AWS's API.
 */
export const simulateLogin = signedOperation({
  service: 'edge-identity',
  name: 'SimulateLogin',
  readOnly: true,
  input,
  ...onPool,
  async run(input, context) {
    const pool = await ownPool(input.IdentityPoolId, context)
    const found: Found = {}
    try {
      const accepted = await acceptLogins(input, found, pool, context)
      const identified = await identityOf(accepted, input, pool, context)
      found.Identity = { IdentityId: identified.identityId, Guest: identified.guest }
      const granted = grantFor(identified, input.CustomRoleArn, context)
      found.Role = describeGrant(granted)
      if (!granted.ok) throw granted.error.fault
      found.Tags = granted.value.tags
      return { ...found, ...(await judgeRole(identified, granted.value, context)) }
    } catch (error) {
      if (error instanceof Fault) return { ...found, Answer: { Code: error.code, Message: error.message } }
      throw error
    }
  },
})

/** Judges the logins as GetCredentialsForIdentity does, and tells what was found of each. */
async function acceptLogins(
  { IdentityId = '', Logins = new Map() }: Value<typeof input>,
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
  { IdentityId, IdentityPoolId }: { IdentityId?: string | undefined; IdentityPoolId: string },
  pool: Pool,
  { caller, pools, world }: SignedContext,
): Promise<Identified> {
  const home = addressed(IdentityPoolId, caller)
  const identity = IdentityId === undefined ? undefined : identityIn(home, IdentityId)
  const proven = accepted.map((login) => login.proven)
  const fresh = newIdentityId(home, world)
  const resolved = await pools.resolve(pool, { identity, fresh, logins: proven, once: undefined, dryRun: true })
  if (resolved.kind === 'no_pool') throw noSuchPool(IdentityPoolId)
  if (resolved.kind === 'stale')
    throw new Fault('ConcurrentModificationException', 'The pool was changed meanwhile. Try again.')
  if (resolved.kind !== 'identity') throw resolutionFault(resolved, IdentityId ?? '')
  return { pool, guest: resolved.guest, identityId: `${home.region}:${resolved.uuid}`, logins: accepted }
}
