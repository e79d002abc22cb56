import { required, structure } from '../../protocol/index.ts'
import { signedOperation } from '../operation.ts'
import { ownPool } from '../pool/own-pool.ts'
import { arn } from '../pool/shapes.ts'
import { poolOfArn } from '../pool/tags.ts'

export const listTagsForResource = signedOperation({
  service: 'cognito-identity',
  name: 'ListTagsForResource',
  input: structure({ ResourceArn: required(arn) }),
  resource: (input) => input.ResourceArn,
  async run(input, context) {
    const pool = await ownPool(poolOfArn(input.ResourceArn, context.caller), context)
    return { Tags: pool.settings.tags ?? new Map() }
  },
})
