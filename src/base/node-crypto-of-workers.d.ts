/** The part of the Workers runtime's `node:crypto` that signatures need; xml-crypto wants its algorithms synchronous. */
declare module 'node:crypto' {
  export class X509Certificate {
    /** DER. Throws if it is no certificate. */
    constructor(der: Uint8Array)
    readonly publicKey: {
      asymmetricKeyType: string
      asymmetricKeyDetails: { modulusLength?: number; namedCurve?: string }
      export(options: { type: 'spki'; format: 'pem' }): string
    }
  }

  export function createHash(algorithm: string): {
    update(text: string): { digest(encoding: 'base64' | 'hex'): string }
  }

  export function createVerify(algorithm: string): {
    update(text: string): {
      verify(key: { key: string; dsaEncoding: 'ieee-p1363' }, signature: string, encoding: 'base64'): boolean
    }
  }
}
