import { isSameProvider, isSubject, nameOf } from '../../logins/index.ts'
import { linkLogin as link, type Pool, type ProvenLogin } from '../../pools/index.ts'
import { Fault, structure, type Value } from '../../protocol/index.ts'
import {
  invalidParameter,
  noSuchIdentity,
  noSuchPool,
  tooManyLoginsFault,
  unsupportedDeveloperProvider,
} from '../faults.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { addressed, identityIn, onPool } from '../pool/index.ts'
import { trustedProviders } from '../sign-in/index.ts'
import { identityDisabled } from './faults.ts'
import { loginOfIdentity, subjectOnRecord } from './login-of-identity.ts'
import { loginsNamed } from './named-login.ts'

const input = structure(loginOfIdentity)

/**
 * Links a login to an identity by the word of an operator, where a user would sign in with both. All else is refused that is
 * refused to users. Not of AWS's API.
 */
export const linkLogin = signedOperation({
  service: 'edge-identity',
  name: 'LinkLogin',
  input,
  ...onPool,
  async run(input, context) {
    const { caller, note, pools } = context
    const { DryRun: dryRun, IdentityId, IdentityPoolId, Subject } = input
    const id = addressed(IdentityPoolId, caller)
    const identity = identityIn(id, IdentityId)
    const found = await pools.read(id, caller.account)
    if (found.kind !== 'pool') throw noSuchPool(IdentityPoolId)
    const login = await loginIn(found.pool, input, context)
    note({
      decision: { pool: id.text, identity: IdentityId, provider: login.provider, ...(await subjectOnRecord(Subject)) },
    })
    const aliases = loginsNamed(login).filter(({ provider }) => provider !== login.provider)
    const linked = await link(pools, { id, account: caller.account, dryRun }, identity, login, aliases)
    if (linked.kind !== 'linked') note({ decision: { reason: linked.kind } })
    switch (linked.kind) {
      case 'no_pool':
        throw noSuchPool(IdentityPoolId)
      case 'no_identity':
        throw noSuchIdentity(IdentityId)
      case 'disabled':
        throw identityDisabled(IdentityId)
      case 'login_elsewhere':
        throw belongsTo(`${id.region}:${linked.uuid}`)
      case 'second_login':
      case 'too_many_logins':
        throw tooManyLoginsFault(linked)
      case 'linked': {
        const IdentityId = `${id.region}:${linked.uuid}`
        note({ decision: { identity: IdentityId } })
        return { IdentityId, ...(dryRun && { DryRun: true, Changes: linked.changes }) }
      }
    }
  },
})

const belongsTo = (other: string) =>
  new Fault(
    'ResourceConflictException',
    `The login belongs to identity '${other}'. MergeIdentities makes one identity of the two; UnlinkLogin takes it off that one.`,
  )

/** The login under the name that the pool keeps it under, if the pool lists its provider. */
async function loginIn(
  pool: Pool,
  { Developer, Provider, Subject: subject }: Value<typeof input>,
  context: SignedContext,
): Promise<ProvenLogin> {
  if (Developer) {
    if (pool.settings.developerProvider !== Provider) throw unsupportedDeveloperProvider()
    return { provider: Provider, subject, developer: true }
  }
  const trusted = await trustedProviders(pool, context)
  const listed = trusted.find((one) => one.kind !== 'unsupported' && isSameProvider(nameOf(one), Provider))
  if (!listed)
    throw invalidParameter(
      pool.settings.developerProvider === Provider
        ? 'The provider is the developer provider of this identity pool: say so with Developer.'
        : 'This identity pool does not support the specified provider.',
    )
  if (!isSubject(subject))
    throw invalidParameter('The subject must be a text of 1 to 255 characters, without control characters.')
  return { provider: nameOf(listed), subject, developer: false }
}
