import { parseArn } from '../../base/arn.ts'
import { isTagText } from '../../base/tag-text.ts'
import { MAX_TAGS } from '../../pools/index.ts'
import type { Caller } from '../caller.ts'
import { invalidParameter, noSuchPool, tooManyTags } from '../faults.ts'
import type { TagChange } from '../operation.ts'
import { poolArn, poolNamed } from './pool-address.ts'
import { checkSettingTags } from './setting-tags.ts'

/**
 * Refuses tags that no resource may have: rules of the page on tagging in the Amazon Cognito developer guide, and those of
 * the tags that set how this service treats a pool of that region.
 */
export function checkTags(tags: ReadonlyMap<string, string>, poolRegion: string): void {
  if (tags.size > MAX_TAGS) throw tooManyTags()
  // First, because it can say what to write instead of a character that tags may not have.
  checkSettingTags(tags, poolRegion)
  for (const [key, value] of tags) {
    if (/^aws:/i.test(key)) throw invalidParameter(`Tag keys may not begin with aws: (${key}).`)
    if (!isTagText(key) || !isTagText(value))
      throw invalidParameter(`The tag ${key} has characters that tags may not have.`)
  }
}

/** The pool id in the ARN of a pool of the caller's, or the fault for any other ARN. */
export function poolOfArn(resourceArn: string, caller: Caller): string {
  const arn = parseArn(resourceArn)
  const poolId = arn?.resource.replace(/^identitypool\//, '') ?? ''
  if (arn?.service !== 'cognito-identity' || arn.resource === poolId)
    throw invalidParameter(`${resourceArn} is not the ARN of an identity pool.`)
  if (resourceArn !== poolArn(poolId, caller.account)) throw noSuchPool(poolId)
  return poolId
}

/** For operations on the tags of one pool: the resource that the caller's policy is asked about, and the pool behind it. */
export const onTaggedPool = {
  resource: (input: { ResourceArn: string }) => input.ResourceArn,
  pools: ({ ResourceArn }: { ResourceArn: string }) =>
    poolNamed({ IdentityPoolId: ResourceArn.replace(/^.*identitypool\//, '') }),
}

/** What settings that may bring tags do to those of the pool. */
export function tagsReplaced(input: {
  IdentityPoolTags?: ReadonlyMap<string, string> | undefined
}): TagChange | undefined {
  return input.IdentityPoolTags && { kind: 'replace', tags: [...input.IdentityPoolTags] }
}
