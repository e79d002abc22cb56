import { list, required, string, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { anyArn, changePool, onTaggedPool, poolOfArn } from '../pool/index.ts'

export const untagResource = signedOperation({
  service: 'cognito-identity',
  name: 'UntagResource',
  input: structure({ ResourceArn: required(anyArn), TagKeys: required(list(string({ min: 1, max: 128 }))) }),
  ...onTaggedPool,
  tags: (input) => ({ kind: 'remove', keys: input.TagKeys }),
  async run(input, context) {
    await changePool(poolOfArn(input.ResourceArn, context.caller), { kind: 'untag', keys: input.TagKeys }, context)
    return {}
  },
})
