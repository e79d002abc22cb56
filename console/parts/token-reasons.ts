/** What reasons mean, and what to do about them. */
export type Texts = Readonly<Record<string, readonly [means: string, todo: string]>>

/**
 * Reasons for which whoever brings a token to the STS gets no role, where no pool is in between: those whose words for a login or a
 * request would name what is not there.
 */
export const OF_TOKENS: Texts = {
  audience: [
    'The token was made for another client than those of the OpenID provider in the account.',
    'Add the client id to the provider, or have the token made for one that is listed.',
  ],
  duration_exceeds_role: [
    'The session would last longer than the role allows.',
    'Ask for a shorter one, or raise MaxSessionDuration of the role.',
  ],
  invalid_tags: ['STS would refuse the session tags.', 'Look at the tags in the token.'],
  not_a_jwt: [
    'This is no JSON web token.',
    'Send the ID token, or the token of the workload: an access token is often no JSON web token.',
  ],
  other_use: ['The token was made for another STS, or for a relying party.', 'Send a token of GetOpenIdToken.'],
  r2_grant_invalid: [
    'The grant of R2 that the role vends cannot be used.',
    'Correct the tag edge-identity:vends of the role: docs/connect/r2.md.',
  ],
  tag_session_denied: [
    'The trust policy of the role does not allow session tags.',
    'Allow sts:TagSession in it, or have the token made without tags.',
  ],
  trust_denied: [
    'The trust policy of the role does not trust the holder of this token.',
    'Compare what its statements want with the condition keys of the token.',
  ],
}
