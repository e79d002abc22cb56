import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { countText, Failure } from '../../parts/index.ts'
import { Chart } from './chart.tsx'
import { FilterFields, filtersOfRoute } from './filters.tsx'
import { passes } from './seen.ts'
import { SeenTable } from './seen-table.tsx'
import { startWatch, type Watch } from './watch.ts'

/** Decisions as they happen, while somebody looks. */
export function Live() {
  const watch = useMemo(startWatch, [])
  const now = useSignal(Date.now())
  useEffect(() => {
    const clock = setInterval(() => {
      if (watch.state.value === 'watching') now.value = Date.now()
    }, 2_000)
    return () => {
      clearInterval(clock)
      watch.end()
    }
  }, [watch, now])
  const filters = filtersOfRoute()
  const shown = useComputed(() => watch.seen.value.filter(passes(filtersOfRoute())))
  return (
    <>
      <h1>Live</h1>
      <Controls watch={watch} />
      {watch.error.value !== undefined && <Failure error={watch.error.value} again={watch.goOn} />}
      <Gaps watch={watch} />
      <h2>Sign-ins and refusals</h2>
      <Chart seen={shown.value} now={Math.max(now.value, watch.seen.value[0]?.at ?? 0)} />
      <h2>Decisions</h2>
      <FilterFields filters={filters} seen={watch.seen.value} />
      <SeenTable seen={shown.value} hasAny={watch.seen.value.length > 0} />
    </>
  )
}

function Controls({ watch }: { watch: Watch }) {
  const isWatching = watch.state.value === 'watching'
  return (
    <div class="row">
      <button type="button" class="main" onClick={isWatching ? watch.pause : watch.goOn}>
        {isWatching ? 'Pause' : 'Go on'}
      </button>
      <span role="status">
        {isWatching ? 'Watching: new decisions come by themselves.' : 'Paused: nothing is asked or sent.'}
      </span>
      <span class="quiet">
        {countText(watch.seen.value.length)} seen since {new Date(watch.since).toLocaleTimeString()}
      </span>
    </div>
  )
}

/** What the page cannot show, it says. */
function Gaps({ watch }: { watch: Watch }) {
  const [missed, gaps] = [watch.missed.value, watch.gaps.value]
  if (missed === 0 && gaps === 0) return null
  return (
    <p class="notice">
      {missed > 0 && `${countText(missed)} records are not shown: there were more than can be watched. `}
      {gaps > 0 && 'The watch had to begin again, so that some seconds may be missing. '}
      The log of the service has every record.
    </p>
  )
}
