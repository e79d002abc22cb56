import type { Identity } from './identity.ts'

const WORDS = { Guest: 'guest', User: 'user', Disabled: 'disabled' } as const

/** What an identity is, and whether it is stopped. */
export function State({ of: { Blocked, State: state } }: { of: Pick<Identity, 'Blocked' | 'State'> }) {
  return (
    <>
      <span class={`badge${state === 'Disabled' ? ' warn' : ''}`}>{WORDS[state]}</span>
      {Blocked && (
        <>
          {' '}
          <span class="badge bad">blocked</span>
        </>
      )}
    </>
  )
}
