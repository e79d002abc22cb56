/** A SAML provider of the account that the pool lists. Its key in a Logins map is its ARN. */
export interface SamlProvider {
  kind: 'saml'
  arn: string
  /** IAM's unique id of the provider, which a sign-in URL may end with. */
  id: string
  metadata: SamlMetadata
  /** The AWS partition whose sign-in URLs and entity id an assertion may be addressed to. */
  partition: string
}

/** What an identity provider's metadata says that matters to its assertions. */
export interface SamlMetadata {
  entityId: string
  /** Certificates of the keys that may sign, each in PEM or as base64 of its DER. */
  certificates: readonly string[]
  /** When the metadata lapses, in milliseconds since the epoch. */
  validUntil?: number
}

/** A role that an assertion offers. */
export interface SamlRole {
  roleArn: string
  providerArn: string
}

/** What makes a SAML login different from others, once it is verified. */
export interface SamlFacts {
  roles: readonly SamlRole[]
  /** An assertion counts once for each operation: what it is to be remembered by, and until when, in milliseconds. */
  assertion: { id: string; expiresAt: number }
}

/** Why a SAML login is refused. Times are milliseconds, as AWS prints them. `found` is the identity provider's text, cut. */
export type SamlRejected =
  | { reason: 'saml_expired'; now: number; exp: number }
  | { reason: 'saml_not_yet_valid'; now: number; from: number }
  | { reason: 'saml'; why: SamlRefusal; found?: string }

export type SamlRefusal =
  | 'metadata_expired'
  | 'not_base64'
  /** Not well-formed; or too large; or with a document type, an entity, a comment, CDATA or a processing instruction. */
  | 'not_plain_xml'
  | 'not_a_response'
  /** The response reports a failure. */
  | 'status'
  /** None, several, or an encrypted one. */
  | 'assertion'
  | 'duplicate_id'
  /** None, several in one place, or anywhere but directly in what it signs. */
  | 'signature_place'
  /** An algorithm or a transform that is not accepted, or a signature of any other shape than the one that is. */
  | 'signature_method'
  | 'signature'
  | 'issuer'
  | 'subject_confirmation'
  | 'recipient'
  /** A time that is none. */
  | 'time'
  | 'audience'
  | 'condition'
  /** The assertion tells of no authentication. */
  | 'no_authentication'
  | 'name_id'
