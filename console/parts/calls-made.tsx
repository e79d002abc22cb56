import { madeCalls } from '../calls/index.ts'
import { commandOf } from './command.ts'
import { Copy } from './copy.tsx'
import { addressOf } from './route.ts'

/** The calls that made the page: nothing is the console's alone. */
export function CallsMade() {
  const calls = madeCalls.value
  return (
    <details class="calls">
      <summary>
        {calls.length === 1 ? 'One call' : `${calls.length} calls`} made this page, which a command line can make too
      </summary>
      <ol>
        {calls.map((call, index) => (
          <li key={index}>
            <code>
              {call.service}:{call.operation}
            </code>{' '}
            {call.took === undefined ? '…' : `${Math.round(call.took)} ms`}{' '}
            {call.outcome !== undefined && call.outcome !== 'ok' && <span class="badge bad">{call.outcome}</span>}{' '}
            <Copy label="Copy as command" text={commandOf(call)} />{' '}
            {call.requestId && call.outcome !== 'ok' && <a href={addressOf(['why', call.requestId])}>why?</a>}
          </li>
        ))}
      </ol>
    </details>
  )
}
