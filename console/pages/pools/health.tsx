import { addressOf, inTurn, useLoad } from '../../parts/index.ts'
import { findingsOf } from '../pool/findings.ts'
import { settingsOf } from '../pool/settings.ts'
import { Unknown } from './counted.tsx'

/** Whether the settings of a pool do what they seem to: a mark in the list, of which the pool's own page says more. */
export function Health({ of }: { of: string }) {
  const { value: current } = useLoad(() => inTurn(() => settingsOf(of)), [of]).now
  if (current.state === 'failed') return <Unknown error={current.error} />
  if (current.state === 'loading') return <>…</>
  const findings = findingsOf(current.value)
  if (findings.length === 0) return <span class="badge good">nothing found</span>
  return (
    <a class="badge warn" href={addressOf(['pool', of])} title={findings.join('\n')}>
      {findings.length === 1 ? '1 finding' : `${findings.length} findings`}
    </a>
  )
}
