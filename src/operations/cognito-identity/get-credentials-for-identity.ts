import { parseArn } from '../../base/arn.ts'
import type { Pool } from '../../pools/index.ts'
import { optional, required, structure } from '../../protocol/index.ts'
import { chooseRole, type RoleChoice } from '../../roles/index.ts'
import { OPENID_TOKEN_SECONDS } from '../../tokens/index.ts'
import { assumeRoleFor } from '../assume-role.ts'
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
  limitedBy: (input) => ({ key: input.IdentityId, newGuest: false }),
  async run(input, context) {
    const given = input.Logins ?? new Map()
    const identified = await identify(NAME, input.IdentityId, context, (pool) =>
      acceptLogins(given, input.IdentityId, pool, context),
    )
    const { identityId: effectiveId, guest, pool } = identified
    const role = allowedRole(chooseFor(identified, input.CustomRoleArn), identified, input.CustomRoleArn, context)
    const tags = principalTags(identified.logins, pool.settings)
    if (tags.kind === 'denied') {
      audit(identified, context, 'credentials_refused', { role, reason: tags.why })
      throw poolMisconfigured()
    }
    const claims = claimsOf(identified, tags.tags)
    const assumed = await assumeRoleFor(
      {
        identity: { subject: claims.sub, audience: claims.aud, amr: claims.amr, principalTags: tags.tags },
        roleArn: role,
        sessionName: SESSION_NAME,
        durationSeconds: SESSION_SECONDS,
        region: pool.id.slice(0, pool.id.indexOf(':')),
        scopeDown: guest && input.CustomRoleArn === undefined,
      },
      () => signToken(claims, OPENID_TOKEN_SECONDS, context),
      context,
    )
    if (!assumed.ok) {
      audit(identified, context, 'credentials_refused', { role, ...assumed.error })
      throw assumeFault(assumed.error)
    }
    const { accessKeyId, expiration, secretAccessKey, sessionToken } = assumed.value
    audit(identified, context, 'credentials_issued', { role, accessKeyId, expiration })
    return {
      IdentityId: effectiveId,
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: expiration,
      },
    }
  },
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
  const claimed = logins.flatMap((login) =>
    login.claimed ? [{ mappingKey: login.claimed.roleMappingKey, claims: login.claimed.claims }] : [],
  )
  return chooseRole(pool.settings, { guest, logins: claimed }, customRole)
}

/** The chosen role's ARN, or the fault for there being none. In this flow the role is one of the pool's own account. */
function allowedRole(
  choice: RoleChoice,
  identified: Identified,
  customRole: string | undefined,
  context: RequestContext,
): string {
  if (choice.kind === 'role' && parseArn(choice.arn)?.account === identified.pool.account) return choice.arn
  const why = choice.kind === 'role' ? 'foreign_role' : choice.why
  audit(identified, context, 'credentials_refused', { reason: why })
  if (choice.kind === 'denied' && choice.why === 'ambiguous') throw ambiguousRoles(choice.mappingKey)
  if (choice.kind === 'denied' && choice.why === 'custom_role') throw roleForbidden(customRole ?? '')
  throw poolMisconfigured()
}

/** One record for each issuance and each refusal. It names who, what and why, and holds no token and no secret. */
function audit(
  { identityId, guest, logins, pool }: Identified,
  { clientAddress, requestId, sts, world }: RequestContext,
  event: 'credentials_issued' | 'credentials_refused',
  found: Record<string, string | number>,
): void {
  world.log.info(event, {
    requestId,
    clientAddress,
    account: pool.account,
    pool: pool.id,
    identity: identityId,
    guest,
    providers: logins.map((login) => login.used.provider),
    broker: sts.kind === 'embedded' ? 'embedded' : sts.endpoint,
    ...found,
  })
}
