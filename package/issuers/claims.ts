import type { JWTPayload } from 'jose'
import { isJsonObject } from '../../src/base/json.ts'
import type { IssuerConfig } from '../server/issuer-config.mjs'
import { MAX_SUBJECT_CHARS, TOKEN_SECONDS } from './limits.ts'

/** What keeps claims from being signed, in words for the person who asked for it. */
export class BadClaims extends Error {
  override readonly name = 'BadClaims'
}

/** Claims that a test chooses: a subject at least. Times, audience and whatever else may be as wrong as the test wants. */
export function chosenClaims(value: unknown, { issuer }: IssuerConfig): JWTPayload & { sub: string } {
  if (!isJsonObject(value)) throw new BadClaims('Claims are a JSON object.')
  const { sub, iss } = value
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_CHARS)
    throw new BadClaims(`Claims have a "sub" of 1 to ${MAX_SUBJECT_CHARS} characters: the user.`)
  if (iss !== undefined && iss !== issuer) throw new BadClaims(`This issuer signs as ${issuer} alone.`)
  return { ...value, sub }
}

/** Claims of the protocol, which a user at the login page does not choose. */
const OF_THE_PROTOCOL = ['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'azp', 'nonce', 'auth_time', 'at_hash', 'c_hash']

/** Claims from the login page: the user's name, and further ones as JSON. */
export function typedClaims(sub: string, text: string, config: IssuerConfig): JWTPayload & { sub: string } {
  const more = objectIn(text.trim() || '{}')
  if (!more) throw new BadClaims('Further claims are a JSON object, such as {"groups": ["staff"]}.')
  const fixed = Object.keys(more).find((name) => OF_THE_PROTOCOL.includes(name))
  if (fixed !== undefined) throw new BadClaims(`The claim "${fixed}" is not to be chosen here.`)
  return chosenClaims({ ...more, sub }, config)
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The whole ID token for some claims, as providers of the kind write it. */
export function idTokenClaims(
  { clients: [client], issuer, kind }: IssuerConfig,
  claims: JWTPayload & { sub: string },
  now: number,
): JWTPayload {
  const { aud = client, iat = now } = claims
  if (aud === undefined) throw new BadClaims('This issuer has no clients. Claims need an "aud".')
  const ofKind =
    kind === 'user_pool'
      ? { token_use: 'id', 'cognito:username': claims.sub }
      : kind === 'google' && typeof aud === 'string'
        ? { azp: aud }
        : {}
  return { iss: issuer, aud, iat, exp: iat + TOKEN_SECONDS, auth_time: iat, ...ofKind, ...claims }
}
