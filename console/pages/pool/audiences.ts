/** An audience for which users of a pool have tokens (`TokenAudiences` of GetPoolSettings). */
export interface TokenAudience {
  Audience: string
  Subject?: TokenSubject
  Claims?: string[]
  MaxSeconds?: number
  Guests?: boolean
}

export type TokenSubject = 'identity' | 'role' | 'pool-role'

/** What the subject of a token may be. The first is the default. */
export const SUBJECTS: readonly (readonly [TokenSubject, string])[] = [
  ['identity', 'the id of the identity'],
  ['role', 'the ARN of the role'],
  ['pool-role', 'the pool and the name of the role'],
]

/** Claims that may be told. All of them are, where an audience does not choose. */
export const CLAIMS = ['account', 'pool', 'role', 'amr', 'principal_tags'] as const

/** An audience in words. */
export function audienceText({
  Claims,
  Guests = false,
  MaxSeconds = 3600,
  Subject = 'identity',
}: TokenAudience): string {
  const [, subject] = SUBJECTS.find(([value]) => value === Subject) ?? ['', Subject]
  const told =
    Claims === undefined ? 'all claims' : Claims.length === 0 ? 'no claims' : `the claims ${Claims.join(', ')}`
  return `${Guests ? 'users and guests' : 'users'}, as ${subject}, with ${told}, for ${MaxSeconds} seconds at most`
}
