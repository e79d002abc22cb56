import { sha256, utf8 } from '../../base/bytes.ts'
import { newIdentityId, type PoolId } from '../../base/ids.ts'
import { isCatalogued, isSameProvider, nameOf } from '../../logins/index.ts'
import { guestLimitsOf, type Pool, type ProvenLogin } from '../../pools/index.ts'
import { Fault, map, optional, required, string, structure } from '../../protocol/index.ts'
import { resolutionFault, unsupportedProvider } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, onPool, poolId } from '../pool/index.ts'
import { poolOfAccount, trustedProviders, withPoolOnRecord } from '../sign-in/index.ts'

/** The user at each provider, as its tokens name it in `sub`. */
const users = map(
  string({ min: 1, max: 128, recordedIf: isCatalogued }),
  string({ min: 1, max: 255, unrecorded: true }),
  { max: 10 },
)

/**
 * Makes an identity for tests, with these logins and an id that follows from pool and name: it is the same each time. It takes
 * the caller's word for logins of any provider, and so exists in local mode alone. Not of AWS's API.
 */
export const seedIdentity = signedOperation({
  service: 'edge-identity',
  name: 'SeedIdentity',
  localOnly: true,
  input: structure({
    IdentityPoolId: required(poolId),
    Name: required(string({ min: 1, max: 64, pattern: '[\\w.@-]+', unrecorded: true })),
    Logins: optional(users),
  }),
  ...onPool,
  async run({ IdentityPoolId, Logins: given = new Map(), Name }, context) {
    const id = addressed(IdentityPoolId, context.caller)
    const fresh = newIdentityId(id, await chanceOf(id, Name))
    const seeded = await withPoolOnRecord(poolOfAccount(id, context.caller.account), context, async (pool) => {
      const logins = await vouchedFor(given, pool, context)
      const guest = logins.length === 0 && guestLimitsOf(pool.settings) ? ({ exempt: true } as const) : undefined
      return context.pools.resolve(pool, { logins, guest, fresh, once: undefined })
    })
    if (seeded.kind === 'forbidden')
      throw new Fault('ResourceConflictException', `The identity ${Name} exists, and has other logins.`, 'It exists.')
    if (seeded.kind !== 'identity') throw resolutionFault(seeded, '')
    return { IdentityId: `${id.region}:${seeded.uuid}` }
  },
})

/** What is no chance at all: the same bytes for the same pool and name. */
async function chanceOf(pool: PoolId, name: string) {
  const digest = await sha256(utf8(JSON.stringify(['seeded identity', pool.text, name])))
  return { random: (length: number) => digest.slice(0, length) }
}

/** The logins, under the names by which the pool keeps those of its providers. */
async function vouchedFor(
  given: ReadonlyMap<string, string>,
  pool: Pool,
  context: SignedContext,
): Promise<ProvenLogin[]> {
  const trusted = await trustedProviders(pool, context)
  return [...given].map(([key, subject]) => {
    const developer = key === pool.settings.developerProvider
    const listed = trusted.find((one) => one.kind !== 'unsupported' && isSameProvider(nameOf(one), key))
    if (!developer && !listed) throw unsupportedProvider()
    return { provider: listed && !developer ? nameOf(listed) : key, subject, developer }
  })
}
