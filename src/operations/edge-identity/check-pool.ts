import type { PoolId } from '../../base/ids.ts'
import type { CheckPage, Finding } from '../../pools/index.ts'
import { boolean, optional, required, structure } from '../../protocol/index.ts'
import { badPageToken, noSuchPool, stillGrowing } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, nextToken, onPool, poolId } from '../pool/index.ts'
import { currentRing } from '../sign-in/index.ts'
import { type CheckPosition, type ErasedPosition, openPosition, sealPosition } from './check-position.ts'
import { checkReturned, type Returned, wasAnybodyErased } from './erased-again.ts'
import { inPascalCase } from './judge-role.ts'

/**
 * Checks a part of a pool against itself, and with `Repair` puts right what disagrees, as after one of its objects was restored to
 * an earlier time. NextToken leads to the next part. Not of AWS's API.
 */
export const checkPool = signedOperation({
  service: 'edge-identity',
  name: 'CheckPool',
  input: structure({ IdentityPoolId: required(poolId), Repair: optional(boolean()), NextToken: optional(nextToken) }),
  ...onPool,
  async run({ IdentityPoolId, NextToken, Repair: repair = false }, context) {
    const id = addressed(IdentityPoolId, context.caller)
    const ring = await currentRing(context)
    const position = NextToken === undefined ? undefined : await openPosition(NextToken, id.text, ring)
    if (NextToken !== undefined && !position) throw badPageToken()
    const page = await checkPage(id, position, repair, context)
    if (!position) page.findings.push(...(await checkListed(id, repair, context)))
    return {
      IdentityPoolId: id.text,
      Objects: page.objects,
      Checked: inPascalCase(page.counts),
      Findings: page.findings,
      Repaired: page.findings.filter(({ Repaired }) => Repaired).length,
      NextToken: page.next && (await sealPosition(page.next, id.text, ring)),
    }
  },
})

interface Page {
  objects: number
  counts: CheckPage['counts']
  findings: Described[]
  next: CheckPosition | undefined
}

/** The next part of a check: the objects, then who was erased and is back, then what else disagrees. */
async function checkPage(
  id: PoolId,
  position: CheckPosition | undefined,
  repair: boolean,
  context: SignedContext,
): Promise<Page> {
  if (position?.walk === 'erased') return checkErased(id, position, repair, context)
  const checked = await context.pools.check(id, context.caller.account, { position, repair })
  if (checked.kind === 'growing') throw stillGrowing('check it')
  if (checked.kind !== 'checked') throw noSuchPool(id.text)
  const { counts, findings, next, objects } = checked
  const isOfObjects = position === undefined || position.walk === 'objects'
  // Of several objects, one may stand in the way of all else.
  const goesOn = next ? next.walk !== 'objects' : objects === 1
  const comesErased = isOfObjects && goesOn && (await wasAnybodyErased(id, context))
  return {
    objects,
    counts,
    findings: findings.map((finding) => describe(finding, id.region)),
    next: comesErased ? { walk: 'erased', after: '', rest: next } : next,
  }
}

/** What is counted and how many objects there are, the rest of the check tells. */
async function checkErased(
  id: PoolId,
  { after, rest }: ErasedPosition,
  repair: boolean,
  context: SignedContext,
): Promise<Page> {
  const { found, next } = await checkReturned(id, after, repair, context)
  return {
    objects: 1,
    counts: { objects: 0, identities: 0, logins: 0, routes: 0, pending: 0 },
    findings: found.map((one) => describeReturned(one, id.region)),
    next: next === undefined ? rest : { walk: 'erased', after: next, rest },
  }
}

function describeReturned({ kind, provider, repaired, uuid }: Returned, region: string): Described {
  return {
    Kind: kind === 'erased_identity' ? 'ErasedIdentity' : 'ErasedLogin',
    IdentityId: `${region}:${uuid}`,
    Provider: provider,
    Repaired: repaired,
  }
}

interface Described {
  Kind: string
  Repaired: boolean
  IdentityId?: string
  OtherIdentityId?: string
  Provider?: string | undefined
  Object?: number | undefined
}

function describe({ identity, kind, object, other, provider, repaired }: Finding, region: string): Described {
  return {
    Kind: KINDS[kind],
    ...(identity !== undefined && { IdentityId: `${region}:${identity}` }),
    ...(other !== undefined && { OtherIdentityId: `${region}:${other}` }),
    Provider: provider,
    Object: object,
    Repaired: repaired,
  }
}

const KINDS: Readonly<Record<CheckPage['findings'][number]['kind'], string>> = {
  route_without_member: 'RouteWithoutMember',
  member_without_route: 'MemberWithoutRoute',
  login_of_another: 'LoginOfAnother',
  login_disputed: 'LoginDisputed',
  merge_unfinished: 'MergeUnfinished',
  merge_remembered: 'MergeRemembered',
  merge_lost: 'MergeLost',
  state_wrong: 'StateWrong',
  too_many_logins: 'TooManyLogins',
  login_without_identity: 'LoginWithoutIdentity',
  object_empty: 'ObjectEmpty',
  object_closed: 'ObjectClosed',
  object_has_other_slots: 'ObjectHasOtherSlots',
  object_unknown: 'ObjectUnknown',
  settings_newer: 'SettingsNewer',
  settings_older: 'SettingsOlder',
}

/** More than the ids that begin as one pool's does but for its last digit. */
const NEIGHBOURS = 16

/** Whether the directory of the account has the pool, by its name: it may not, after the pool was restored. */
async function checkListed(
  id: PoolId,
  repair: boolean,
  { accounts, caller, pools }: SignedContext,
): Promise<Described[]> {
  const found = await pools.read(id, caller.account)
  if (found.kind !== 'pool') return []
  const { name } = found.pool.settings
  const before = id.text.slice(0, -1)
  const { pools: listed } = await accounts.read(caller.account, (a) => a.listPools(id.region, before, NEIGHBOURS))
  if (listed.some((entry) => entry.id === id.text && entry.name === name)) return []
  if (repair) await accounts.tell(caller.account, (directory) => directory.poolIsOpen(id.text, name))
  return [{ Kind: 'NotListed', Repaired: repair }]
}
