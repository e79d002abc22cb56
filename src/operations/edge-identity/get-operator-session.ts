import { equalSecrets } from '../../base/bytes.ts'
import { seconds } from '../../base/world.ts'
import { issueOperatorSession } from '../../credentials/index.ts'
import type { VerifiedLogin } from '../../logins/index.ts'
import { Fault, optional, string, structure, type Value } from '../../protocol/index.ts'
import { operatorSessionKey } from '../../tokens/index.ts'
import { invalidParameter, loginFault } from '../faults.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import type { OperatorProvider } from '../operators.ts'
import { operatorIn, operatorName, roleOfOperator } from '../permission/index.ts'
import { currentRing, printable } from '../sign-in/index.ts'
import { MAX_NONCE_CHARS, MAX_OPERATOR_TOKEN_AGE_SECONDS, MAX_TOKEN_CHARS } from './limits.ts'

const input = structure({
  IdToken: optional(string({ min: 1, max: MAX_TOKEN_CHARS, sensitive: true })),
  Nonce: optional(string({ min: 16, max: MAX_NONCE_CHARS, sensitive: true })),
  RoleName: optional(string({ min: 1, max: 32, pattern: '[A-Za-z0-9_]+' })),
})

/**
 * A temporary access key for an operator who has signed in at the provider of OPERATOR_OIDC, for an hour, with what the role may
 * do that the claims match. With Cloudflare Access the token comes with the request, and the input has none. Not of AWS's API.
 */
export const getOperatorSession = publicOperation({
  service: 'edge-identity',
  name: 'GetOperatorSession',
  input,
  limitedBy: () => 'operators',
  async run(input, context) {
    const { note, operators, world } = context
    const { provider } = operators
    if (!provider) throw new Fault('NotAuthorizedException', 'Operators do not sign in here: OPERATOR_OIDC is not set.')
    const login = await verified(input, provider, context)
    const role = roleOfOperator(login.claims, operators, input.RoleName)
    const name = await operatorName(login.provider, login.subject)
    if (!role) {
      note({ decision: { reason: 'operator_role', operator: name } })
      throw new Fault('NotAuthorizedException', 'No role of operators matches the claims of this token.')
    }
    const key = await operatorSessionKey(await currentRing(context))
    const { accessKeyId, expiration, secret, token } = await issueOperatorSession({ name, role: role.name }, key, world)
    const { account, arn } = (await operatorIn(role, name, accessKeyId))('')
    note({ account, decision: { operator: name, role: arn }, response: { accessKeyId } })
    return {
      RoleName: role.name,
      Account: account,
      Arn: arn,
      Credentials: { AccessKeyId: accessKeyId, SecretKey: secret, SessionToken: token, Expiration: expiration },
    }
  },
})

/** Who signs in. A token is good for its client, for the page that asked for it, and for some minutes. */
async function verified(
  { IdToken, Nonce }: Value<typeof input>,
  provider: OperatorProvider,
  context: RequestContext,
): Promise<VerifiedLogin> {
  const { access, clientId, keysUrl, name } = provider
  const token = access ? context.accessAssertion() : IdToken
  if (access && IdToken !== undefined)
    throw invalidParameter('Operators sign in by Cloudflare Access. Leave IdToken out.')
  if (token === undefined)
    throw access
      ? refused('no_assertion', 'The request did not come through Cloudflare Access.', context)
      : invalidParameter('Give IdToken and Nonce.')
  const trusted = { kind: 'oidc', arn: '', name, clientIds: [clientId], keysUrl } as const
  const verdict = await context.logins.verify({ provider: name, token }, [trusted])
  if (!verdict.ok) {
    const { reason, ...found } = verdict.error
    context.note({ decision: { reason, ...printable(found) } })
    throw loginFault(verdict.error)
  }
  if (!access) checkFresh(verdict.value.claims, Nonce, context)
  return verdict.value
}

/** A token that was made for another page, or a while ago, may have been taken from where it lay. */
function checkFresh(
  { iat, nonce }: VerifiedLogin['claims'],
  wanted: string | undefined,
  context: RequestContext,
): void {
  if (wanted === undefined) throw invalidParameter('Give IdToken and Nonce.')
  if (typeof nonce !== 'string' || !equalSecrets(nonce, wanted))
    throw refused('nonce', 'The nonce of the token is not that of the request.', context)
  if (typeof iat !== 'number' || seconds(context.world.now()) - iat > MAX_OPERATOR_TOKEN_AGE_SECONDS)
    throw refused('too_old', 'The token is too old to sign in with. Sign in at the provider again.', context)
}

function refused(reason: string, message: string, { note }: RequestContext): Fault {
  note({ decision: { reason } })
  return new Fault('NotAuthorizedException', message)
}
