import type { PolicyDocument } from '../policy/index.ts'

/** Where operators sign in, as far as an operation must know. */
export interface OperatorProvider {
  /** Name of the provider: its issuer without the scheme. */
  name: string
  clientId: string
  /** Cloudflare Access tells with each request who it is. */
  access: boolean
  /** Where its keys are, if not where its discovery document says. */
  keysUrl?: string | undefined
}

/** A role that operators get. */
export interface OperatorRole {
  name: string
  account: string
  /** What each of these claims must be, or one of what it may be. */
  match: ReadonlyMap<string, readonly string[]>
  policy: PolicyDocument
  asksAboutTags: boolean
}

/** Operators of a deployment. */
export interface Operators {
  /** Nothing, if operators only use access keys. */
  provider: OperatorProvider | undefined
  /** In order of name. */
  roles: readonly OperatorRole[]
}
