import type { PoolId } from '../../base/ids.ts'
import type { CheckPage, Finding } from '../../pools/index.ts'
import { boolean, optional, required, structure } from '../../protocol/index.ts'
import { badPageToken, noSuchPool, stillGrowing } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, nextToken, onPool, poolId } from '../pool/index.ts'
import { currentRing } from '../sign-in/index.ts'
import { openPosition, sealPosition } from './check-position.ts'
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
    const { caller, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const ring = await currentRing(context)
    const position = NextToken === undefined ? undefined : await openPosition(NextToken, id.text, ring)
    if (NextToken !== undefined && !position) throw badPageToken()
    const checked = await pools.check(id, caller.account, { position, repair })
    if (checked.kind === 'growing') throw stillGrowing()
    if (checked.kind !== 'checked') throw noSuchPool(IdentityPoolId)
    const findings = checked.findings.map((finding) => describe(finding, id.region))
    if (!position) findings.push(...(await checkListed(id, repair, context)))
    return {
      IdentityPoolId: id.text,
      Objects: checked.objects,
      Checked: inPascalCase(checked.counts),
      Findings: findings,
      Repaired: findings.filter(({ Repaired }) => Repaired).length,
      NextToken: checked.next && (await sealPosition(checked.next, id.text, ring)),
    }
  },
})

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
