import { useEffect, useRef } from 'preact/hooks'
import { type Load, useLoad } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'

/** What GetPoolStatistics answers. Times are seconds since the epoch. */
export interface PoolStatistics {
  Statistics?: {
    AsOf: number
    Identities: number
    Users: number
    Guests: number
    Disabled: number
    Blocked: number
    /** Missing where no use is kept. */
    UsersUnused?: number
    GuestsUnused?: number
    Providers: { Provider: string; Developer: boolean; Logins: number }[]
  }
  Counting?: { BeginDate: number; Identities: number; Percent: number }
}

/** Throws `Refused`. */
export const statisticsOf = (IdentityPoolId: string) =>
  edge<PoolStatistics>('GetPoolStatistics', { IdentityPoolId }, regionOf(IdentityPoolId))

/** Milliseconds until a count that is under way is looked at again: longer each time. */
const FIRST_WAIT = 700
const LONGEST_WAIT = 15_000

/** The counts of a pool; while they are counted, how far that is. */
export function useStatistics(id: string): Load<PoolStatistics> {
  const load = useLoad(() => statisticsOf(id), [id])
  const wait = useRef(FIRST_WAIT)
  const current = load.now.value
  useEffect(() => {
    if (current.state !== 'loaded' || (current.value.Statistics && !current.value.Counting)) return
    const timer = setTimeout(load.again, wait.current)
    wait.current = Math.min(2 * wait.current, LONGEST_WAIT)
    return () => clearTimeout(timer)
  }, [current, load.again])
  return load
}
