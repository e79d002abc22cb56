import { useSignal } from '@preact/signals'
import { Field } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { Change } from './change.tsx'
import { type Identity, identityLine, type Login } from './identity.ts'

interface Unlinked {
  IdentityId: string
  State: Identity['State']
}

interface UnlinkProps {
  identity: Identity
  login: Login
  pool: string
  onDone: () => void
  onClose: () => void
}

/** Takes a login off. Whoever may not see its subject has to know it. */
export function Unlink({ identity: { IdentityId, Logins }, login, onClose, onDone, pool }: UnlinkProps) {
  const { Developer, Provider, Subject } = login
  const subject = useSignal(Subject ?? '')
  const input = () => ({ IdentityPoolId: pool, IdentityId, Provider, Subject: subject.value, Developer })
  const call = (more: object) => edge<Unlinked>('UnlinkLogin', { ...input(), ...more }, regionOf(pool))
  return (
    <Change
      title="Take off a login"
      action="Take it off"
      isDangerous={Logins.length === 1}
      rehearse={{ ask: () => call({ DryRun: true }), tell: (would) => <Result of={would} isDry /> }}
      make={() => call({})}
      tell={(did) => <Result of={did} />}
      line={() =>
        identityLine('unlink', pool, {
          identity: IdentityId,
          provider: Provider,
          subject: subject.value,
          developer: Developer,
        })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        The user of <strong>{Provider}</strong> {Subject && <code>{Subject}</code>} does not sign in as this identity
        any more. With their next sign-in they get a new one.
      </p>
      {Subject === undefined && (
        <Field
          label="Subject"
          value={subject}
          required
          hint="Your key may not see it, so you have to know it. A wrong one changes nothing."
        />
      )}
    </Change>
  )
}

function Result({ isDry = false, of: { State } }: { of: Unlinked; isDry?: boolean }) {
  const isLast = State === 'Disabled'
  return (
    <p class={`notice ${isLast ? '' : 'good'}`} role="status">
      The login {isDry ? 'would be' : 'was'} taken off.{' '}
      {isLast &&
        `It ${isDry ? 'is' : 'was'} the last one: the identity ${isDry ? 'would be' : 'is'} disabled, and cannot be used again.`}
    </p>
  )
}
