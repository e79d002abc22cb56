import { MAX_SESSION_SECONDS } from '../../credentials/index.ts'
import type { Pool } from '../../pools/index.ts'
import { MAX_AUDIENCE_TOKEN_SECONDS, MAX_TOKEN_SECONDS, OPENID_TOKEN_SECONDS } from '../../tokens/index.ts'
import { sessionSecondsOf } from '../pool/index.ts'

/** What an identity was given before an operator stopped it, and nobody can recall. */
export interface StillValid {
  /** When the credentials of the enhanced flow end. */
  CredentialsUntil: Date
  /** When the tokens of this service end, if the pool gives any out. */
  TokensUntil: Date | undefined
  /** When everything ends: also the longest session that an STS gives for the last of the tokens. */
  StillValidUntil: Date
}

/** What may still be valid of what a pool gave out by a time in milliseconds since the epoch, by its settings of today. */
export function stillValid(pool: Pool, now: number): StillValid {
  const inSeconds = (seconds: number) => new Date(now + seconds * 1000)
  const credentials = sessionSecondsOf(pool)
  const tokens = tokenSecondsOf(pool)
  // Those for other relying parties; what these give for them nobody here knows.
  const others = pool.settings.tokenAudiences?.map(({ maxSeconds = MAX_AUDIENCE_TOKEN_SECONDS }) => maxSeconds) ?? []
  const lasting = Math.max(tokens ?? 0, ...others)
  return {
    CredentialsUntil: inSeconds(credentials),
    TokensUntil: lasting === 0 ? undefined : inSeconds(lasting),
    StillValidUntil: inSeconds(Math.max(credentials, lasting, tokens === undefined ? 0 : tokens + MAX_SESSION_SECONDS)),
  }
}

/** How long the longest token lives that leaves this service for users of a pool; nothing, if none does. */
function tokenSecondsOf({ settings }: Pool): number | undefined {
  if (settings.developerProvider !== undefined) return MAX_TOKEN_SECONDS
  const hasBasicFlow = settings.allowClassicFlow !== false && settings.roleMappings.size === 0
  return hasBasicFlow ? OPENID_TOKEN_SECONDS : undefined
}

/** A statement for policies of roles at AWS, which ends the sessions of an identity there that began before a time. */
export function denyStatement(issuer: string, identityId: string, before: Date): string {
  const { host, pathname } = new URL(issuer)
  const provider = pathname === '/' ? host : `${host}${pathname}`
  const Condition = {
    StringEquals: { [`${provider}:sub`]: identityId },
    DateLessThan: { 'aws:TokenIssueTime': `${before.toISOString().slice(0, 19)}Z` },
  }
  return JSON.stringify({ Effect: 'Deny', Action: '*', Resource: '*', Condition }, null, 2)
}
