import type { Member, ProvenLogin } from '../identities.ts'
import type { Change, Gathered, Shown } from './gathered.ts'
import type { Proof, TakeStep } from './step.ts'

/** A call whose changes are to be made. */
export interface Call {
  gathered: Gathered
  /** The logins that the request has proven. */
  logins: Shown
  /** Names the attempt: claims and merges are called after it. */
  name: string
  /** When claims lapse, in milliseconds since the epoch. */
  deadline: number
  /** Whether a login and an identity are in one object. */
  together: (login: ProvenLogin, uuid: string) => boolean
  /** Names the call, for the identity to know it again. */
  operation?: string | undefined
  /** It may change identities that are blocked. */
  evenBlocked?: boolean | undefined
}

/**
 * Makes the changes of a call, one after the other; `changed` as soon as something is not as it was when it was looked at.
 * What was changed by then is good by itself, and the next attempt finds it.
 */
export async function carryOut(call: Call, take: TakeStep): Promise<'done' | 'changed'> {
  const { changes } = call.gathered
  const made = new Map<string, Member[]>()
  for (const [index, change] of changes.entries())
    if ((await carryOutOne(change, index, made, call, take)) === 'changed') return 'changed'
  return 'done'
}

/** `made`: the identities that are new with this call, or were guests, with the logins that it has linked so far. */
async function carryOutOne(
  change: Change,
  index: number,
  made: Map<string, Member[]>,
  call: Call,
  take: TakeStep,
): Promise<'done' | 'changed'> {
  const { gathered, logins, name } = call
  switch (change.change) {
    case 'insert':
      made.set(change.uuid, [])
      return 'done'
    case 'link': {
      const own = made.get(change.uuid)
      const first = own ? 'new' : gathered.proofFor(change.uuid, logins)
      const proof = own && own.length > 0 ? own : first
      const { developer, provider, subject } = change.login
      const member = {
        provider,
        subject,
        developer,
        claim: gathered.claimOf(change.login, change.uuid) ?? `${name}/${index}`,
      }
      const linked = await link(member, change.uuid, proof, call, take)
      // From now on this login speaks for an identity that was new or a guest.
      if (typeof first === 'string') made.set(change.uuid, [...(own ?? []), member])
      return linked
    }
    case 'retire':
      return merge(change, `${name}/${index}`, call, take)
    case 'detach':
      return detach(change, call, take)
  }
}

/** Takes logins off an identity. */
async function detach(
  { logins, uuid }: Extract<Change, { change: 'detach' }>,
  { evenBlocked, gathered, logins: proven, operation = '' }: Call,
  take: TakeStep,
): Promise<'done' | 'changed'> {
  const proof = gathered.proofFor(uuid, proven) as readonly Member[]
  const { kind } = await take({ step: 'detach', identity: uuid, logins, proof, evenBlocked, operation })
  return kind === 'done' ? 'done' : 'changed'
}

/** Reserves a login, unless that was done, and links it. */
async function link(
  { claim, ...login }: Member,
  identity: string,
  proof: Proof | 'new',
  { deadline, evenBlocked, gathered, together }: Call,
  take: TakeStep,
): Promise<'done' | 'changed'> {
  const inOne = together(login, identity)
  const isReserved = gathered.claimOf(login, identity) !== undefined
  if (!inOne && !isReserved) {
    const reserve = { identity, claim }
    const seen = await take({ step: 'look', identities: [], logins: [{ login, reserve }] })
    if (seen.logins[0]?.kind !== 'reserved') return 'changed'
  }
  // If this is refused, the reservation stays until it is looked at again. It may have been linked: the answer can be that to a
  // repeated step, and the identity may have lost a merge in between.
  const unreserved = inOne && !isReserved
  const attached = await take({ step: 'attach', identity, login, claim, deadline, proof, evenBlocked, unreserved })
  return attached.kind
}

/** Merges one identity into another. */
async function merge(
  { loser, survivor }: { loser: string; survivor: string },
  op: string,
  { deadline, evenBlocked, gathered, logins }: Call,
  take: TakeStep,
): Promise<'done' | 'changed'> {
  const shown = { op, survivor, evenBlocked }
  const frozen = await take({ step: 'freeze', loser, ...shown, proof: gathered.proofFor(loser, logins) })
  if (frozen.kind !== 'frozen') return 'changed'
  const { inheritance, members } = frozen
  const proof = gathered.proofFor(survivor, logins)
  const { decision } = await take({ step: 'absorb', ...shown, members, inheritance, deadline, proof })
  await take({ step: 'finish', loser, survivor, op, decision })
  return decision === 'absorbed' ? 'done' : 'changed'
}
