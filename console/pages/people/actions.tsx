import { useSignal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Block, Unblock } from './block.tsx'
import type { ActionProps } from './change.tsx'
import type { Identity } from './identity.ts'
import { Link } from './link.tsx'
import { Merge } from './merge.tsx'
import { Revoke } from './revoke.tsx'

type Action = readonly [title: string, dialog: FunctionComponent<ActionProps>, isMeant: (identity: Identity) => boolean]

const isAlive = ({ State }: Identity) => State !== 'Disabled'

const ACTIONS: readonly Action[] = [
  ['Link a login', Link, isAlive],
  ['Merge', Merge, isAlive],
  ['Block', Block, ({ Blocked }) => !Blocked],
  ['Change the block', Block, ({ Blocked }) => Blocked === true],
  ['Unblock', Unblock, ({ Blocked }) => Blocked === true],
  ['Revoke sessions', Revoke, isAlive],
]

/** What an operator can do with an identity. */
export function Actions({ identity, onDone, pool }: Omit<ActionProps, 'onClose'>) {
  const chosen = useSignal<Action | undefined>(undefined)
  const [, Shown] = chosen.value ?? []
  const row = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // What had the focus may be gone with the state that it was for.
    if (document.activeElement === document.body) row.current?.focus()
  }, [identity])
  const close = () => {
    chosen.value = undefined
  }
  return (
    <>
      <div class="row" ref={row} tabIndex={-1}>
        {ACTIONS.filter(([, , isMeant]) => isMeant(identity)).map((action) => (
          <button
            key={action[0]}
            type="button"
            onClick={() => {
              chosen.value = action
            }}
          >
            {action[0]}
          </button>
        ))}
      </div>
      {Shown && <Shown identity={identity} pool={pool} onDone={onDone} onClose={close} />}
    </>
  )
}
