import { poolTagOf } from '../../base/ids.ts'
import type { Pool } from '../../pools/index.ts'
import { type Fault, optional, required, structure } from '../../protocol/index.ts'
import { OPENID_TOKEN_SECONDS } from '../../tokens/index.ts'
import { invalidParameter } from '../faults.ts'
import { publicOperation } from '../operation.ts'
import { identityId, logins } from '../pool/index.ts'
import {
  currentRing,
  identify,
  poolOfIdentity,
  signToken,
  tokenClaims,
  tokenTags,
  verifyLogins,
} from '../sign-in/index.ts'

const NAME = 'GetOpenIdToken'

/** A token of ours for an identity: the basic flow, whose holder then chooses a role at STS. */
export const getOpenIdToken = publicOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({ IdentityId: required(identityId), Logins: optional(logins) }),
  limitedBy: (given) => poolTagOf(given('IdentityId')),
  async run(input, context) {
    const given = input.Logins ?? new Map()
    const identified = await identify(NAME, poolOfIdentity(input.IdentityId), context, async (pool) => {
      checkBasicFlow(pool, given)
      const accepted = await verifyLogins(given, pool, context)
      // Judged before the logins are linked: what is refused changes nothing.
      return {
        logins: accepted,
        decided: tokenTags(accepted, pool.settings, context),
        ahead: () => currentRing(context),
      }
    })
    const form = { lifetimeSeconds: OPENID_TOKEN_SECONDS }
    const token = await signToken(tokenClaims(identified, identified.decided), form, context)
    return { IdentityId: identified.identityId, Token: token }
  },
})

function checkBasicFlow({ settings }: Pool, logins: ReadonlyMap<string, string>): void {
  if (settings.allowClassicFlow === false) throw useEnhancedFlow('is not enabled')
  if (settings.roleMappings.size > 0) throw useEnhancedFlow('is not supported with RoleMappings')
  if ([...logins.keys()].some((provider) => settings.samlProviderArns?.includes(provider)))
    throw useEnhancedFlow('is not supported with SAML')
}

function useEnhancedFlow(why: string): Fault {
  return invalidParameter(`Basic (classic) flow ${why}, please use enhanced flow.`)
}
