import type { OidcProvider } from './oidc-providers.ts'
import type { OutboundFederation } from './outbound-federation.ts'
import type { Role } from './roles.ts'
import type { SamlProviderRecord } from './saml-providers.ts'

/** What a sign-in may have to know of an account. */
export type Question =
  | { ask: 'oidcProviders' }
  | { ask: 'samlProvider'; arn: string }
  | { ask: 'role'; name: string }
  | { ask: 'rolePolicy'; role: string; name: string }
  | { ask: 'rolePolicies'; role: string }
  | { ask: 'outboundFederation' }

/** What an account itself says of what a role may do: its inline policies. The documents of managed ones are not kept here. */
export type RoleWithPolicies = Pick<Role, 'arn' | 'id' | 'permissionsBoundary' | 'tags'> & {
  documents: readonly string[]
}

interface Answers {
  /** All of the account. */
  oidcProviders: readonly OidcProvider[]
  samlProvider: SamlProviderRecord | undefined
  role: Role | undefined
  /** An inline policy, with the ARN of its role to tell which one it is; `undefined` if there is no such role. */
  rolePolicy: { roleArn: string; document: string | undefined } | undefined
  /** A role with all its inline policies. */
  rolePolicies: RoleWithPolicies | undefined
  /** `undefined` where it is not enabled. */
  outboundFederation: OutboundFederation | undefined
}

export type Answer = Answers[Question['ask']]

export type AnswerTo<Q extends Question> = Answers[Q['ask']]

/** An answer of a copy, and for how long it had been known when the question came, in milliseconds: it was true then. */
export interface Aged {
  answer: Answer
  age: number
}

/** One text for one question. */
export function nameOf(question: Question): string {
  return JSON.stringify(Object.values(question))
}
