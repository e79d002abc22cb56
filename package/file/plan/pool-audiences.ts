import type { AudienceState, PoolState } from '../state/state.ts'
import { type Detail, differences, type Effect, withEntry } from './detail.ts'

/** What changes in the relying parties that users have tokens for. */
export function audienceDetails(before: PoolState, after: PoolState): Detail<PoolState>[] {
  const { added, changed, removed } = differences(before.audiences, after.audiences)
  const detail = (name: string, effect: Effect, message: string): Detail<PoolState> => ({
    effect,
    path: 'tokenAudiences',
    message,
    set: (pool) => withEntry(pool, 'audiences', name, after.audiences[name]),
  })
  return [
    ...removed.map((name) => detail(name, 'narrows', `users have no tokens for ${name} any more`)),
    ...added.map((name) => detail(name, 'opens', `users have tokens for ${name}, ${inWords(after.audiences[name])}`)),
    ...changed.map((name) => detail(name, 'either', `tokens for ${name} are ${inWords(after.audiences[name])}`)),
  ]
}

function inWords(state: AudienceState | undefined): string {
  const { claims = [], guests, maxSeconds, subject } = state ?? {}
  const whose = guests ? 'for guests too' : 'not for guests'
  return `${whose}, for ${maxSeconds} s, with the subject ${subject} and the claims ${claims.join(', ') || 'none'}`
}
