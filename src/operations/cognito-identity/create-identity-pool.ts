import { sha256, utf8 } from '../../base/bytes.ts'
import { newPoolId } from '../../base/ids.ts'
import type { Pool, PoolSettings } from '../../pools/index.ts'
import { Fault, structure } from '../../protocol/index.ts'
import { settingsTooLarge } from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { describePool, noteSettingTags, poolMembers, settingsFrom, tagsReplaced } from '../pool/index.ts'
import { MAX_ID_ATTEMPTS } from './limits.ts'

export const createIdentityPool = signedOperation({
  service: 'cognito-identity',
  name: 'CreateIdentityPool',
  input: structure(poolMembers),
  resource: () => '*',
  tags: tagsReplaced,
  async run(input, context) {
    const settings = {
      ...settingsFrom(input, context.caller),
      roles: new Map(),
      roleMappings: new Map(),
      principalTags: new Map(),
    }
    const pool = await open(settings, context)
    context.note({ response: { identityPoolId: pool.id } })
    noteSettingTags(input.IdentityPoolTags, context)
    return describePool(pool)
  },
})

/** Takes a place in the directory, opens the object, then lists it; the directory looks after what is interrupted. */
async function open(settings: PoolSettings, { accounts, caller, operationId, pools }: SignedContext): Promise<Pool> {
  for (let attempt = 0; attempt < MAX_ID_ATTEMPTS; attempt++) {
    // A call that comes again tries the same ids, and so finds the pool that it made.
    const digest = await sha256(utf8(`${operationId} ${attempt}`))
    const id = newPoolId(caller.region, { random: (length) => digest.slice(0, length) })
    const reserved = await accounts.ask(caller.account, (a) => a.reservePool(id.text, id.region, settings.name))
    if (reserved === 'limit')
      throw new Fault('LimitExceededException', 'The account has the maximum number of identity pools in this region.')
    const created = await pools.create(id, caller.account, settings, operationId)
    if (created.kind === 'pool') {
      await accounts.tell(caller.account, (directory) => directory.poolIsOpen(id.text, created.pool.settings.name))
      return created.pool
    }
    await accounts.tell(caller.account, (directory) => directory.poolIsGone(id.text))
    if (created.kind === 'too_large') throw settingsTooLarge()
  }
  throw new Fault('InternalErrorException', 'No free identity pool id was found.')
}
