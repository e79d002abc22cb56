import { uuidOf } from '../../pools/index.ts'
import { optional, pageToken, readPageToken, required, structure } from '../../protocol/index.ts'
import {
  badPageToken,
  developerUserElsewhere,
  invalidParameter,
  noSuchDeveloperUser,
  noSuchIdentity,
  noSuchPool,
} from '../faults.ts'
import { signedOperation } from '../operation.ts'
import {
  addressed,
  developerUser,
  identityId,
  identityIn,
  maxResults,
  nextToken,
  onPool,
  poolId,
} from '../pool/index.ts'
import { MAX_LOOKUP_RESULTS } from './limits.ts'

const NAME = 'LookupDeveloperIdentity'

/** The identity of a developer user, the developer users of an identity, or whether the two belong together. */
export const lookupDeveloperIdentity = signedOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({
    IdentityPoolId: required(poolId),
    IdentityId: optional(identityId),
    DeveloperUserIdentifier: optional(developerUser),
    MaxResults: optional(maxResults),
    NextToken: optional(nextToken),
  }),
  ...onPool,
  async run(input, { caller, pools }) {
    const pool = addressed(input.IdentityPoolId, caller)
    const { DeveloperUserIdentifier: subject, IdentityId: named, MaxResults: limit = MAX_LOOKUP_RESULTS } = input
    if (named === undefined && subject === undefined)
      throw invalidParameter('Either IdentityId or DeveloperUserIdentifier must be given.')
    const found = await pools.read(pool, caller.account)
    if (found.kind !== 'pool') throw noSuchPool(input.IdentityPoolId)
    const id = named === undefined ? undefined : identityIn(pool, named)
    const scope = `${pool.text} ${named ?? ''} ${subject ?? ''}`
    const after = input.NextToken === undefined ? '' : readPageToken(input.NextToken, NAME, scope)
    if (after === undefined) throw badPageToken()
    const provider = found.pool.settings.developerProvider ?? ''
    const lookup = { provider, identity: id && uuidOf(id), subject, after, limit: limit + 1 }
    const answer = await pools.lookupDeveloper(pool, caller.account, lookup)
    switch (answer.kind) {
      case 'no_pool':
        throw noSuchPool(input.IdentityPoolId)
      case 'no_identity':
        throw noSuchIdentity(named ?? '')
      case 'no_developer_user':
        throw noSuchDeveloperUser(subject ?? '')
      case 'mismatch':
        throw developerUserElsewhere()
      case 'developer_users': {
        const users = answer.subjects.slice(0, limit)
        const last = users.at(-1)
        return {
          IdentityId: `${pool.region}:${answer.uuid}`,
          DeveloperUserIdentifierList: users,
          NextToken: answer.subjects.length > limit && last ? pageToken(NAME, scope, last) : undefined,
        }
      }
    }
  },
})
