import { issuerName } from '../../base/issuer-name.ts'
import type { Result } from '../../base/result.ts'
import { reachSts } from '../../credentials/index.ts'
import { isSocialListing } from '../../logins/index.ts'
import type { DescribedRing, KeysUnavailable } from '../../tokens/index.ts'
import type { SignedContext } from '../operation.ts'

/** How a part is. `Why` is one of a fixed list, or a text without any setting's value but the endpoint of an STS. */
interface PartHealth {
  Part: string
  Status: 'Ok' | 'Degraded' | 'Failing'
  Why?: string
  Endpoint?: string
}

const ok = (Part: string): PartHealth => ({ Part, Status: 'Ok' })

/** How the parts are, each for itself. What is outside is asked only if `probe`. */
export async function healthOf(
  ring: Result<unknown, KeysUnavailable>,
  rings: readonly DescribedRing[],
  probe: boolean,
  context: SignedContext,
) {
  const parts = [ok('Worker'), ringHealth(ring, rings, context), await accountHealth(context)]
  if (probe) parts.push(...(await Promise.all([decisionsHealth(context), ...stsHealth(context)])))
  return { Status: worst(parts), Parts: parts }
}

function worst(parts: readonly PartHealth[]): PartHealth['Status'] {
  return (['Failing', 'Degraded'] as const).find((status) => parts.some((part) => part.Status === status)) ?? 'Ok'
}

function ringHealth(
  ring: Result<unknown, KeysUnavailable>,
  rings: readonly DescribedRing[],
  { keys }: SignedContext,
): PartHealth {
  const part = { Part: 'KeyRing' } as const
  if (!ring.ok) return { ...part, Status: 'Failing', Why: ring.error.reason }
  if (keys.standsIn()) return { ...part, Status: 'Degraded', Why: 'older_copy' }
  const why = rings.find((one) => one.why)?.why
  return why ? { ...part, Status: 'Degraded', Why: why } : ok('KeyRing')
}

async function accountHealth({ accounts, caller }: SignedContext): Promise<PartHealth> {
  try {
    await accounts.read(caller.account, (account) => account.oidcProviders())
    return ok('Account')
  } catch {
    return { Part: 'Account', Status: 'Failing', Why: 'unanswering' }
  }
}

async function decisionsHealth({ caller, decisions }: SignedContext): Promise<PartHealth> {
  try {
    await decisions.find('none', caller.account)
    return ok('Decisions')
  } catch {
    return { Part: 'Decisions', Status: 'Failing', Why: 'unanswering' }
  }
}

/** Each endpoint once. */
function stsHealth({ caller, sts, world }: SignedContext): Promise<PartHealth>[] {
  const targets = [sts.fallback, ...sts.others.map(({ target }) => target)]
  const remote = new Map(targets.flatMap((target) => (target.kind === 'remote' ? [[target.endpoint, target]] : [])))
  return [...remote.values()].map(async (target): Promise<PartHealth> => {
    const { endpoint, outcome, status } = await reachSts(target, caller.region, world)
    if (outcome === 'answers') return { ...ok('Sts'), Endpoint: endpoint }
    return { Part: 'Sts', Status: 'Failing', Why: status ? `${outcome} ${status}` : outcome, Endpoint: endpoint }
  })
}

/** The key sets that this isolate has in memory, of providers that everybody has and of those of the caller's account. */
export async function keySetsOf({ accounts, caller, logins }: SignedContext) {
  const known = logins.keySets()
  if (known.length === 0) return []
  const own = await accounts
    .read(caller.account, (account) => account.oidcProviders())
    .catch(() => [])
    .then((providers) => new Set(providers.map(({ url }) => issuerName(url))))
  return known
    .filter(({ issuer }) => own.has(issuerName(issuer)) || isSocialListing(issuerName(issuer)))
    .map(({ failure, fetchedAt, freshUntil, issuer, keys }) => ({
      Issuer: issuer,
      Keys: keys,
      FetchedDate: fetchedAt === undefined ? undefined : new Date(fetchedAt),
      FreshUntil: freshUntil === undefined ? undefined : new Date(freshUntil),
      Failure: failure,
    }))
}
