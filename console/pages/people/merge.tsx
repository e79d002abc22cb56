import { useSignal } from '@preact/signals'
import { Choice, Field } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { type ActionProps, Change } from './change.tsx'
import { addressOfIdentity, identityLine } from './identity.ts'

interface Merged {
  IdentityId: string
  /** Of a dry run. */
  Changes?: boolean
  LoginsMoved?: number
}

/** Makes one identity of this one and another. */
export function Merge({ identity: { IdentityId, State }, onClose, onDone, pool }: ActionProps) {
  const other = useSignal('')
  const survivor = useSignal(State === 'Guest' ? 'other' : 'this')
  const ids = () => {
    const both = [other.value.trim(), IdentityId]
    const [SourceIdentityId = '', DestinationIdentityId = ''] = survivor.value === 'this' ? both : both.reverse()
    return { SourceIdentityId, DestinationIdentityId }
  }
  const call = (more: object) =>
    edge<Merged>('MergeIdentities', { IdentityPoolId: pool, ...ids(), ...more }, regionOf(pool))
  return (
    <Change
      title="Merge with another identity"
      action="Merge them"
      isDangerous
      rehearse={{ ask: () => call({ DryRun: true }), tell: (would) => <Would merged={would} /> }}
      make={() => call({})}
      tell={(did) => <Did merged={did} pool={pool} />}
      line={() => {
        const { DestinationIdentityId: destination, SourceIdentityId: source } = ids()
        return identityLine('merge', pool, { source, destination })
      }}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        Two identities become one. The one that goes gives its logins to the one that stays, is disabled, and leads to
        it from then on. What apps stored under its id, such as files, stays where it is. This cannot be undone.
      </p>
      <Field label="The other identity" value={other} required placeholder={`${regionOf(pool)}:…`} />
      <Choice
        label="Which one stays?"
        value={survivor}
        options={[
          ['this', 'This one'],
          ['other', 'The other one'],
        ]}
        hint="A guest cannot stay."
      />
    </Change>
  )
}

function Would({ merged: { Changes, IdentityId, LoginsMoved = 0 } }: { merged: Merged }) {
  const logins = LoginsMoved === 1 ? 'One login' : `${LoginsMoved} logins`
  return (
    <p class="notice" role="status">
      {Changes === false ? (
        <>
          Both are <code>{IdentityId}</code> already. Nothing would change.
        </>
      ) : (
        <>
          {logins} would go to <code>{IdentityId}</code>, which both would be.
        </>
      )}
    </p>
  )
}

function Did({ merged: { IdentityId }, pool }: { merged: Merged; pool: string }) {
  return (
    <p class="notice good" role="status">
      Both are <a href={addressOfIdentity(pool, IdentityId)}>{IdentityId}</a> now.
    </p>
  )
}
