import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { textOfDay } from '../../base/days.ts'
import type { PoolId } from '../../base/ids.ts'
import { type IdentityDetail, WITHOUT_END } from '../../pools/index.ts'
import type { SignedContext } from '../operation.ts'
import { mayReadSubjects } from '../permission/index.ts'

type State = IdentityDetail['state']

/** Our words for the states of identities, as the API has them. */
export const STATES = { Guest: 'guest', User: 'member', Disabled: 'disabled' } as const satisfies Record<string, State>

/** The same the other way round. */
export const NAMES = Object.fromEntries(Object.entries(STATES).map(([name, state]) => [state, name])) as Record<
  State,
  string
>

/**
 * Describes identities of a pool as far as the caller may see them, and notes which were seen: what their providers know them
 * by is shown to those with a permission of its own, and to others as a hash.
 */
export async function describeDetails<D extends IdentityDetail>(
  details: readonly D[],
  id: PoolId,
  context: SignedContext,
) {
  const shows = await mayReadSubjects(id, context)
  const [first, last] = [details[0], details.at(-1)].map((detail) => detail && `${id.region}:${detail.uuid}`)
  const seen = details.length === 1 ? { identity: first } : { firstIdentity: first, lastIdentity: last }
  context.note({ decision: { pool: id.text, ...seen, subjects: shows ? 'shown' : 'hashed' } })
  const now = context.world.now()
  return Promise.all(details.map((detail) => describe(detail, id.region, shows, now)))
}

async function describe(detail: IdentityDetail, region: string, shows: boolean, now: number) {
  const { createdAt, forward, logins, modifiedAt, state, usedDay, uuid } = detail
  return {
    IdentityId: `${region}:${uuid}`,
    State: NAMES[state],
    Logins: await Promise.all(logins.map((login) => describeLogin(login, shows))),
    ForwardsTo: forward && `${region}:${forward}`,
    CreationDate: new Date(createdAt),
    LastModifiedDate: new Date(modifiedAt),
    LastUsedOn: usedDay === undefined ? undefined : textOfDay(usedDay),
    ...restrictionsOf(detail, now),
  }
}

/** What operators have decided and still holds. */
function restrictionsOf({ blockedUntil = 0, blockReason, notBefore }: IdentityDetail, now: number) {
  return {
    ...(blockedUntil > now && {
      Blocked: true,
      BlockedUntil: blockedUntil === WITHOUT_END ? undefined : new Date(blockedUntil),
      BlockReason: blockReason,
    }),
    TokensValidFrom: notBefore === undefined ? undefined : new Date(notBefore * 1000),
  }
}

/** A login as operators see it. */
export async function describeLogin(login: IdentityDetail['logins'][number], shows: boolean) {
  const { developer, linkedDay, provider, subject } = login
  return {
    Provider: provider,
    Developer: developer,
    SubjectSha256: hex(await sha256(utf8(subject))),
    Subject: shows ? subject : undefined,
    LinkedOn: linkedDay === undefined ? undefined : textOfDay(linkedDay),
  }
}
