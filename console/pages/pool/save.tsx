import { useSignal } from '@preact/signals'
import { Refused } from '../../calls/index.ts'
import { Confirm } from '../../parts/index.ts'
import { changedMembers, consequencesOf } from './consequences.ts'
import { Diff } from './diff.tsx'
import { type Change, type Settings, save, settingsOf, withChange } from './settings.ts'

interface SaveProps {
  /** As they were when the operator began. */
  settings: Settings
  change: Change
  onSaved: (saved: Settings) => void
  onClose: () => void
}

/**
 * Says what a change does, and to whom, before it is made. If somebody else was faster nothing is saved: their change is shown,
 * and the operator decides anew, on what there is now.
 */
export function Save({ change, onClose, onSaved, settings }: SaveProps) {
  const newest = useSignal(settings)
  const after = withChange(newest.value, change)
  const theirs = changedMembers(settings, newest.value)
  const submit = async () => {
    try {
      onSaved(await save(after))
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'ConcurrentModificationException')) throw error
      newest.value = await settingsOf(settings.IdentityPoolId)
      throw new Error('Nothing was saved: somebody else changed the pool meanwhile. Look at both changes, then decide.')
    }
  }
  return (
    <Confirm
      title={`Change ${newest.value.IdentityPoolName}`}
      action={theirs.length > 0 ? 'Save on top of it' : 'Save'}
      onConfirm={submit}
      onClose={onClose}
    >
      {theirs.length > 0 && (
        <div class="notice">
          <p>Somebody else has changed the pool while you edited it.</p>
          {theirs.some((member) => Object.hasOwn(change, member)) && (
            <p>
              <strong>Your change replaces theirs</strong> of{' '}
              {theirs.filter((one) => Object.hasOwn(change, one)).join(', ')}.
            </p>
          )}
          <Diff title="Their change" before={settings} after={newest.value} />
        </div>
      )}
      <Consequences before={newest.value} after={after} />
      <Diff title="Your change" before={newest.value} after={after} />
      <p class="hint">It holds from the next call on, for all users at once. To undo it, change it back.</p>
    </Confirm>
  )
}

const WORDS = {
  opens: ['opens', 'warn'],
  narrows: ['narrows', 'warn'],
  either: ['may do either', 'warn'],
  neither: ['harmless', 'good'],
} as const

function Consequences({ after, before }: { before: Settings; after: Settings }) {
  return (
    <ul class="consequences">
      {consequencesOf(before, after).map(({ kind, text }) => (
        <li key={text}>
          <span class={`badge ${WORDS[kind][1]}`}>{WORDS[kind][0]}</span> {text}
        </li>
      ))}
    </ul>
  )
}
