import { Facts, reasonOf } from '../../parts/index.ts'
import { detailsOf } from './record.ts'

interface WhyNotProps {
  reason: string
  of: 'login' | 'request'
  /** Has the details of the reason. */
  entry: Readonly<Record<string, unknown>>
}

/** Why it ended here, and what to do about it. */
export function WhyNot({ entry, of, reason }: WhyNotProps) {
  const known = reasonOf(reason, of)
  const details = detailsOf(entry).filter(([name]) => name !== 'reason')
  return (
    <div class="notice bad">
      <p>
        {known?.means ?? 'The console does not know this reason. The documents of the service may.'}{' '}
        <span class="badge">{reason}</span>
      </p>
      {details.length > 0 && <Facts of={details.map(([name, text]) => [name, <code key={name}>{text}</code>])} />}
      {known && (
        <p>
          <strong>What to do:</strong> {known.todo}
        </p>
      )}
    </div>
  )
}
