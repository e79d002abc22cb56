import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Choice, goTo, route } from '../../parts/index.ts'
import type { Filters, Seen } from './seen.ts'

/** What the address says is to be shown. */
export function filtersOfRoute(): Filters {
  const { query } = route.value
  return { outcome: query.get('outcome') ?? '', reason: query.get('reason') ?? '', pool: query.get('pool') ?? '' }
}

/** Every choice is a part of the address, which may be sent to a colleague. */
export function FilterFields({ filters, seen }: { filters: Filters; seen: readonly Seen[] }) {
  const reasons = named(
    seen.flatMap(({ reason }) => reason ?? []),
    filters.reason,
  )
  const pools = named(
    seen.flatMap(({ pool }) => pool || []),
    filters.pool,
  )
  return (
    <div class="row filters">
      <Filter
        label="Outcome"
        name="outcome"
        filters={filters}
        options={[
          ['', 'all'],
          ['granted', 'granted'],
          ['refused', 'refused'],
        ]}
      />
      <Filter label="Reason" name="reason" filters={filters} options={[['', 'all'], ...reasons]} />
      <Filter label="Pool" name="pool" filters={filters} options={[['', 'all'], ...pools]} />
    </div>
  )
}

/** Each once, and the one that is chosen also while nothing of it was seen yet. */
function named(texts: readonly string[], chosen: string): (readonly [string, string])[] {
  const all = new Set(chosen ? [...texts, chosen] : texts)
  return [...all].sort().map((text) => [text, text] as const)
}

interface FilterProps {
  label: string
  name: keyof Filters
  filters: Filters
  options: readonly (readonly [string, string])[]
}

function Filter({ filters, label, name, options }: FilterProps) {
  const value = useSignal(filters[name])
  useEffect(() => {
    value.value = filters[name]
  }, [filters[name]])
  useEffect(
    () =>
      value.subscribe((chosen) => {
        const current = filtersOfRoute()
        if (chosen !== current[name]) goTo(['live'], { ...current, [name]: chosen })
      }),
    [value],
  )
  return <Choice label={label} value={value} options={options} />
}
