import { useSignal } from '@preact/signals'
import { Choice, Field, Moment } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { type ActionProps, Change } from './change.tsx'
import { identityLine } from './identity.ts'
import { type StillValid, WhatIsStillValid } from './still-valid.tsx'

interface Blocked extends StillValid {
  IdentityId: string
  BlockedUntil?: number
}

const ENDS = [
  ['', 'Until somebody unblocks it'],
  ['1', 'In an hour'],
  ['24', 'In a day'],
  ['168', 'In a week'],
  ['720', 'In 30 days'],
  ['at', 'At a time'],
] as const

/** Lets nobody sign in as the identity. */
export function Block({ identity: { IdentityId }, onClose, onDone, pool }: ActionProps) {
  const [ends, time, reason] = [useSignal(''), useSignal(''), useSignal('')]
  const until = () => untilText(ends.value, time.value)
  const call = () =>
    edge<Blocked>(
      'BlockIdentity',
      { IdentityPoolId: pool, IdentityId, Until: until(), Reason: reason.value.trim() || undefined },
      regionOf(pool),
    )
  return (
    <Change
      title="Block the identity"
      action="Block it"
      isDangerous
      make={call}
      tell={(blocked) => <Told blocked={blocked} />}
      line={() => identityLine('block', pool, { identity: IdentityId, until: until(), reason: reason.value.trim() })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        From the next call on nobody signs in as this identity, with none of its logins. Credentials and tokens that
        were given out stay valid until they end; afterwards you see until when. Unblock ends it.
      </p>
      <Choice label="It ends" value={ends} options={ENDS} />
      {ends.value === 'at' && (
        <Field label="Time (UTC)" value={time} required placeholder="2030-01-31T12:00:00Z" hint="A time, or a day." />
      )}
      <Field
        label="Reason (optional)"
        value={reason}
        placeholder="ticket 4711"
        hint="The number of a ticket, and no personal data. It is kept with the identity."
      />
    </Change>
  )
}

/** What `Until` is; nothing for a block without an end. A day is its beginning. */
function untilText(ends: string, time: string): string | undefined {
  if (ends === '') return undefined
  if (ends === 'at') return /^\d{4}-\d\d-\d\d$/.test(time.trim()) ? `${time.trim()}T00:00:00Z` : time.trim()
  return `${new Date(Date.now() + Number(ends) * 3_600_000).toISOString().slice(0, 19)}Z`
}

function Told({ blocked }: { blocked: Blocked }) {
  const { BlockedUntil, IdentityId } = blocked
  return (
    <>
      <p class="notice good" role="status">
        Nobody signs in as <code>{IdentityId}</code>.{' '}
        {BlockedUntil === undefined ? (
          'It stays so until somebody unblocks it.'
        ) : (
          <>
            The block ends <Moment at={BlockedUntil} />.
          </>
        )}
      </p>
      <WhatIsStillValid of={blocked} />
    </>
  )
}

/** Ends a block. */
export function Unblock({ identity: { BlockReason, IdentityId }, onClose, onDone, pool }: ActionProps) {
  const call = () =>
    edge<{ IdentityId: string }>('UnblockIdentity', { IdentityPoolId: pool, IdentityId }, regionOf(pool))
  return (
    <Change
      title="Unblock the identity"
      action="Unblock it"
      make={call}
      tell={() => (
        <p class="notice good" role="status">
          The user can sign in again.
        </p>
      )}
      line={() => identityLine('unblock', pool, { identity: IdentityId })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        The user can sign in again at once, with all logins.{' '}
        {BlockReason && <>It was blocked because of: {BlockReason}</>}
      </p>
    </Change>
  )
}
