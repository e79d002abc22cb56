import { OF_TOKENS, type Texts } from './token-reasons.ts'

/** What a reason of a record means, and what an operator or a developer does about it. */
export interface Reason {
  means: string
  todo: string
}

/** Reasons for which one login is refused (docs/audit.md, the entries of `logins`). */
const OF_LOGINS: Texts = {
  algorithm: [
    'The token is signed with an algorithm that is not accepted.',
    'Have the provider sign with RS256. OpenID Connect providers may use RS384, RS512 and ES256 to ES512 too.',
  ],
  audience: [
    'The token was made for another client than those that the pool lists.',
    'Add the client id to the provider of the pool, or let the app use a client that is listed.',
  ],
  critical_header: [
    'The header of the token demands an extension that is not known here.',
    'Have the provider issue tokens without the header "crit".',
  ],
  expired: [
    'The token has expired.',
    'The app must get a fresh token before it calls. Look at the clock of its device.',
  ],
  impossible_token: [
    'This is no token as the provider gives them out; it was not asked.',
    'The app sends something else: look at which token it puts into Logins.',
  ],
  issuer_mismatch: [
    'The token is of another issuer than the key of Logins names.',
    'The key must be the issuer of the token without its scheme.',
  ],
  keys_unavailable: [
    'The keys of the provider could not be read, so that nobody can tell whether the token is true.',
    'See whether its discovery document and key set can be reached, and what the detail says.',
  ],
  missing_claim: [
    'A claim that every login needs is missing, or not of its type.',
    'Have the provider put it into ID tokens.',
  ],
  not_a_jwt: [
    'This is no JSON web token.',
    'The app must send the ID token: an access token is often no JSON web token.',
  ],
  not_ours: [
    'The token is of another service than this one.',
    'Send the token of GetOpenIdTokenForDeveloperIdentity as it is.',
  ],
  not_yet_valid: ['The token is not valid yet.', 'The clock of the provider is ahead. Correct it.'],
  other_identity: [
    'The token was made for another identity than the request names.',
    'The app mixes up two users: it must forget the id of the one before.',
  ],
  other_pool: ['The token was made for another pool.', 'The app must use the pool that its backend uses.'],
  other_provider: [
    'The token names no user of the developer provider of the pool.',
    'Get it by GetOpenIdTokenForDeveloperIdentity, with the developer provider that the pool has.',
  ],
  other_use: [
    'The token was made for an STS, and counts nowhere else.',
    'Send the token of the provider, or of the backend.',
  ],
  own_token: [
    'The token is of this service or of Amazon Cognito, and not of a login provider.',
    'Send the token that the login provider gave to the app.',
  ],
  provider_misconfigured: [
    'A setting of the pool or of this deployment keeps the provider from being asked.',
    'Mend the setting that the detail names.',
  ],
  provider_not_listed: [
    'The pool does not list this provider.',
    'Add the provider to the pool, or correct the key of Logins.',
  ],
  provider_rate_limited: [
    'The provider was asked too often.',
    'Wait, and raise the limit of your app at the provider.',
  ],
  provider_shut_down: [
    'The provider shut this kind of login down.',
    'Take it off the pool; users need another way in.',
  ],
  provider_unreachable: [
    'The provider did not answer, so that nobody can tell whether the token is good.',
    'Try again. If it stays so, see whether the provider can be reached.',
  ],
  saml: [
    'The SAML response is not accepted.',
    'Compare it with the metadata of the provider; "why" says which part is wrong.',
  ],
  saml_expired: ['The SAML assertion has expired.', 'Sign in again; assertions live for minutes.'],
  saml_not_yet_valid: [
    'The SAML assertion is not valid yet.',
    'The clock of the identity provider is ahead. Correct it.',
  ],
  server_side_check_unavailable: [
    'The pool wants the user pool asked about its user, and this deployment has no keys to ask with.',
    'Switch ServerSideTokenCheck off, or give the deployment AWS keys.',
  ],
  signature: [
    'The signature is wrong: somebody changed the token, or it was signed by somebody else.',
    'Take a fresh token. If the provider has changed its keys just now, wait for a minute.',
  ],
  signed_out_or_deleted: [
    'The user pool was asked: the user is disabled, or no longer there.',
    'Look at the user there.',
  ],
  subject: [
    'The subject is no text of 1 to 255 characters without control characters.',
    'Look at the claim "sub" of the token.',
  ],
  token_refused: [
    'The provider was asked, and does not vouch for the token.',
    'The app must let the user sign in again.',
  ],
  token_type: ['The header says that the token is not for signing in.', 'Send the ID token, not an access token.'],
  token_use: ['This is no ID token of the user pool.', 'Send the ID token, not the access token.'],
  unknown_key: [
    'The token is signed with a key that its issuer does not publish.',
    'If keys were changed just now, wait for a minute. Else the token is of another environment.',
  ],
  unsupported_provider: [
    'No kind of proof here can judge this provider.',
    'Use one of the providers of docs/sign-in.md.',
  ],
}

/** Reasons for which a request ends (docs/audit.md#reasons). */
const OF_REQUESTS: Texts = {
  ambiguous: [
    'No rule and no claim decided on a role, and the mapping says Deny.',
    'Add a rule that fits, or let the mapping fall back to the role of the pool.',
  ],
  audience_not_for_guests: [
    'The pool has no tokens for this audience for guests.',
    'Let the user sign in, or list the audience for guests: docs/relying-parties.md.',
  ],
  audience_not_listed: [
    'The pool has no tokens for this audience.',
    'List the audience at the pool: docs/relying-parties.md.',
  ],
  audience_reserved: [
    'The audience is one of tokens of identities, so that the token could pass for one.',
    'Ask for the audience of the other party.',
  ],
  blocked: ['An operator has blocked the identity.', 'Unblock it on its page, if the block is over.'],
  custom_role: [
    'The app asked for a role that the login does not offer.',
    'Take the custom role out of the call, or have the provider offer it in cognito:roles.',
  ],
  developer_user_taken: [
    'The user of the backend belongs to another identity.',
    'Merge the two, or use that identity.',
  ],
  disabled: ['The identity is disabled: it lost its last login, or a merge.', 'Use the identity that it leads to.'],
  duration_exceeds_role: [
    'The session would last longer than the role allows.',
    'Raise MaxSessionDuration of the role, or lower the tag edge-identity:session-seconds of the pool.',
  ],
  forbidden: [
    'The request brings no login that would prove the identity.',
    'The app must send the logins of the user with every call.',
  ],
  foreign_pool: ['The pool is of another account than the role.', 'Use a role of the account of the pool.'],
  foreign_role: ['The role is of another account than the pool.', 'Give the pool a role of its own account.'],
  guest_budget: ['A budget of new guests is used up.', 'Wait, or raise the budget by the tags of the pool.'],
  guest_destination: ['The destination of the merge is a guest, which cannot survive.', 'Swap source and destination.'],
  guest_policy_missing: [
    'The role that limits guests is not registered here, or has no inline policy of that name.',
    'Register the role with the policy that the tag edge-identity:guest-policy names.',
  ],
  guest_proof: [
    'The proof that the pool asks of new guests is missing, or is not taken.',
    'The app must get a pass (GetGuestChallenge, GetGuestPass) and send it with GetId.',
  ],
  guests_refused: ['The pool takes no guests.', 'Send a login, or allow guests in the pool.'],
  invalid_role_arn: ['This is no ARN of an IAM role.', 'Correct the role of the pool or of the rule.'],
  invalid_tags: [
    'STS would refuse the session tags.',
    'Look at the claim behind the tag that is named, and at the attribute map of the provider.',
  ],
  leads_back: ['The two are one identity already, or would lead to each other.', 'Nothing has to be done.'],
  login_elsewhere: ['The login belongs to another identity.', 'Merge the two, or take the login off that one.'],
  logins_mismatch: [
    'The logins belong to another identity than the one that is named.',
    'The app keeps an id of another user: it must forget it, and call GetId.',
  ],
  malformed: ['This is no token of this service.', 'Send the token of GetOpenIdToken as it is.'],
  malformed_policy: ['A policy of the request, or of the role, cannot be read.', 'Correct the policy.'],
  new_guests_off: ['The pool makes no new guests.', 'Look at the tag edge-identity:new-guests of the pool.'],
  no_assertion: [
    'Cloudflare Access sent no token along.',
    'Put Cloudflare Access in front of the host of the console.',
  ],
  no_developer_user: ['Nobody is known by this user of the backend.', 'Look at the user id that the backend sends.'],
  no_identity: ['There is no such identity.', 'The app must forget the id, and call GetId.'],
  no_login: ['Nobody has this login.', 'Look at the provider and the subject.'],
  no_pool: ['The pool is gone.', 'The session is of a pool that was deleted.'],
  no_pool_identity: [
    'The session is of nobody in a pool: it was begun with a token of a registered provider.',
    'Call with the credentials of an identity.',
  ],
  no_role: [
    'The pool has no role for this kind of identity.',
    'Set the roles of the pool: one for users who signed in, one for guests.',
  ],
  no_session: ['The caller is no session of an identity.', 'Call with the credentials of an identity.'],
  no_token_subject: ['The role cannot be the subject of a token.', 'Give the role a shorter name or path.'],
  nonce: ['The token was made for another sign-in.', 'Sign in again, in one tab.'],
  not_ours: [
    'The account of the role has no OpenID provider for the issuer of the token.',
    'Register the issuer in the account (CreateOpenIDConnectProvider), or send a token of this service.',
  ],
  operator_role: ['No role of operators fits the token.', 'Look at the settings OPERATOR_ROLE_<name>.'],
  payload_too_large: [
    'The claims of the token would be too large.',
    'Map fewer claims to tags, or tell fewer in the token: docs/relying-parties.md.',
  ],
  proof_used: ['The assertion was used before, and counts once.', 'Sign in again at the provider.'],
  r2_grant_in_token: ['A token named a grant of R2.', 'Name it in the settings of the pool instead.'],
  r2_grant_invalid: ['The grant of R2 cannot be used.', 'Correct the role of the pool: docs/connect/r2.md.'],
  r2_not_configured: ['This deployment has no R2 access key for the account.', 'Set R2_ACCESS_KEY_<account>.'],
  r2_path_unsafe: [
    'A value of the path in the grant of R2 is missing, empty, or would lead out of the prefix of the user.',
    'Look at the claim behind the variable that is named.',
  ],
  revoked: [
    'The token was signed before an operator revoked the sessions of the identity.',
    'The user signs in again.',
  ],
  revoked_key: ['The key that signed the token was revoked.', 'Get a new token.'],
  role_boundary: [
    'The role has a permissions boundary, which might deny the token.',
    'Use a role without a permissions boundary.',
  ],
  role_not_found: ['Nobody registered the role here.', 'Register it (CreateRole), or correct its ARN in the pool.'],
  role_tag_unknown: ['A tag of the role for tokens is not understood.', 'Correct the tags: docs/relying-parties.md.'],
  second_login: [
    'The identity has another user of the same provider already.',
    'An identity has one user of each provider. Take the old login off first.',
  ],
  session_narrowed: [
    'Session policies narrow the session. Guests have one, unless the pool says otherwise.',
    'Use a session without a session policy.',
  ],
  session_policies_too_large: ['The session policies are too large.', 'Shorten Policy or PolicyArns.'],
  session_policy_unusable: [
    'The guest policy of the pool cannot be used at this STS.',
    'Shorten it, or choose another form for this target.',
  ],
  session_too_old: ['The session was begun by an earlier version of the service.', 'Get new credentials.'],
  sts_bad_answer: ['The answer of the STS was of no use.', 'Look at the STS: is something else at its address?'],
  sts_refused: [
    'The STS refused to give credentials.',
    'Mostly the trust policy of the role, or the OIDC provider of the account: docs/connect/aws.md#symptoms.',
  ],
  sts_throttled: ['The STS is asked too often.', 'Wait, and ask for a higher limit there.'],
  sts_unreachable: ['The STS did not answer.', 'Is the address of STS_ENDPOINT right, and the STS running?'],
  tag_session_denied: [
    'The trust policy of the role does not allow session tags.',
    'Allow sts:TagSession in it, or empty the attribute map.',
  ],
  tags_too_large: ['The attributes for access control exceed 460 bytes.', 'Map fewer or shorter claims to tags.'],
  token_denied: [
    'The inline policies of the role do not allow the token.',
    'Allow the action that is named, for that audience, in an inline policy of the role.',
  ],
  too_many_logins: ['The identity would have more than 20 logins.', 'Take logins off that are not used.'],
  too_old: ['The token of the sign-in is older than five minutes.', 'Sign in again.'],
  trust_denied: [
    'The trust policy of the role does not trust this identity.',
    'Compare its conditions (aud: the pool, amr: authenticated or unauthenticated) with this request.',
  ],
}

/** What ended: one login of a request, a request, or one that brings a token to the STS. */
export type ReasonOf = 'login' | 'request' | 'token'

const TABLES: Readonly<Record<ReasonOf, readonly Texts[]>> = {
  login: [OF_LOGINS, OF_REQUESTS],
  request: [OF_REQUESTS, OF_LOGINS],
  token: [OF_TOKENS, OF_REQUESTS, OF_LOGINS],
}

/** What a reason means. One that this console does not know is of a newer service. */
export function reasonOf(name: string, of: ReasonOf): Reason | undefined {
  const found = TABLES[of].find((texts) => Object.hasOwn(texts, name))?.[name]
  return found && { means: found[0], todo: found[1] }
}
