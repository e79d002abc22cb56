import { call, expectFault, type JsonAnswer } from '../../support/client.ts'
import { callerOf, signingKeyOf, type Vended } from './callers.ts'
import { createPool, succeeded, succeededEmpty } from './pools.ts'
import { ALL_PROVIDERS } from './providers.ts'

/** The ARN of a role of local mode's account. */
export const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`
export const USER = role('app-user')
export const GUEST = role('app-guest')

export interface VendedAnswer {
  IdentityId: string
  Credentials: Vended
}

/** A pool with these roles and mappings, which lists all providers unless told. */
export async function poolWith(roles: object, settings: object = ALL_PROVIDERS): Promise<string> {
  const pool = await createPool(settings)
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, ...roles }))
  return pool
}

export const getCredentials = (IdentityId: string, Logins?: Record<string, string>, CustomRoleArn?: string) =>
  call<VendedAnswer>('GetCredentialsForIdentity', { IdentityId, Logins, CustomRoleArn })

/** The name of the role in whose session these credentials are. */
export async function roleOf(answer: JsonAnswer<VendedAnswer>): Promise<string> {
  const { Arn } = await callerOf(signingKeyOf(succeeded(answer).Credentials))
  return /^arn:aws:sts::000000000000:assumed-role\/(.+)\/CognitoIdentityCredentials$/.exec(Arn)?.[1] ?? Arn
}

/** Asserts the one refusal for everything that is wrong with a pool's roles. */
export const expectMisconfigured = (answer: JsonAnswer<unknown>) =>
  expectFault(
    answer,
    'InvalidIdentityPoolConfigurationException',
    'Invalid identity pool configuration. Check assigned IAM roles for this pool.',
  )
