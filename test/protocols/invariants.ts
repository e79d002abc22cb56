import type { ProvenLogin } from '../../src/pools/identities.ts'
import { slotOfIdentity, slotOfLogin } from '../../src/pools/spread/slots.ts'
import type { Process } from './clients.ts'
import type { Result } from './schedule.ts'

/** The objects of a pool, with their rows. */
export interface Kept {
  objects: readonly { rows: (table: string) => Record<string, unknown>[] }[]
}

interface Row {
  uuid: string
  state: string
  forward: string | null
  erased: number
  frozen_by: string | null
  modified_at: number
  blocked_until: number | null
}

interface LoginRow {
  provider: string
  subject: string
  identity: string
  developer: number
  claim: string
  linked_day: number | null
}

export interface State {
  identities: Map<string, Row>
  logins: LoginRow[]
  routes: LoginRow[]
  merges: object[]
}

/** Everything that a pool keeps, whatever object has it. */
export function stateOf(pool: Kept): State {
  const all = <T>(table: string) => pool.objects.flatMap((object) => object.rows(table) as T[])
  return {
    identities: new Map(all<Row>('identity').map((row) => [row.uuid, row])),
    logins: all<LoginRow>('login'),
    routes: all<LoginRow>('route'),
    merges: all<object>('merge_op'),
  }
}

/** Whose a login is: tests name users `<person>…`. */
const personOf = (login: { subject: string }) => login.subject[0] ?? ''

const textOf = ({ developer, provider, subject }: { developer: number | boolean; provider: string; subject: string }) =>
  `${Number(developer)} ${provider} ${subject}`

/** What is wrong with a pool in which nothing is under way any more. */
export function faultsOf(pool: Kept): string[] {
  const { identities, logins, merges, routes } = stateOf(pool)
  const faults: string[] = []
  for (const row of identities.values()) {
    const own = logins.filter(({ identity }) => identity === row.uuid)
    if (row.frozen_by) faults.push(`frozen: ${row.uuid}`)
    if (new Set(own.map(personOf)).size > 1) faults.push(`shared: ${row.uuid} by ${own.map(textOf)}`)
    const providers = own.filter(({ developer }) => !developer).map(({ provider }) => provider)
    if (new Set(providers).size < providers.length) faults.push(`two of a provider: ${row.uuid}`)
    if ((row.state === 'member') !== own.length > 0) faults.push(`${row.state} with ${own.length} logins: ${row.uuid}`)
    if (own.length > 20) faults.push(`too many: ${row.uuid}`)
  }
  const holders = Map.groupBy(logins, textOf)
  for (const [login, rows] of holders)
    if (rows.length > 1) faults.push(`doubled: ${login} on ${rows.map((r) => r.identity)}`)
  for (const row of logins) {
    if (!identities.has(row.identity)) faults.push(`nobody's: ${textOf(row)}`)
    if (row.linked_day === null) faults.push(`linked on no day: ${textOf(row)}`)
  }
  if (merges.length > 0) faults.push(`merges remembered: ${merges.length}`)
  faults.push(...routeFaults(identities, logins, routes))
  return faults
}

/** A login of another slot than its identity's has a route that leads there; others have none. */
function routeFaults(identities: Map<string, Row>, logins: LoginRow[], routes: LoginRow[]): string[] {
  const faults: string[] = []
  for (const row of logins) {
    const route = routes.find((one) => textOf(one) === textOf(row))
    const leadsHere = route?.claim === row.claim && endOf(identities, route.identity) === row.identity
    const isRight = slotOf(row) === slotOfIdentity(row.identity) ? !route : leadsHere
    if (!isRight) faults.push(`route of ${textOf(row)}: ${JSON.stringify(route)}, held by ${row.identity}`)
  }
  return faults
}

/** Where an id has come by merges. */
function endOf(identities: Map<string, Row>, uuid: string): string {
  let at = uuid
  for (let hops = 0; hops < 50; hops++) at = identities.get(at)?.forward ?? at
  return at
}

function slotOf({ developer, provider, subject }: LoginRow): number {
  return slotOfLogin({ provider, subject, developer: developer === 1 } as ProvenLogin)
}

/** What was played, and what came of it. */
interface Played {
  processes: readonly Process[]
  results: readonly Result[]
  /** Where each login is when its user comes again. */
  places: ReadonlyMap<string, string>
  before: State
  after: State
}

/** What is wrong with the answers that clients got. */
export function outcomeFaults(played: Played): string[] {
  const { processes, results } = played
  const failed = results.flatMap((result) =>
    result?.error === undefined || isBusy(result.error) ? [] : `threw: ${result.error}`,
  )
  const proofs = processes.flatMap(({ proof }, index) => (proof && kindOf(results[index]) === 'identity' ? proof : []))
  const twice = new Set(proofs).size < proofs.length ? [`used twice: ${proofs}`] : []
  return [...failed, ...twice, ...lost(played), ...kept(played), ...entered(played), ...unstopped(played)]
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message === 'the identities change all the time'
}

function kindOf(result: Result): string | undefined {
  return (result?.value as { kind: string } | undefined)?.kind
}

function uuidOf(result: Result): string | undefined {
  return (result?.value as { uuid?: string } | undefined)?.uuid
}

/** What a client was told of its logins and does not hold. Only a deletion or an unlinking of others may undo it. */
function lost({ after, places, processes, results }: Played): string[] {
  if (processes.some(({ undoes }) => undoes)) return []
  return processes.flatMap(({ acknowledges }, index) => {
    const uuid = uuidOf(results[index])
    if (uuid === undefined) return []
    const at = endOf(after.identities, uuid)
    return acknowledges.flatMap((name) => (places.get(name) === at ? [] : `lost: ${name} at ${at}`))
  })
}

/** Logins that a client was told are gone, and that are still with an identity that was there before. */
function kept({ before, places, processes, results }: Played): string[] {
  return processes.flatMap(({ removes }, index) => {
    if (removes === undefined || kindOf(results[index]) !== 'unlinked') return []
    if (processes.some(({ acknowledges }) => acknowledges.includes(removes))) return []
    const place = places.get(removes) ?? ''
    return before.identities.has(place) ? `kept: ${removes} at ${place}` : []
  })
}

/** Logins whose user came in although the identity is blocked that has or had them. What was taken off or deleted before is free. */
function unstopped({ after, before, places, processes, results }: Played): string[] {
  if (processes.some(({ frees }) => frees)) return []
  // What takes a login off may have done so, even if nobody heard its answer.
  const removed = processes.flatMap(({ removes }, index) =>
    ['unlinked', undefined].includes(kindOf(results[index])) ? (removes ?? []) : [],
  )
  return processes.flatMap(({ blocks }, index) => {
    const uuid = blocks ? uuidOf(results[index]) : undefined
    if (uuid === undefined) return []
    const at = endOf(after.identities, uuid)
    const held = [...before.logins, ...after.logins].filter((row) => endOf(after.identities, row.identity) === at)
    const come = held.filter(({ subject }) => places.has(subject) && !removed.includes(subject))
    return [
      ...come.map((row) => `unstopped: ${textOf(row)} of ${at}`),
      ...(after.identities.get(at)?.blocked_until ? [] : [`not blocked: ${at}`]),
    ]
  })
}

/** Clients that were let into the identity of another. */
function entered({ after, processes, results }: Played): string[] {
  return processes.flatMap(({ acknowledges: [name], isDry }, index) => {
    const uuid = uuidOf(results[index])
    if (uuid === undefined || name === undefined || isDry) return []
    const at = endOf(after.identities, uuid)
    const others = after.logins.filter((row) => row.identity === at && personOf(row) !== name[0])
    return others.length > 0 ? `entered: ${name} into ${at} of ${others.map(textOf)}` : []
  })
}
