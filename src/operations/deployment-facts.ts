import type { Rings, TokenAlgorithm } from '../tokens/index.ts'

/** An access key of the settings, without its secret. */
export interface AccessKeyFacts {
  id: string
  account: string
  user: string
  /** IAM policy document: what the key may do. */
  policy: unknown
}

/** A role of operators who sign in. */
export interface OperatorRoleFacts {
  name: string
  account: string
  match: ReadonlyMap<string, readonly string[]>
  policy: unknown
}

/** What a deployment is made of, as far as its operators may know: no secret is among it. */
export interface DeploymentFacts {
  /** What tokens of identities are signed with. */
  algorithm: TokenAlgorithm
  /** Names of the settings that are there. One with an account is that account's alone. */
  settings: readonly { name: string; isSecret: boolean; account: string | undefined }[]
  accessKeys: readonly AccessKeyFacts[]
  operatorRoles: readonly OperatorRoleFacts[]
  rings: Rings
}
