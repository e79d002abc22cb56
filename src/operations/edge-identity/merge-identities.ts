import { mergeIdentities as merge } from '../../pools/index.ts'
import { boolean, Fault, optional, required, structure } from '../../protocol/index.ts'
import { noSuchIdentity, noSuchPool, tooManyLoginsFault } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, identityId, identityIn, onPool, poolId } from '../pool/index.ts'
import { identityDisabled } from './faults.ts'

/**
 * Makes one identity of two by the word of an operator, where a user would sign in as both. The destination survives, whatever
 * their ages; the source, which may be a guest, leads to it from then on. Not of AWS's API.
 */
export const mergeIdentities = signedOperation({
  service: 'edge-identity',
  name: 'MergeIdentities',
  input: structure({
    IdentityPoolId: required(poolId),
    SourceIdentityId: required(identityId),
    DestinationIdentityId: required(identityId),
    DryRun: optional(boolean()),
  }),
  ...onPool,
  async run({ DestinationIdentityId, DryRun: dryRun, IdentityPoolId, SourceIdentityId }, context) {
    const { caller, note, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const [source, destination] = [identityIn(id, SourceIdentityId), identityIn(id, DestinationIdentityId)]
    note({ decision: { pool: id.text, identity: DestinationIdentityId } })
    const merged = await merge(pools, { id, account: caller.account, dryRun }, source, destination)
    if (merged.kind !== 'merged') note({ decision: { reason: merged.kind } })
    switch (merged.kind) {
      case 'no_pool':
        throw noSuchPool(IdentityPoolId)
      case 'no_identity':
        throw noSuchIdentity(`${id.region}:${merged.uuid}`)
      case 'disabled':
        throw identityDisabled(`${id.region}:${merged.uuid}`)
      case 'guest_destination':
        throw conflict('The destination is a guest, which cannot survive a merge. Name it as the source.')
      case 'leads_back':
        throw conflict('The destination is the source already, or has lost a merge to it.')
      case 'second_login':
      case 'too_many_logins':
        throw tooManyLoginsFault(merged)
      case 'merged': {
        const { changes: Changes, moved: LoginsMoved } = merged
        const IdentityId = `${id.region}:${merged.uuid}`
        note({ decision: { identity: IdentityId } })
        return { IdentityId, ...(dryRun && { DryRun: true, Changes, LoginsMoved }) }
      }
    }
  },
})

const conflict = (message: string) => new Fault('ResourceConflictException', message)
