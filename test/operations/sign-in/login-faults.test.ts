import { expect, it } from 'vitest'
import type { LoginRejected } from '../../../src/logins/index.ts'
import { loginFault } from '../../../src/operations/faults.ts'

const NOT_SUPPORTED = 'Token is not from a supported provider of this identity pool.'
const provider = 'graph.facebook.com'

it.each<[LoginRejected, string, string]>([
  [{ reason: 'provider_not_listed', provider }, 'NotAuthorizedException', NOT_SUPPORTED],
  [{ reason: 'provider_shut_down', provider }, 'NotAuthorizedException', NOT_SUPPORTED],
  [{ reason: 'audience', found: ['1'], kind: 'facebook' }, 'NotAuthorizedException', NOT_SUPPORTED],
  [{ reason: 'audience', found: ['1'], kind: 'amazon' }, 'NotAuthorizedException', NOT_SUPPORTED],
  [
    { reason: 'impossible_token', provider },
    'NotAuthorizedException',
    'Invalid login token. Not a token of this provider.',
  ],
  [
    { reason: 'token_refused', provider },
    'NotAuthorizedException',
    'Invalid login token. The provider refused the token.',
  ],
  [
    { reason: 'signed_out_or_deleted' },
    'NotAuthorizedException',
    'Invalid login token. The user is disabled or no longer in the user pool.',
  ],
  [{ reason: 'provider_rate_limited', provider }, 'TooManyRequestsException', 'Rate exceeded'],
  [
    { reason: 'provider_unreachable', provider, detail: 'server_side_check' },
    'ExternalServiceException',
    'The identity provider did not answer as expected.',
  ],
  [
    { reason: 'provider_misconfigured', provider, detail: 'app_secret_refused' },
    'ExternalServiceException',
    'The identity provider could not be asked: the settings for it are incomplete.',
  ],
])('the refusal %j reaches clients as %s: %s', (rejected, code, message) => {
  expect(loginFault(rejected)).toMatchObject({ code, message })
})
