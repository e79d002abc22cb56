import { CATALOGUE, type VerifiedLogin } from '../../logins/index.ts'
import type { ProvenLogin, SingleUseProof } from '../../pools/index.ts'
import type { LoginClaims } from '../../roles/index.ts'
import type { LoginUsed } from '../../tokens/index.ts'

/** A login that a request has proven, in the words of each part that works with it. */
export interface AcceptedLogin {
  /** As the pool keeps it. */
  proven: ProvenLogin
  /** As our token tells of it. */
  used: LoginUsed
  /** What rules and attribute maps see: nothing of a developer login, which always gets the default role. */
  claimed?: LoginClaims & {
    /** Under which name the pool's attribute maps have its provider. */
    tagMapKey: string
  }
  /** What proved it, if that may be used once for each operation: a SAML assertion. */
  once?: SingleUseProof | undefined
  /** Session tags that a backend gave along with a developer login. */
  tags?: Readonly<Record<string, string>> | undefined
}

/** What an operation presents to a pool: the logins, and what of their proofs it uses up. */
export function presented(logins: readonly AcceptedLogin[], operation: string, operationId: string) {
  const proofs = logins.flatMap(({ once, proven: login }) =>
    once ? [{ ...once, name: `${operation} ${once.name}`, login }] : [],
  )
  return {
    logins: logins.map((login) => login.proven),
    once: proofs.length > 0 ? { proofs, operation: operationId } : undefined,
  }
}

export function publicLogin(login: VerifiedLogin): AcceptedLogin {
  const { arn, claims, clientId, kind, provider, saml, subject } = login
  return {
    proven: { provider, subject, developer: false },
    used: used(login),
    claimed: {
      claims,
      mappingKey:
        CATALOGUE[kind].listedIn === 'CognitoIdentityProviders' ? `${provider}:${clientId}` : (arn ?? provider),
      assertedRoles: saml?.roles.map((role) => role.roleArn),
      tagMapKey: arn ?? provider,
    },
    once: saml && { name: `${provider} ${saml.assertion.id}`, expiresAt: saml.assertion.expiresAt },
  }
}

export function developerLogin(
  provider: string,
  subject: string,
  poolId: string,
  tags?: Readonly<Record<string, string>>,
): AcceptedLogin {
  return {
    proven: { provider, subject, developer: true },
    used: { kind: 'developer', provider, poolId, subject },
    tags,
  }
}

function used({ arn = '', clientId, kind, provider, subject }: VerifiedLogin): LoginUsed {
  switch (CATALOGUE[kind].listedIn) {
    case 'CognitoIdentityProviders':
      return { kind: 'user_pool', provider, subject }
    case 'SupportedLoginProviders':
      return { kind: 'social', provider, clientId, subject }
    case 'OpenIdConnectProviderARNs':
      return { kind: 'oidc', provider, providerArn: arn, subject }
    case 'SamlProviderARNs':
      return { kind: 'saml', provider, subject }
  }
}
