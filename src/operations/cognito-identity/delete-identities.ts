import { type IdentityId, parseIdentityId } from '../../base/ids.ts'
import { list, required, structure } from '../../protocol/index.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { identityId, poolsOf } from '../pool/index.ts'

/**
 * Deletes identities. An id of another account or region, or that can belong to no pool here, is answered as
 * `AccessDenied`; one that is not in its pool (any more) counts as deleted, so that a repeated call succeeds.
 */
export const deleteIdentities = signedOperation({
  service: 'cognito-identity',
  name: 'DeleteIdentities',
  input: structure({ IdentityIdsToDelete: required(list(identityId, { min: 1, max: 60 })) }),
  resource: () => '*',
  pools: (input) => poolsOf(input.IdentityIdsToDelete),
  async run(input, context) {
    const given = input.IdentityIdsToDelete.map((text) => ({ text, id: parseIdentityId(text) }))
    const own = given.flatMap(({ id }) => (id?.region === context.caller.region ? [id] : []))
    const homes = Map.groupBy(own, (id) => id.tag)
    const refused = new Map<string, string>()
    for (const { id, text } of given) if (!id || !own.includes(id)) refused.set(text, 'AccessDenied')
    for (const ids of homes.values()) {
      const code = await deleteAt(ids as [IdentityId, ...IdentityId[]], context)
      for (const id of ids) if (code) refused.set(id.text, code)
    }
    return { UnprocessedIdentityIds: [...refused].map(([IdentityId, ErrorCode]) => ({ IdentityId, ErrorCode })) }
  },
})

async function deleteAt(ids: [IdentityId, ...IdentityId[]], { caller, pools, requestId, world }: SignedContext) {
  try {
    const deleted = await pools.deleteIdentities(ids, caller.account)
    return deleted.kind === 'deleted' ? undefined : 'AccessDenied'
  } catch (error) {
    world.log.error('identities_not_deleted', { requestId, pool: ids[0].tag, error: String(error) })
    return 'InternalServerError'
  }
}
