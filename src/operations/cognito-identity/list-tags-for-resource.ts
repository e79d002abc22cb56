import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { anyArn, onTaggedPool, ownPool, poolOfArn } from '../pool/index.ts'

export const listTagsForResource = signedOperation({
  service: 'cognito-identity',
  name: 'ListTagsForResource',
  input: structure({ ResourceArn: required(anyArn) }),
  ...onTaggedPool,
  async run(input, context) {
    const pool = await ownPool(poolOfArn(input.ResourceArn, context.caller), context)
    return { Tags: pool.settings.tags ?? new Map() }
  },
})
