import { seconds } from '../../base/world.ts'
import { Fault } from '../../protocol/index.ts'
import type { RoleChoice } from '../../roles/index.ts'
import type { OwnTokenRejected } from '../../tokens/index.ts'
import {
  ambiguousRoles,
  cognitoTokenFault,
  expiredLogin,
  loginsDoNotMatch,
  poolMisconfigured,
  roleForbidden,
  unsupportedProvider,
  unverifiedLogin,
} from '../faults.ts'
import type { RequestContext } from '../operation.ts'

/** Why a token that is handed back is not one. */
export type DeveloperTokenRejected = OwnTokenRejected | { reason: 'other_pool' | 'other_identity' | 'other_provider' }

export function developerTokenFault(rejected: DeveloperTokenRejected, { world }: Pick<RequestContext, 'world'>): Fault {
  switch (rejected.reason) {
    case 'malformed':
    case 'not_ours':
    case 'other_use':
      return cognitoTokenFault()
    case 'expired':
      return expiredLogin(seconds(world.now()), rejected.exp)
    case 'unknown_key':
    case 'revoked_key':
    case 'signature':
      return unverifiedLogin()
    case 'other_identity':
      return loginsDoNotMatch()
    case 'other_pool':
    case 'other_provider':
      return unsupportedProvider()
  }
}

/** Why there is no role. */
export function roleFault(denied: Extract<RoleChoice, { kind: 'denied' }>, customRole: string | undefined): Fault {
  switch (denied.why) {
    case 'ambiguous':
      return ambiguousRoles(denied.mappingKey)
    case 'custom_role':
      return roleForbidden(customRole ?? '')
    case 'no_role':
      return poolMisconfigured()
  }
}

export const federationOff = () =>
  new Fault(
    'OutboundWebIdentityFederationDisabledException',
    'Outbound web identity federation is not enabled for this account.',
  )

export const payloadTooLarge = () =>
  new Fault('JWTPayloadSizeExceededException', 'The payload of the token would be larger than 8192 bytes.')
