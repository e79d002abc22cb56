import { ok, type Result } from '../../base/result.ts'
import type { World } from '../../base/world.ts'
import type { LoginRejected, VerifiedLogin } from '../login.ts'
import { readAssertion, refuse } from './assertion.ts'
import { attributesOf, claimsOf, rolesOf } from './attributes.ts'
import { publicKeyOf } from './certificates.ts'
import { MAX_SIGNED_NODES } from './limits.ts'
import { ASSERTION, PROTOCOL } from './names.ts'
import { relyingParty } from './relying-party.ts'
import { onlyAssertion, readResponse, type UnverifiedResponse } from './response.ts'
import { signedText } from './signature.ts'
import type { SamlProvider } from './types.ts'
import { attributeOf, descendantsOf, is, parseXml, type XmlElement } from './xml.ts'

interface SamlDeps {
  world: World
  /** URLs and entity ids by which this deployment is known, besides those of AWS. */
  samlRecipients?: readonly string[]
  samlAudiences?: readonly string[]
}

/**
 * Verifies a login that is a SAML response, as an identity provider posts it to AWS: base64, not deflated. That an
 * assertion is used only once is for the caller to see to, who has `assertion` for it.
 */
export function verifySamlLogin(
  token: string,
  { arn, id: providerId, metadata, partition }: SamlProvider,
  { samlAudiences = [], samlRecipients = [], world }: SamlDeps,
): Result<VerifiedLogin, LoginRejected> {
  const now = world.now()
  if (metadata.validUntil !== undefined && now >= metadata.validUntil) return refuse('metadata_expired')
  const unverified = readResponse(token)
  if (!unverified.ok) return refuse(unverified.error)
  const keys = metadata.certificates.map(publicKeyOf).flatMap((key) => (key.ok ? [key.value] : []))
  const covered = signedText(unverified.value, keys)
  if (!covered.ok) return refuse(covered.error)
  const verified = readCovered(covered.value, unverified.value)
  if (!verified) return refuse('signature')

  const party = relyingParty({ partition, providerId }, samlRecipients, samlAudiences)
  const read = readAssertion(verified.assertion, verified.response, { entityId: metadata.entityId, now, party })
  if (!read.ok) return read
  const { expiresAt, id, isTransient, nameId, recipient } = read.value
  if (isTransient) world.log.warn('saml_transient_name_id', { provider: arn })
  const attributes = attributesOf(verified.assertion)
  const own = Object.entries({ iss: metadata.entityId, sub: nameId, aud: recipient })
  return ok({
    kind: 'saml',
    provider: arn,
    subject: nameId,
    clientId: '',
    claims: Object.fromEntries([...claimsOf(attributes), ...own]),
    saml: { roles: rolesOf(attributes, arn), assertion: { id, expiresAt } },
  })
}

/** Reads again, from the text that the signature covers alone, what was found in the document. */
function readCovered(
  text: string,
  { response, signed }: UnverifiedResponse,
): { assertion: XmlElement; response: XmlElement } | undefined {
  const root = parseXml(text, MAX_SIGNED_NODES)
  if (!root || attributeOf(root, 'ID') !== attributeOf(signed, 'ID')) return undefined
  if (is(root, ASSERTION, 'Assertion')) return signed === response ? undefined : { assertion: root, response }
  const assertion = is(root, PROTOCOL, 'Response') ? onlyAssertion(root, descendantsOf(root)) : undefined
  return assertion && signed === response ? { assertion, response: root } : undefined
}
