/**
 * Faults that a test may ask for in local mode, in the service's own words: those of AWS's API that no input of a caller
 * leads to. `operations`: those that have the fault in AWS's API models; left out, every operation has it.
 */
export const INJECTABLE_FAULTS = {
  TooManyRequestsException: { message: 'Rate exceeded' },
  InternalErrorException: { message: 'The service failed to answer. The request id tells its operator why.' },
  ExternalServiceException: {
    message: 'The identity provider did not answer as expected.',
    operations: ['GetCredentialsForIdentity', 'GetId', 'GetOpenIdToken', 'UnlinkIdentity'],
  },
  InvalidIdentityPoolConfigurationException: {
    message: 'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
    operations: ['GetCredentialsForIdentity'],
  },
  ConcurrentModificationException: {
    message: 'The pool was changed meanwhile. Try again.',
    operations: ['SetIdentityPoolRoles', 'UpdateIdentityPool'],
  },
  LimitExceededException: {
    message: 'The account has the maximum number of identity pools in this region.',
    operations: ['CreateIdentityPool'],
  },
} as const satisfies Readonly<Record<string, { message: string; operations?: readonly string[] }>>

export type InjectableFault = keyof typeof INJECTABLE_FAULTS
