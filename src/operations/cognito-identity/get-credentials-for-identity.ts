import { homeOf } from '../../base/ids.ts'
import type { TemporaryCredentials } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import { optional, required, structure } from '../../protocol/index.ts'
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
      const identified = await identify(NAME, named, context, (pool) => acceptLogins(given, named, pool, context))
      learn(factsOf(identified))
      const role = allowedRole(chooseFor(identified, customRole), identified.pool, customRole, learn)
      learn({ role })
      const issued = await vend(identified, role, context, learn)
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

function chooseFor({ guest, logins, pool }: Identified, customRole: string | undefined): RoleChoice {
  const claimed = logins.flatMap((login) => login.claimed ?? [])
  return chooseRole(pool.settings, { guest, logins: claimed }, customRole)
}

/** The chosen role's ARN, or the fault for there being none. */
function allowedRole(choice: RoleChoice, pool: Pool, customRole: string | undefined, learn: Learn): string {
  if (choice.kind === 'role') {
    if (isRoleOf(pool.account, choice.arn)) return choice.arn
    learn({ reason: 'foreign_role', role: choice.arn })
    throw poolMisconfigured()
  }
  learn({ reason: choice.why })
  switch (choice.why) {
    case 'ambiguous':
      throw ambiguousRoles(choice.mappingKey)
    case 'custom_role':
      throw roleForbidden(customRole ?? '')
    case 'no_role':
      throw poolMisconfigured()
  }
}

async function vend(
  identified: Identified,
  roleArn: string,
  context: RequestContext,
  learn: Learn,
): Promise<TemporaryCredentials> {
  const { guest, logins, pool } = identified
  const tags = principalTags(logins, pool.settings)
  if (tags.kind === 'denied') {
    learn({ reason: tags.why })
    throw poolMisconfigured()
  }
  const claims = claimsOf(identified, tags.tags)
  const request = {
    identity: { subject: claims.sub, audience: claims.aud, amr: claims.amr, principalTags: tags.tags },
    roleArn,
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
