import { mayBeAudience } from '../../credentials/index.ts'
import { type Pool, TOKEN_CLAIMS, TOKEN_SUBJECTS, type TokenAudience } from '../../pools/index.ts'
import { boolean, integer, list, optional, required, string, structure, type Value } from '../../protocol/index.ts'
import { MAX_AUDIENCE_TOKEN_SECONDS, MIN_AUDIENCE_TOKEN_SECONDS } from '../../tokens/index.ts'
import { invalidParameter } from '../faults.ts'
import { MAX_TOKEN_AUDIENCES } from './limits.ts'

/** Whoever mixes up what goes where sends a token for an audience. Records have none of that form. */
export function isNoToken(text: string): boolean {
  return !/^[\w-]{16,}\.[\w-]{16,}\./.test(text)
}

export const audience = string({ min: 1, max: 1000, recordedIf: isNoToken })
export const tokenSeconds = integer({ min: MIN_AUDIENCE_TOKEN_SECONDS, max: MAX_AUDIENCE_TOKEN_SECONDS })

export const tokenAudiences = list(
  structure({
    Audience: required(audience),
    Subject: optional(string({ values: TOKEN_SUBJECTS })),
    Claims: optional(list(string({ values: TOKEN_CLAIMS }), { max: TOKEN_CLAIMS.length })),
    MaxSeconds: optional(tokenSeconds),
    Guests: optional(boolean()),
  }),
  { max: MAX_TOKEN_AUDIENCES },
)

/** The relying parties that a request asks for, or the fault for those that no token is for. `issuer`: URL of ours. */
export function tokenAudiencesFrom(given: Value<typeof tokenAudiences>, issuer: string): TokenAudience[] {
  const reserved = given.find((one) => mayBeAudience(one.Audience, issuer) === 'no')
  if (reserved) throw invalidParameter(`The audience ${reserved.Audience} is reserved for the tokens of identities.`)
  if (new Set(given.map((one) => one.Audience)).size < given.length)
    throw invalidParameter('TokenAudiences has an audience twice.')
  return given.map(({ Audience, Claims, Guests, MaxSeconds, Subject }) => ({
    audience: Audience,
    subject: Subject,
    claims: Claims,
    maxSeconds: MaxSeconds,
    guests: Guests,
  }))
}

/** These of a pool as the API describes them. */
export function describeTokenAudiences({ settings: { tokenAudiences: given = [] } }: Pool) {
  if (given.length === 0) return undefined
  return given.map(({ audience: Audience, claims, guests, maxSeconds, subject }) => ({
    Audience,
    Subject: subject,
    Claims: claims,
    MaxSeconds: maxSeconds,
    Guests: guests,
  }))
}

export type WholeTokenAudience = { [K in keyof TokenAudience]-?: NonNullable<TokenAudience[K]> }

/** The relying party of this name, letter for letter, with what its owner left out. */
export function tokenAudienceOf({ settings }: Pool, name: string): WholeTokenAudience | undefined {
  const found = settings.tokenAudiences?.find((one) => one.audience === name)
  if (!found) return undefined
  const { claims = TOKEN_CLAIMS, guests = false, maxSeconds = MAX_AUDIENCE_TOKEN_SECONDS, subject = 'identity' } = found
  return { audience: name, subject, claims, maxSeconds, guests }
}
