import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { arn, onTaggedPool, ownPool, poolOfArn } from '../pool/index.ts'

export const listTagsForResource = signedOperation({
  service: 'cognito-identity',
  name: 'ListTagsForResource',
  input: structure({ ResourceArn: required(arn) }),
  ...onTaggedPool,
  async run(input, context) {
    const pool = await ownPool(poolOfArn(input.ResourceArn, context.caller), context)
    return { Tags: pool.settings.tags ?? new Map() }
  },
})
