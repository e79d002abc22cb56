import { isProviderName } from '../../logins/index.ts'
import { unlinkLogin as unlink } from '../../pools/index.ts'
import { Fault, structure } from '../../protocol/index.ts'
import { noSuchIdentity, noSuchPool } from '../faults.ts'
import { signedOperation } from '../operation.ts'
import { addressed, identityIn, onPool } from '../pool/index.ts'
import { noSuchLogin } from './faults.ts'
import { NAMES } from './identity-details.ts'
import { loginOfIdentity, subjectOnRecord } from './login-of-identity.ts'
import { loginsNamed } from './named-login.ts'

/**
 * Takes one login off an identity, by the word of an operator. The pool need not list its provider any more. Without a login the
 * identity is disabled, as at UnlinkIdentity. Not of AWS's API.
 */
export const unlinkLogin = signedOperation({
  service: 'edge-identity',
  name: 'UnlinkLogin',
  input: structure(loginOfIdentity),
  ...onPool,
  async run({ Developer, DryRun: dryRun, IdentityId, IdentityPoolId, Provider, Subject }, context) {
    const { caller, note, operationId, pools } = context
    const id = addressed(IdentityPoolId, caller)
    const identity = identityIn(id, IdentityId)
    const provider = isProviderName(Provider) ? { provider: Provider } : {}
    note({ decision: { pool: id.text, identity: IdentityId, ...provider, ...(await subjectOnRecord(Subject)) } })
    const logins = loginsNamed({ provider: Provider, subject: Subject, developer: Developer ?? false })
    const unlinked = await unlink(pools, { id, account: caller.account, dryRun }, identity, logins, operationId)
    if (unlinked.kind !== 'unlinked') note({ decision: { reason: unlinked.kind } })
    switch (unlinked.kind) {
      case 'no_pool':
        throw noSuchPool(IdentityPoolId)
      case 'no_identity':
        throw noSuchIdentity(IdentityId)
      case 'no_login':
        throw noSuchLogin()
      case 'login_elsewhere':
        throw belongsTo(`${id.region}:${unlinked.uuid}`)
      case 'unlinked': {
        const IdentityId = `${id.region}:${unlinked.uuid}`
        note({ decision: { identity: IdentityId } })
        return { IdentityId, State: NAMES[unlinked.state], ...(dryRun && { DryRun: true }) }
      }
    }
  },
})

const belongsTo = (other: string) => new Fault('ResourceConflictException', `The login belongs to identity '${other}'.`)
