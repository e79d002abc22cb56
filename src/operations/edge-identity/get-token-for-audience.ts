import { poolTagOf } from '../../base/ids.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { AUDIENCE_ALGORITHMS, AUDIENCE_TOKEN_SECONDS } from '../../tokens/index.ts'
import { invalidParameter, poolMisconfigured } from '../faults.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { audience, identityId, logins, tokenAudienceOf, tokenSeconds, type WholeTokenAudience } from '../pool/index.ts'
import {
  acceptLoginsOrToken,
  checkAudiences,
  federationOff,
  type Identified,
  identify,
  payloadTooLarge,
  poolOfIdentity,
  signAudienceToken,
  type TokenForm,
  tokenClaims,
} from '../sign-in/index.ts'
import { checkTrust, roleFor, type TokenRole } from './token-role.ts'

const NAME = 'GetTokenForAudience'

const shape = structure({
  IdentityId: required(identityId),
  Logins: optional(logins),
  Audience: required(audience),
  DurationSeconds: optional(tokenSeconds),
  SigningAlgorithm: optional(string({ values: AUDIENCE_ALGORITHMS })),
})

/**
 * A token by which another relying party knows an identity, for whoever can sign in as it: the same logins as for
 * GetCredentialsForIdentity. The pool says for which audiences. Not of AWS's API.
 */
export const getTokenForAudience = publicOperation({
  service: 'edge-identity',
  name: NAME,
  input: shape,
  limitedBy: (given) => poolTagOf(given('IdentityId')),
  async run(input, context) {
    const { IdentityId: named, Logins: given = new Map(), SigningAlgorithm: algorithm = 'RS256' } = input
    checkAudiences([input.Audience], context)
    const identified = await identify(NAME, poolOfIdentity(named), context, async (pool) => {
      const allowed = await allowedAudience(input, pool, context)
      const accepted = await acceptLoginsOrToken(given, named, pool, context)
      const guest = accepted.length === 0
      if (guest && !allowed.guests)
        throw refused('audience_not_for_guests', 'Guests have no tokens for this audience.', context)
      const granted = roleFor({ guest, logins: accepted, pool }, context)
      return { logins: accepted, decided: { allowed, granted }, dryRun: !granted.ok }
    })
    const { allowed, granted } = identified.decided
    if (!granted.ok) {
      context.note({ decision: granted.error.why })
      throw granted.error.fault
    }
    await checkTrust(identified, granted.value, context)
    const lifetimeSeconds = input.DurationSeconds ?? Math.min(AUDIENCE_TOKEN_SECONDS, allowed.maxSeconds)
    const form = { ...allowed, audiences: [allowed.audience], algorithm, lifetimeSeconds }
    return tokenFor(identified, granted.value, form, context)
  },
})

async function tokenFor(identified: Identified, { role, tags }: TokenRole, form: TokenForm, context: RequestContext) {
  const { identityId, pool } = identified
  context.note({ decision: { audiences: form.audiences, role } })
  const { amr } = tokenClaims(identified, tags)
  const holder = { account: pool.account, pool: pool.id, identityId, role, amr, tags }
  const signed = await signAudienceToken(holder, form, context)
  if (signed.ok) return { IdentityId: identityId, Token: signed.value.token, Expiration: signed.value.exp }
  context.note({ decision: { ...signed.error } })
  throw signed.error.reason === 'payload_too_large' ? payloadTooLarge() : poolMisconfigured()
}

/** The audience as the pool has it, if the account gives out such tokens at all. */
async function allowedAudience(
  { Audience, DurationSeconds }: Value<typeof shape>,
  pool: Pool,
  context: RequestContext,
): Promise<WholeTokenAudience> {
  const { accounts, position } = context
  const { enabled } = await accounts.outbound(pool.account, undefined, position)
  if (!enabled || !pool.settings.tokenAudiences?.length) throw federationOff()
  const allowed = tokenAudienceOf(pool, Audience)
  if (!allowed) throw refused('audience_not_listed', 'The identity pool has no tokens for this audience.', context)
  if (DurationSeconds !== undefined && DurationSeconds > allowed.maxSeconds)
    throw invalidParameter(`A token for this audience lives ${allowed.maxSeconds} seconds at most.`)
  return allowed
}

function refused(reason: string, message: string, { note }: Pick<RequestContext, 'note'>): Fault {
  note({ decision: { reason } })
  return new Fault('NotAuthorizedException', message)
}
