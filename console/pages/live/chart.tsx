import { countText } from '../../parts/index.ts'
import type { Seen } from './seen.ts'

/** Seconds of one bar, and how many bars there are: ten minutes. */
const BAR_SECONDS = 10
const BARS = 60
const HEIGHT = 60
const OTHERS = 'other reasons'
const ISSUED = 'granted'

/** Reasons that have a colour of their own. */
const COLOURS = 5

interface Part {
  name: string
  /** Number of its colour. */
  colour: number
  total: number
  /** By bar, the oldest first. */
  counts: readonly number[]
}

/** Sign-ins of the last ten minutes by what became of them: the most frequent ones by themselves. `now` in milliseconds. */
function partsOf(seen: readonly Seen[], now: number): Part[] {
  const first = Math.floor(now / 1000 / BAR_SECONDS) - BARS + 1
  const byReason = new Map<string, number[]>()
  for (const { at, reason = ISSUED } of seen.filter(({ isSignIn }) => isSignIn)) {
    const bar = Math.floor(at / 1000 / BAR_SECONDS) - first
    if (bar < 0 || bar >= BARS) continue
    const counts = byReason.get(reason) ?? Array<number>(BARS).fill(0)
    counts[bar] = (counts[bar] ?? 0) + 1
    byReason.set(reason, counts)
  }
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0)
  const granted = byReason.get(ISSUED) ?? Array<number>(BARS).fill(0)
  byReason.delete(ISSUED)
  const sorted = [...byReason].map(([name, counts]) => ({ name, counts, total: sum(counts) }))
  sorted.sort((a, b) => b.total - a.total)
  const [own, rest] = [sorted.slice(0, COLOURS), sorted.slice(COLOURS)]
  const others = granted.map((_, bar) => sum(rest.map(({ counts }) => counts[bar] ?? 0)))
  const parts = [{ name: ISSUED, counts: granted, total: sum(granted) }, ...own]
  if (rest.length > 0) parts.push({ name: OTHERS, counts: others, total: sum(others) })
  return parts.map((part, colour) => ({ ...part, colour }))
}

/** Stacked bars of ten seconds each, with a legend that has the numbers, and the same as a table. */
export function Chart({ now, seen }: { seen: readonly Seen[]; now: number }) {
  const parts = partsOf(seen, now)
  const heights = Array.from({ length: BARS }, (_, bar) =>
    parts.reduce((sum, { counts }) => sum + (counts[bar] ?? 0), 0),
  )
  const most = Math.max(1, ...heights)
  const legend = parts.map(({ name, total }) => `${name} ${countText(total)}`).join(', ')
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${BARS * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Sign-ins and refusals of the last ten minutes: ${legend}`}
      >
        {heights.map((_, bar) => (
          <Bar key={bar} bar={bar} parts={parts} most={most} />
        ))}
      </svg>
      <p class="row axis quiet" aria-hidden="true">
        <span>ten minutes ago</span>
        <span>
          at most {countText(most)} in {BAR_SECONDS} seconds
        </span>
        <span>now</span>
      </p>
      <figcaption>
        <Legend parts={parts} />
      </figcaption>
    </figure>
  )
}

function Legend({ parts }: { parts: readonly Part[] }) {
  return (
    <ul class="legend">
      {parts.map(({ colour, name, total }) => (
        <li key={name}>
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
            <rect class={`c${colour}`} width="10" height="10" />
          </svg>{' '}
          {name} <strong>{countText(total)}</strong>
        </li>
      ))}
    </ul>
  )
}

function Bar({ bar, most, parts }: { bar: number; parts: readonly Part[]; most: number }) {
  let top = HEIGHT
  return (
    <g>
      {parts.map(({ colour, counts, name }) => {
        const height = (HEIGHT * (counts[bar] ?? 0)) / most
        top -= height
        return height > 0 && <rect key={name} class={`c${colour}`} x={bar * 10 + 1} width="8" y={top} height={height} />
      })}
    </g>
  )
}
