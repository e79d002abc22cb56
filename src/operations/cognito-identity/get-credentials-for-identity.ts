import { homeOf } from '../../base/ids.ts'
import type { LogFields } from '../../base/log.ts'
import { err, ok, type Result } from '../../base/result.ts'
import type { TemporaryCredentials } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import { type Fault, optional, required, structure } from '../../protocol/index.ts'
import { chooseRole, type RoleChoice } from '../../roles/index.ts'
import { OPENID_TOKEN_SECONDS } from '../../tokens/index.ts'
import { assumeRoleFor } from '../assume-role.ts'
import { audited, type Learn } from '../audit.ts'
import { isRoleOf } from '../callers.ts'
import { ambiguousRoles, assumeFault, poolMisconfigured, roleForbidden } from '../faults.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { signToken } from '../signing.ts'
import { claimsOf } from './claims.ts'
import { acceptDeveloperToken, HAND_BACK_KEYS } from './developer-token.ts'
import { type Identified, identify } from './identify.ts'
import type { AcceptedLogin } from './login.ts'
import { principalTags } from './principal-tags.ts'
import { arn, identityId, logins } from './shapes.ts'
import { verifyLogins } from './verify-logins.ts'

const SESSION_NAME = 'CognitoIdentityCredentials'
const SESSION_SECONDS = 3600

const NAME = 'GetCredentialsForIdentity'

/** Temporary credentials for an identity: the enhanced flow, in which the pool chooses the role. */
export const getCredentialsForIdentity = publicOperation({
  service: 'cognito-identity',
  name: NAME,
  input: structure({ IdentityId: required(identityId), Logins: optional(logins), CustomRoleArn: optional(arn) }),
  limitedBy: (input) => ({ key: homeOf(input.IdentityId), newGuest: false }),
  run: (input, context) =>
    audited(NAME, context, async (learn) => {
      const { CustomRoleArn: customRole, IdentityId: named, Logins: given = new Map() } = input
      learn({ identity: named })
      const identified = await identify(NAME, named, context, async (pool) => {
        const accepted = await acceptLogins(given, named, pool, context)
        // Without a login it is a guest, or the pool refuses. Nothing is linked, merged or used up if there is no grant.
        const settled = grantFor({ guest: accepted.length === 0, logins: accepted, pool }, customRole)
        return { logins: accepted, settled, trial: !settled.ok }
      })
      learn(factsOf(identified))
      const granted = identified.settled
      if (!granted.ok) {
        learn(granted.error.why)
        throw granted.error.fault
      }
      learn({ role: granted.value.role })
      const issued = await vend(identified, granted.value, context, learn)
      const { accessKeyId, expiration, secretAccessKey, sessionToken } = issued
      learn({ accessKeyId, expiration })
      return {
        IdentityId: identified.identityId,
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: expiration,
        },
      }
    }),
})

/** Verifies what the request brings. Only here may a client hand back the token that its backend got for it. */
async function acceptLogins(
  given: ReadonlyMap<string, string>,
  identityId: string,
  pool: Pool,
  context: RequestContext,
): Promise<AcceptedLogin[]> {
  const handedBack = [...given].filter(([key]) => HAND_BACK_KEYS.has(key))
  const others = new Map([...given].filter(([key]) => !HAND_BACK_KEYS.has(key)))
  const developer = await Promise.all(
    handedBack.map(([, token]) => acceptDeveloperToken(token, identityId, pool, context)),
  )
  return [...developer, ...(await verifyLogins(others, pool, context))]
}

/** What decides over a role: of an identity, everything but its id. */
type Claimant = Pick<Identified, 'guest' | 'logins' | 'pool'>

interface Grant {
  role: string
  tags: Readonly<Record<string, string>>
}

/** The role and the session tags that the pool has for an identity; or the fault, with why for the audit record. */
function grantFor(
  { guest, logins, pool }: Claimant,
  customRole: string | undefined,
): Result<Grant, { fault: Fault; why: LogFields }> {
  const claimed = logins.flatMap((login) => login.claimed ?? [])
  const choice = chooseRole(pool.settings, { guest, logins: claimed }, customRole)
  if (choice.kind === 'denied') return err({ fault: denial(choice, customRole), why: { reason: choice.why } })
  const role = choice.arn
  if (!isRoleOf(pool.account, role)) return err({ fault: poolMisconfigured(), why: { reason: 'foreign_role', role } })
  const tags = principalTags(logins, pool.settings)
  if (tags.kind === 'denied') return err({ fault: poolMisconfigured(), why: { reason: tags.why, role } })
  return ok({ role, tags: tags.tags })
}

function denial(denied: Extract<RoleChoice, { kind: 'denied' }>, customRole: string | undefined): Fault {
  switch (denied.why) {
    case 'ambiguous':
      return ambiguousRoles(denied.mappingKey)
    case 'custom_role':
      return roleForbidden(customRole ?? '')
    case 'no_role':
      return poolMisconfigured()
  }
}

async function vend(
  identified: Identified,
  { role, tags }: Grant,
  context: RequestContext,
  learn: Learn,
): Promise<TemporaryCredentials> {
  const { guest, pool } = identified
  const claims = claimsOf(identified, tags)
  const request = {
    identity: { subject: claims.sub, audience: claims.aud, amr: claims.amr, principalTags: tags },
    roleArn: role,
    sessionName: SESSION_NAME,
    durationSeconds: SESSION_SECONDS,
    region: pool.id.slice(0, pool.id.indexOf(':')),
    scopeDown: guest,
  }
  const assumed = await assumeRoleFor(request, () => signToken(claims, OPENID_TOKEN_SECONDS, context), context)
  if (assumed.ok) return assumed.value
  learn({ ...assumed.error })
  throw assumeFault(assumed.error)
}

function factsOf({ guest, identityId, logins, pool }: Identified) {
  const providers = logins.map((login) => login.used.provider)
  return { account: pool.account, pool: pool.id, identity: identityId, guest, providers }
}
