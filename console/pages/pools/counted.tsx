import type { ComponentChildren } from 'preact'
import { inTurn, useLoad } from '../../parts/index.ts'
import { type PoolStatistics, statisticsOf } from '../pool/statistics.ts'

/** Asks for the counts of each pool once, however many cells of its row show some of them. */
export type AskOnce = (poolId: string) => Promise<PoolStatistics>

export function askOnce(): AskOnce {
  const asked = new Map<string, Promise<PoolStatistics>>()
  return (poolId) => {
    const answer = asked.get(poolId) ?? inTurn(() => statisticsOf(poolId))
    asked.set(poolId, answer)
    return answer
  }
}

interface CountedProps {
  of: string
  ask: AskOnce
  show: (statistics: NonNullable<PoolStatistics['Statistics']>) => ComponentChildren
}

/** One figure of a pool; where it may not be asked for, that. */
export function Counted({ ask, of, show }: CountedProps) {
  const { value: current } = useLoad(() => ask(of), [of, ask]).now
  if (current.state === 'failed') return <Unknown error={current.error} />
  const found = current.state === 'loaded' ? current.value : current.before
  if (!found) return <>…</>
  return found.Statistics ? show(found.Statistics) : <span class="quiet">is being counted</span>
}

/** A cell that could not be filled: the row is of use all the same. */
export function Unknown({ error }: { error: unknown }) {
  const text = error instanceof Error ? error.message : String(error)
  return (
    <span class="quiet" title={text}>
      {/not authorized/.test(text) ? 'not allowed' : 'not known'}
    </span>
  )
}
