import { beforeAll, describe, expect, it } from 'vitest'
import { refusal, samlBed } from './support.ts'
import { operate, type Patient } from './surgery.ts'

let bed: Awaited<ReturnType<typeof samlBed>>

beforeAll(async () => {
  bed = await samlBed()
})

const judgeOperated = async (signs: 'assertion' | 'response', change: (patient: Patient) => void) =>
  bed.judge(operate(await bed.idp.respond({ signs }), change))

/** The eight classical variants (Somorovsky et al., "On Breaking SAML: Be Whoever You Want to Be"), as SAML Raider has them. */
describe('a wrapped signature', () => {
  /** What is signed, and why it does not count even if the forged assertion is the only one. */
  const VARIANTS: [
    string,
    'assertion' | 'response',
    'assertion' | 'signature_place' | 'signature_method',
    (patient: Patient) => void,
  ][] = [
    [
      'XSW1: a forged response keeps the signature, which holds the original response',
      'response',
      'signature_method',
      ({ document, forged, response, signature, withoutSignature, copy }) => {
        const forgery = forged(response)
        const original = withoutSignature(copy(response))
        const kept = copy(signature)
        kept.appendChild(original)
        forgery.insertBefore(kept, forgery.firstChild?.nextSibling ?? null)
        document.replaceChild(forgery, response)
      },
    ],
    [
      'XSW2: a forged response keeps the signature beside the original response',
      'response',
      'signature_method',
      ({ document, forged, response, signature, withoutSignature, copy }) => {
        const forgery = forged(response)
        const kept = copy(signature)
        forgery.insertBefore(kept, forgery.firstChild?.nextSibling ?? null)
        forgery.insertBefore(withoutSignature(copy(response)), kept)
        document.replaceChild(forgery, response)
      },
    ],
    [
      'XSW3: a forged assertion stands before the original',
      'assertion',
      'signature_place',
      ({ assertion, forged, response }) => void response.insertBefore(forged(assertion), assertion),
    ],
    [
      'XSW4: a forged assertion holds the original',
      'assertion',
      'signature_place',
      ({ assertion, forged, response }) => {
        const forgery = forged(assertion)
        response.replaceChild(forgery, assertion)
        forgery.appendChild(assertion)
      },
    ],
    [
      'XSW5: a forged assertion keeps the signature, and the original follows',
      'assertion',
      'signature_method',
      ({ assertion, copy, forged, response, signature, withoutSignature }) => {
        const forgery = forged(assertion)
        forgery.insertBefore(copy(signature), forgery.firstChild?.nextSibling ?? null)
        response.replaceChild(forgery, assertion)
        response.appendChild(withoutSignature(copy(assertion)))
      },
    ],
    [
      'XSW6: a forged assertion keeps the signature, which holds the original',
      'assertion',
      'signature_method',
      ({ assertion, copy, forged, response, signature, withoutSignature }) => {
        const forgery = forged(assertion)
        const kept = copy(signature)
        kept.appendChild(withoutSignature(copy(assertion)))
        forgery.insertBefore(kept, forgery.firstChild?.nextSibling ?? null)
        response.replaceChild(forgery, assertion)
      },
    ],
    [
      'XSW7: extensions hold a forged assertion',
      'assertion',
      'assertion',
      ({ assertion, document, forged, response }) => {
        const extensions = document.createElementNS('urn:oasis:names:tc:SAML:2.0:protocol', 'samlp:Extensions')
        extensions.appendChild(forged(assertion))
        response.insertBefore(extensions, assertion)
      },
    ],
    [
      'XSW8: an object of the signature holds the original',
      'assertion',
      'signature_method',
      ({ assertion, copy, forged, make, response, signature, withoutSignature }) => {
        const forgery = forged(assertion)
        const kept = copy(signature)
        const object = make('ds:Object')
        object.appendChild(withoutSignature(copy(assertion)))
        kept.appendChild(object)
        forgery.insertBefore(kept, forgery.firstChild?.nextSibling ?? null)
        response.replaceChild(forgery, assertion)
      },
    ],
  ]

  it.each(VARIANTS)('is refused for its second assertion: %s', async (_name, signs, _place, change) => {
    expect(await judgeOperated(signs, change)).toEqual(refusal('assertion'))
  })

  it.each(VARIANTS)('is refused with the original under another name: %s', async (_name, signs, place, change) => {
    const judgement = await judgeOperated(signs, (patient) => {
      change(patient)
      disguiseOriginals(patient)
    })
    expect(judgement).toEqual(refusal(place))
  })
})

/** Leaves the forged assertion as the only one: each other becomes an element of another name, with its ID and children. */
function disguiseOriginals({ document }: Patient) {
  for (const assertion of [...document.getElementsByTagName('saml:Assertion')]) {
    if (assertion.getAttribute('ID')?.startsWith('_evil')) continue
    const other = document.createElementNS('urn:x', 'x:Other')
    other.setAttribute('ID', assertion.getAttribute('ID') ?? '')
    while (assertion.firstChild) other.appendChild(assertion.firstChild)
    assertion.parentNode?.replaceChild(other, assertion)
  }
}
