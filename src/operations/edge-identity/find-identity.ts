import { unverifiedLogin } from '../../logins/index.ts'
import { findIdentity as findIn, type ProvenLogin } from '../../pools/index.ts'
import { boolean, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { invalidParameter, noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, developerUser, onPool, poolId, providerName } from '../pool/index.ts'
import { noSuchLogin } from './faults.ts'
import { describeDetails } from './identity-details.ts'
import { MAX_TOKEN_CHARS } from './limits.ts'
import { loginsNamed } from './named-login.ts'

const input = structure({
  IdentityPoolId: required(poolId),
  Provider: optional(providerName),
  Subject: optional(developerUser),
  Developer: optional(boolean()),
  Token: optional(string({ min: 1, max: MAX_TOKEN_CHARS, sensitive: true })),
})

/**
 * The identity that has a login: by its provider and what the provider knows the user by, or by a token that is read and not
 * trusted. One call of one object, in a pool that is in one. Not of AWS's API.
 */
export const findIdentity = signedOperation({
  service: 'edge-identity',
  name: 'FindIdentity',
  // It gives out who somebody is, so that its successes are recorded too.
  readOnly: false,
  input,
  ...onPool,
  async run(input, context) {
    const { caller, issuer, pools } = context
    const id = addressed(input.IdentityPoolId, caller)
    const found = await findIn(pools, id, caller.account, loginsIn(input, issuer))
    if (found.kind === 'no_pool') throw noSuchPool(input.IdentityPoolId)
    if (!found.identity) throw noSuchLogin()
    const [described] = await describeDetails([found.identity], id, context)
    return described
  },
})

/** The logins that may be meant. */
function loginsIn({ Developer, Provider, Subject, Token }: Value<typeof input>, issuer: string): ProvenLogin[] {
  const [isNamed, isPart] = [Provider !== undefined && Subject !== undefined, Provider ?? Subject ?? Developer]
  if (Token !== undefined ? isPart !== undefined : !isNamed)
    throw invalidParameter('Give either Token, or Provider and Subject.')
  const { provider, subject } =
    Token === undefined ? { provider: Provider ?? '', subject: Subject ?? '' } : loginOf(Token, issuer)
  return loginsNamed({ provider, subject, developer: Developer ?? (Token === undefined ? undefined : false) })
}

function loginOf(token: string, ownIssuer: string) {
  const login = unverifiedLogin(token)
  if (!login) throw invalidParameter('Token is not a JSON web token with iss and sub.')
  if (login.issuer === ownIssuer)
    throw invalidParameter('Token is one of this service: its claim sub is the id of the identity.')
  return login
}
