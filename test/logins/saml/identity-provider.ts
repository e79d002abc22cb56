/// <reference path="./packages.d.ts" />
import { Constants, IdentityProvider, SamlLib, ServiceProvider } from 'samlify/build/index.js'
import { utf8 } from '../../../src/base/bytes.ts'
import { pem, selfSigned } from './certificates.ts'

export const ENTITY_ID = 'https://idp.example.com/saml'
export const SIGN_IN = 'https://signin.aws.amazon.com/saml'
export const AUDIENCE = 'urn:amazon:webservices'

/** What a response says; each has a usual value. Times are milliseconds. Values of attributes are texts. */
export interface Answer {
  nameId?: string
  nameIdFormat?: string
  issuer?: string
  audience?: string
  recipient?: string
  destination?: string
  status?: string
  attributes?: Readonly<Record<string, readonly string[]>>
  notBefore?: number
  notOnOrAfter?: number
  sessionNotOnOrAfter?: number
  /** Changes the response before it is signed: an identity provider of another mind. */
  rewrite?: (xml: string) => string
  signs?: 'assertion' | 'response' | 'both'
  /** An algorithm of the library's own naming. */
  signatureAlgorithm?: string
}

export interface TestIdentityProvider {
  /** Metadata as the identity provider publishes it. */
  metadata: string
  certificate: string
  privateKey: string
  /** A response to sign in to AWS, as XML. */
  respond(answer?: Answer): Promise<string>
}

/** An identity provider with a key of its own, made with `samlify`: its templates, its signatures, its metadata. */
export async function identityProvider(now: number): Promise<TestIdentityProvider> {
  const keys = await rsaKeys()
  const certificate = await selfSigned(keys)
  const privateKey = pem(
    'PRIVATE KEY',
    new Uint8Array((await crypto.subtle.exportKey('pkcs8', keys.privateKey)) as ArrayBuffer),
  )
  const settings = { entityID: ENTITY_ID, signingCert: certificate, privateKey, ...endpoints(ENTITY_ID) }
  return {
    metadata: IdentityProvider(settings).getMetadata(),
    certificate,
    privateKey,
    async respond({ rewrite = (xml: string) => xml, signs = 'assertion', ...answer }: Answer = {}) {
      const signatureAlgorithm = answer.signatureAlgorithm ?? Constants.algorithms.signature.RSA_SHA256
      const idp = IdentityProvider({ ...settings, requestSignatureAlgorithm: signatureAlgorithm })
      const sp = ServiceProvider({
        entityID: AUDIENCE,
        wantAssertionsSigned: signs !== 'response',
        wantMessageSigned: signs !== 'assertion',
        assertionConsumerService: [{ Binding: Constants.namespace.binding.post, Location: SIGN_IN }],
      })
      const customTagReplacement = (template: string) => ({ id: '', context: rewrite(filled(template, answer, now)) })
      const made = await idp.createLoginResponse(sp, {}, 'post', {}, { customTagReplacement })
      return decode(made.context)
    },
  }
}

export function rsaKeys(modulusLength = 2048): Promise<CryptoKeyPair> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength,
    publicExponent: Uint8Array.of(1, 0, 1),
  }
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

/** A response as a Logins map carries it. */
export function encode(xml: string): string {
  return utf8(xml).toBase64()
}

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(base64))
}

function endpoints(entityId: string) {
  const Binding = Constants.namespace.binding.post
  return {
    singleSignOnService: [{ Binding, Location: `${entityId}/sso` }],
    singleLogoutService: [{ Binding, Location: `${entityId}/slo` }],
  }
}

const MINUTE = 60_000
let responses = 0

/** The library's template of a response, with this answer. */
function filled(template: string, answer: Answer, now: number): string {
  const at = (time: number) => new Date(time).toISOString()
  const end = at(answer.notOnOrAfter ?? now + 5 * MINUTE)
  const recipient = answer.recipient ?? SIGN_IN
  responses++
  const xml = SamlLib.replaceTagsByValue(template, {
    ID: `_response-${responses}`,
    AssertionID: `_assertion-${responses}`,
    Destination: answer.destination ?? recipient,
    SubjectRecipient: recipient,
    Audience: answer.audience ?? AUDIENCE,
    Issuer: answer.issuer ?? ENTITY_ID,
    IssueInstant: at(now),
    StatusCode: answer.status ?? Constants.StatusCode.Success,
    ConditionsNotBefore: at(answer.notBefore ?? now),
    ConditionsNotOnOrAfter: end,
    SubjectConfirmationDataNotOnOrAfter: end,
    NameIDFormat: answer.nameIdFormat ?? Constants.namespace.format.persistent,
    NameID: answer.nameId ?? 'alice',
    InResponseTo: null,
  })
  const session = at(answer.sessionNotOnOrAfter ?? now + 60 * MINUTE)
  return xml
    .replace('{AuthnStatement}', () => authnStatement(at(now), session))
    .replace('{AttributeStatement}', () => attributeStatement(answer.attributes ?? {}))
}

function authnStatement(instant: string, end: string): string {
  const context = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
  return `<saml:AuthnStatement AuthnInstant="${instant}" SessionNotOnOrAfter="${end}" SessionIndex="s"><saml:AuthnContext><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
}

function attributeStatement(attributes: Readonly<Record<string, readonly string[]>>): string {
  const given = Object.entries(attributes)
  if (given.length === 0) return ''
  const value = (text: string) => `<saml:AttributeValue xsi:type="xs:string">${text}</saml:AttributeValue>`
  const attribute = ([name, values]: (typeof given)[number]) =>
    `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">${values.map(value).join('')}</saml:Attribute>`
  return `<saml:AttributeStatement>${given.map(attribute).join('')}</saml:AttributeStatement>`
}

/** The response with its assertion encrypted, to a key of the service provider. */
export async function encrypted(xml: string): Promise<string> {
  const encryptCert = await selfSigned(await rsaKeys())
  const settings = { entityID: ENTITY_ID, signingCert: encryptCert, privateKey: '', isAssertionEncrypted: true }
  const idp = IdentityProvider({ ...settings, ...endpoints(ENTITY_ID) })
  const sp = ServiceProvider({
    entityID: AUDIENCE,
    encryptCert,
    wantAssertionsSigned: true,
    wantMessageSigned: true,
    assertionConsumerService: [{ Binding: Constants.namespace.binding.post, Location: SIGN_IN }],
  })
  return decode(await SamlLib.encryptAssertion(idp, sp, xml))
}
