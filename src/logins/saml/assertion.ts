import { err, ok, type Result } from '../../base/result.ts'
import { subjectOf } from '../claims.ts'
import type { LoginRejected } from '../login.ts'
import { shown } from '../token.ts'
import { CLOCK_SKEW_MS } from './limits.ts'
import { ASSERTION, BEARER, TRANSIENT } from './names.ts'
import type { RelyingParty } from './relying-party.ts'
import { timeOf } from './time.ts'
import type { SamlRefusal, SamlRejected } from './types.ts'
import { attributeOf, childrenNamed, childrenOf, is, onlyChild, textOf, type XmlElement } from './xml.ts'

/** Who an assertion is about, for whom, and until when it counts. */
export interface AssertionFacts {
  id: string
  nameId: string
  /** The name is for one login only: the next one will be another. */
  isTransient: boolean
  recipient: string
  /** When the assertion stops being accepted, in milliseconds, clock skew included. */
  expiresAt: number
}

/** A check answers with the reason to refuse, or `undefined` to go on. */
type Verdict = SamlRejected | undefined

/**
 * Judges an assertion. It and `response` have been verified, or the response is around a verified assertion: then
 * nothing is believed of it, and it can only be a reason to refuse. `now` is milliseconds. The order is observable:
 * issuer, confirmation, addressee, conditions, authentication, name (SAML profiles, section 4.1.4.3).
 */
export function readAssertion(
  assertion: XmlElement,
  response: XmlElement,
  { entityId, now, party }: { entityId: string; now: number; party: RelyingParty },
): Result<AssertionFacts, LoginRejected> {
  const subject = onlyChild(assertion, ASSERTION, 'Subject')
  const confirmation = bearerConfirmation(subject)
  const recipient = attributeOf(confirmation, 'Recipient') ?? ''
  const conditions = onlyChild(assertion, ASSERTION, 'Conditions')
  const sessions = childrenNamed(assertion, ASSERTION, 'AuthnStatement')
  const refused =
    checkIssuers(
      [onlyChild(assertion, ASSERTION, 'Issuer'), ...childrenNamed(response, ASSERTION, 'Issuer')],
      entityId,
    ) ??
    checkConfirmation(confirmation, now) ??
    checkAddressees([recipient, attributeOf(response, 'Destination') ?? recipient], party) ??
    checkConditions(conditions, party, now) ??
    checkSessions(sessions, now)
  if (refused) return err(refused)

  const name = subject && onlyChild(subject, ASSERTION, 'NameID')
  const nameId = subjectOf({ sub: textOf(name) })
  if (nameId === undefined) return refuse('name_id')
  const isTransient = attributeOf(name, 'Format') === TRANSIENT
  const ends = [
    attributeOf(confirmation, 'NotOnOrAfter'),
    attributeOf(conditions, 'NotOnOrAfter'),
    ...sessions.map((session) => attributeOf(session, 'SessionNotOnOrAfter')),
  ]
  const expiresAt = Math.min(...ends.flatMap((end) => timeOf(end) ?? [])) + CLOCK_SKEW_MS
  return ok({ id: attributeOf(assertion, 'ID') ?? '', nameId, isTransient, recipient, expiresAt })
}

export function refuse(why: SamlRefusal): { ok: false; error: LoginRejected } {
  return err({ reason: 'saml', why })
}

function checkIssuers(issuers: readonly (XmlElement | undefined)[], entityId: string): Verdict {
  const foreign = issuers.findIndex((issuer) => textOf(issuer) !== entityId)
  return foreign < 0 ? undefined : mismatch('issuer', textOf(issuers[foreign]))
}

/**
 * The data of the confirmation that whoever bears the assertion is its subject. There must be exactly one confirmation, of
 * whatever method (IAM guide, "Configure SAML assertions for the authentication response"), although SAML allows several.
 */
function bearerConfirmation(subject: XmlElement | undefined): XmlElement | undefined {
  const confirmation = subject && onlyChild(subject, ASSERTION, 'SubjectConfirmation')
  const isBearer = attributeOf(confirmation, 'Method') === BEARER
  return confirmation && isBearer ? onlyChild(confirmation, ASSERTION, 'SubjectConfirmationData') : undefined
}

/** A bearer's confirmation has an end, a recipient, and no beginning. */
function checkConfirmation(data: XmlElement | undefined, now: number): Verdict {
  const [end, recipient, beginning] = ['NotOnOrAfter', 'Recipient', 'NotBefore'].map((name) => attributeOf(data, name))
  if (end === undefined || recipient === undefined || beginning !== undefined)
    return { reason: 'saml', why: 'subject_confirmation' }
  return checkEnd(end, now)
}

function checkAddressees(urls: readonly string[], party: RelyingParty): Verdict {
  const elsewhere = urls.find((url) => !party.isRecipient(url))
  return elsewhere === undefined ? undefined : mismatch('recipient', elsewhere)
}

/** Every restriction must name us. A condition that is not understood is not met (SAML core, section 2.5.1.1). */
function checkConditions(conditions: XmlElement | undefined, party: RelyingParty, now: number): Verdict {
  const untimely =
    checkBeginning(attributeOf(conditions, 'NotBefore'), now) ?? checkEnd(attributeOf(conditions, 'NotOnOrAfter'), now)
  if (untimely) return untimely
  const all = conditions ? childrenOf(conditions) : []
  const restrictions = all.filter((condition) => is(condition, ASSERTION, 'AudienceRestriction'))
  const audiences = restrictions.map((restriction) =>
    childrenNamed(restriction, ASSERTION, 'Audience').map((audience) => textOf(audience) ?? ''),
  )
  if (audiences.length === 0 || !audiences.every((named) => named.some(party.isAudience)))
    return mismatch('audience', audiences.flat().join(' '))
  const isUnderstood = all.every((c) => restrictions.includes(c) || is(c, ASSERTION, 'OneTimeUse'))
  return isUnderstood ? undefined : { reason: 'saml', why: 'condition' }
}

function checkSessions(sessions: readonly XmlElement[], now: number): Verdict {
  if (sessions.length === 0) return { reason: 'saml', why: 'no_authentication' }
  const verdicts = sessions.map((session) => checkEnd(attributeOf(session, 'SessionNotOnOrAfter'), now))
  return verdicts.find((verdict) => verdict !== undefined)
}

function checkEnd(text: string | undefined, now: number): Verdict {
  if (text === undefined) return undefined
  const exp = timeOf(text)
  if (exp === undefined) return { reason: 'saml', why: 'time' }
  return now >= exp + CLOCK_SKEW_MS ? { reason: 'saml_expired', now, exp } : undefined
}

function checkBeginning(text: string | undefined, now: number): Verdict {
  if (text === undefined) return undefined
  const from = timeOf(text)
  if (from === undefined) return { reason: 'saml', why: 'time' }
  return now < from - CLOCK_SKEW_MS ? { reason: 'saml_not_yet_valid', now, from } : undefined
}

function mismatch(why: SamlRefusal, found = ''): SamlRejected {
  return { reason: 'saml', why, found: shown(found) }
}
