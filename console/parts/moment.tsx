const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** A time, as one speaks of it; the exact one is its title. `at`: seconds since the epoch, or ISO 8601. */
export function Moment({ at }: { at: number | string | undefined }) {
  if (at === undefined) return <span class="quiet">never</span>
  const time = new Date(typeof at === 'number' ? at * 1000 : at)
  if (Number.isNaN(time.getTime())) return <>{String(at)}</>
  const seconds = (time.getTime() - Date.now()) / 1000
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? (['second', 1] as const)
  return (
    <time dateTime={time.toISOString()} title={time.toISOString()}>
      {relative.format(Math.round(seconds / length), unit)}
    </time>
  )
}
