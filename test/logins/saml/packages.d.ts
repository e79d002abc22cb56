/**
 * The part of `samlify` that tests use. Its own types want those of a browser, which contradict those of Workers, so its
 * main file is imported by its path, where they are not found.
 */
declare module 'samlify/build/index.js' {
  export interface Endpoint {
    Binding: string
    Location: string
  }

  export const Constants: {
    algorithms: { signature: { RSA_SHA1: string; RSA_SHA256: string } }
    namespace: { binding: { post: string }; format: { persistent: string } }
    StatusCode: { Success: string }
  }

  export const SamlLib: {
    /** Fills in `{Tag}` placeholders; `null` takes the whole attribute away. */
    replaceTagsByValue(template: string, values: Record<string, string | null>): string
    /** Base64 of the response with its assertion encrypted. */
    encryptAssertion(idp: Entity, sp: Entity, xml: string): Promise<string>
  }

  export interface Entity {
    getMetadata(): string
  }

  export interface Idp extends Entity {
    createLoginResponse(
      sp: Entity,
      request: object,
      binding: 'post',
      user: object,
      options: { customTagReplacement(template: string): { id: string; context: string } },
    ): Promise<{ context: string }>
  }

  export function IdentityProvider(settings: {
    entityID: string
    signingCert: string | string[]
    privateKey: string
    requestSignatureAlgorithm?: string
    isAssertionEncrypted?: boolean
    singleSignOnService: Endpoint[]
    singleLogoutService: Endpoint[]
  }): Idp

  export function ServiceProvider(settings: {
    entityID: string
    encryptCert?: string
    wantAssertionsSigned: boolean
    wantMessageSigned: boolean
    assertionConsumerService: Endpoint[]
  }): Entity
}

declare module 'node:crypto' {
  export function createHmac(
    algorithm: string,
    key: string,
  ): {
    update(text: string): { digest(encoding: 'base64'): string }
  }

  export function createSign(algorithm: string): {
    update(text: string): { sign(key: { key: string; dsaEncoding: 'ieee-p1363' }, encoding: 'base64'): string }
  }
}
