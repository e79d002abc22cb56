import { parseArn } from '../base/arn.ts'
import type { Result } from '../base/result.ts'
import {
  type AssumeRejected,
  type AssumeRequest,
  assumeRole,
  assumeRoleRemotely,
  type TemporaryCredentials,
} from '../credentials/index.ts'
import { sessionKey } from './derived-keys.ts'
import type { Services } from './services.ts'
import { currentRing } from './signing.ts'

/** Credentials for a role from wherever this deployment gets them. `mintToken` is called only if a token leaves us. */
export async function assumeRoleFor(
  request: AssumeRequest,
  mintToken: () => Promise<string>,
  services: Services,
): Promise<Result<TemporaryCredentials, AssumeRejected>> {
  const { sts, world } = services
  return sts.kind === 'embedded'
    ? assumeRoleHere(request, services)
    : assumeRoleRemotely(request, { endpoint: sts.endpoint, mintToken, world })
}

/** Credentials from the embedded STS, by the role's record in its own account. */
export async function assumeRoleHere(request: AssumeRequest, services: Services) {
  const { accounts, issuer, knownAccounts, localMode, world } = services
  const account = parseArn(request.roleArn)?.account ?? ''
  // An account without an access key has no records here, and its object is left alone.
  const role = knownAccounts.has(account) ? await accounts.role(account, request.roleArn) : undefined
  const key = await sessionKey(await currentRing(services))
  return assumeRole(request, { issuer, role, acceptUnregistered: localMode, sessionKey: key, world })
}
