import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { anyArn, changePool, checkTags, noteSettingTags, onTaggedPool, poolOfArn, poolTags } from '../pool/index.ts'

/** Adds tags to a pool, and overwrites those whose keys it has. */
export const tagResource = signedOperation({
  service: 'cognito-identity',
  name: 'TagResource',
  input: structure({ ResourceArn: required(anyArn), Tags: required(poolTags) }),
  ...onTaggedPool,
  tags: (input) => ({ kind: 'add', tags: [...input.Tags] }),
  async run(input, context) {
    checkTags(input.Tags, context.caller.region)
    await changePool(poolOfArn(input.ResourceArn, context.caller), { kind: 'tag', tags: input.Tags }, context)
    noteSettingTags(input.Tags, context)
    return {}
  },
})
