import { OidcProviders } from './oidc-providers.ts'
import { OutboundFederations } from './outbound-federation.ts'
import type { Answer, Question, RoleWithPolicies } from './questions.ts'
import { RolePolicies } from './role-policies.ts'
import { Roles } from './roles.ts'
import { SamlProviders } from './saml-providers.ts'

/** What the tables of an account say to a question; without tables, what an account says that was never used. */
export function answerIn(sql: SqlStorage | undefined, question: Question): Answer {
  if (!sql) return question.ask === 'oidcProviders' ? [] : undefined
  switch (question.ask) {
    case 'oidcProviders':
      return new OidcProviders(sql).all()
    case 'samlProvider':
      return new SamlProviders(sql).named([question.arn])[0]
    case 'role':
      return new Roles(sql).named(question.name)
    case 'rolePolicy': {
      const role = new Roles(sql).named(question.role)
      return role && { roleArn: role.arn, document: new RolePolicies(sql, question.role).document(question.name) }
    }
    case 'rolePolicies':
      return roleWithPolicies(sql, question.role)
    case 'outboundFederation':
      return new OutboundFederations(sql).get()
  }
}

function roleWithPolicies(sql: SqlStorage, name: string): RoleWithPolicies | undefined {
  const role = new Roles(sql).named(name)
  if (!role) return undefined
  const { arn, id, permissionsBoundary, tags } = role
  return { arn, id, permissionsBoundary, tags, documents: new RolePolicies(sql, name).documents() }
}
