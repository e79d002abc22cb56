import { poolTagOf } from '../../base/ids.ts'
import type { TemporaryCredentials } from '../../credentials/index.ts'
import { optional, required, structure } from '../../protocol/index.ts'
import { OPENID_TOKEN_SECONDS } from '../../tokens/index.ts'
import { assumeFault, poolMisconfigured } from '../faults.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { anyArn, identityId, logins } from '../pool/index.ts'
import {
  acceptLoginsOrToken,
  askAheadOfVending,
  type Grant,
  grantFor,
  type Identified,
  identify,
  poolOfIdentity,
  sessionFor,
  signToken,
  tokenClaims,
  vend,
} from '../sign-in/index.ts'

const NAME = 'GetCredentialsForIdentity'

/** Temporary credentials for an identity: the enhanced flow, in which the pool chooses the role. */
export const getCredentialsForIdentity = publicOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({ IdentityId: required(identityId), Logins: optional(logins), CustomRoleArn: optional(anyArn) }),
  limitedBy: (given) => poolTagOf(given('IdentityId')),
  async run(input, context) {
    const { CustomRoleArn: customRole, IdentityId: named, Logins: given = new Map() } = input
    const identified = await identify(NAME, poolOfIdentity(named), context, async (pool) => {
      const accepted = await acceptLoginsOrToken(given, named, pool, context)
      // Without a login it is a guest, or the pool refuses. Nothing is linked, merged or used up if there is no grant.
      const guest = accepted.length === 0
      const decided = grantFor({ guest, logins: accepted, pool }, customRole, context)
      const ahead = decided.ok ? () => askAheadOfVending({ guest, pool }, decided.value.role, context) : undefined
      return { logins: accepted, decided, dryRun: !decided.ok, ahead }
    })
    const granted = identified.decided
    if (!granted.ok) {
      context.note({ decision: granted.error.why })
      throw granted.error.fault
    }
    const { accessKeyId, expiration, secretAccessKey, sessionToken } = await credentialsFor(
      identified,
      granted.value,
      context,
    )
    return {
      IdentityId: identified.identityId,
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiration,
      },
    }
  },
})

async function credentialsFor(
  identified: Identified,
  grant: Grant,
  context: RequestContext,
): Promise<TemporaryCredentials> {
  const { chosen, role, tags } = grant
  context.note({ decision: { role, roleChosen: { ...chosen }, tagKeys: Object.keys(tags) } })
  const claims = tokenClaims(identified, tags)
  const mintToken = ({ lifetimeSeconds = OPENID_TOKEN_SECONDS, ...form }) =>
    signToken(claims, { lifetimeSeconds, ...form, forSts: true }, context)
  const session = await sessionFor(identified, role, claims, context)
  if (!session.ok) {
    context.note({ decision: { ...session.error } })
    throw poolMisconfigured()
  }
  const assumed = await vend(session.value, mintToken, context)
  if (!assumed.ok) throw assumeFault(assumed.error)
  return assumed.value
}
