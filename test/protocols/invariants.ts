import type { ProvenLogin } from '../../src/pools/identities.ts'
import type { VirtualPool } from './virtual-pool.ts'

interface Row {
  uuid: string
  state: string
  forward: string | null
  erased: number
  frozen_by: string | null
}

interface LoginRow {
  provider: string
  subject: string
  identity: string
  developer: number
  claim: string
}

/** Everything that a pool keeps, whatever object has it. */
export function stateOf(pool: VirtualPool) {
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
export function faultsOf(pool: VirtualPool): string[] {
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
  for (const row of logins) if (!identities.has(row.identity)) faults.push(`nobody's: ${textOf(row)}`)
  if (merges.length > 0) faults.push(`merges remembered: ${merges.length}`)
  faults.push(...routeFaults(identities, logins, routes))
  return faults
}

/** A login of another slot than its identity's has a route that leads there; others have none. */
function routeFaults(identities: Map<string, Row>, logins: LoginRow[], routes: LoginRow[]): string[] {
  const faults: string[] = []
  for (const row of logins) {
    const route = routes.find((one) => textOf(one) === textOf(row))
    if (
      isHome(row) ? route !== undefined : !route || route.claim !== row.claim || end(identities, route) !== row.identity
    )
      faults.push(`route of ${textOf(row)}: ${JSON.stringify(route)}, held by ${row.identity}`)
  }
  return faults
}

function end(identities: Map<string, Row>, { identity }: LoginRow): string {
  let at = identity
  for (let hops = 0; hops < 50; hops++) {
    const next = identities.get(at)?.forward
    if (!next) break
    at = next
  }
  return at
}

function isHome(row: LoginRow): boolean {
  return slot(row) === Number.parseInt(row.identity.slice(15, 18), 16)
}

import { slotOfLogin } from '../../src/pools/spread/slots.ts'

function slot({ developer, provider, subject }: LoginRow): number {
  return slotOfLogin({ provider, subject, developer: developer === 1 } as ProvenLogin)
}
