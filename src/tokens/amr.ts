/** A verified login as a token tells of it. `provider` is the key of the logins map. */
export type LoginUsed =
  /** `provider` is `cognito-idp.<region>.amazonaws.com/<user pool id>`. */
  | { kind: 'user_pool'; provider: string; subject: string }
  /** `provider` is the issuer without its scheme. */
  | { kind: 'oidc'; provider: string; providerArn: string; subject: string }
  /** Google, Facebook, Apple, Amazon, Twitter. `clientId` is the app's id at that provider. */
  | { kind: 'social'; provider: string; clientId: string; subject: string }
  | { kind: 'developer'; provider: string; poolId: string; subject: string }
  /** `provider` is the SAML provider's ARN, `subject` the NameID. */
  | { kind: 'saml'; provider: string; subject: string }

/**
 * How the identity was proven, as trust policies match it: `unauthenticated` for a guest; else `authenticated`, and for
 * each login its provider and an entry that also names the user. Applications read the user out of that entry
 * (Lambda and API Gateway pass it on as `cognitoAuthenticationProvider`).
 */
export function amrOf(logins: readonly LoginUsed[]): string[] {
  if (logins.length === 0) return ['unauthenticated']
  return ['authenticated', ...logins.flatMap((login) => [login.provider, qualified(login)])]
}

function qualified(login: LoginUsed): string {
  switch (login.kind) {
    case 'user_pool':
      return `${login.provider}:CognitoSignIn:${login.subject}`
    case 'oidc':
      return `${login.providerArn}:OIDC:${login.subject}`
    case 'social':
      return `${login.provider}:${login.clientId}:${login.subject}`
    case 'developer':
      return `${login.provider}:${login.poolId}:${login.subject}`
    case 'saml':
      return `${login.provider}:SAML:${login.subject}`
  }
}
