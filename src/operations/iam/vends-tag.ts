import { parseVends, VENDS_TAG } from '../../credentials/index.ts'
import { Fault } from '../../protocol/index.ts'
import type { SignedContext, TagPairs } from '../operation.ts'
import { checkPassingGrant } from '../permission/index.ts'

/** Refuses a tag of a role that says what the role vends, if it cannot be followed, or if the caller may not pass the grant. */
export function checkVendsTag(tags: TagPairs, context: SignedContext): void {
  for (const [key, value] of tags) {
    if (key.toLowerCase() !== VENDS_TAG) continue
    const vends = parseVends(value, context.caller.account)
    if (!vends.ok) throw new Fault('InvalidInput', `${VENDS_TAG} of a role: ${vends.error.why}.`)
    if (vends.value.kind === 'grant') checkPassingGrant(vends.value.grant.arn, context)
  }
}
