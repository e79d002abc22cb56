import { useSignal } from '@preact/signals'
import { Field, Switch } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { type ActionProps, Change } from './change.tsx'
import { addressOfIdentity, identityLine } from './identity.ts'
import { useProviders } from './providers.ts'

interface Linked {
  IdentityId: string
  /** Of a dry run: false if it is so already. */
  Changes?: boolean
}

/** Gives the identity one more login, by the word of the operator. */
export function Link({ identity: { IdentityId }, onClose, onDone, pool }: ActionProps) {
  const [provider, subject] = [useSignal(''), useSignal('')]
  const isDeveloper = useSignal(false)
  const { developer, names } = useProviders(pool)
  const login = () => ({
    Provider: provider.value.trim(),
    Subject: subject.value,
    Developer: isDeveloper.value || provider.value.trim() === developer,
  })
  const call = (more: object) =>
    edge<Linked>('LinkLogin', { IdentityPoolId: pool, IdentityId, ...login(), ...more }, regionOf(pool))
  const line = () => {
    const { Developer, Provider, Subject } = login()
    return identityLine('link', pool, {
      identity: IdentityId,
      provider: Provider,
      subject: Subject,
      developer: Developer,
    })
  }
  return (
    <Change
      title="Link a login"
      action="Link it"
      rehearse={{ ask: () => call({ DryRun: true }), tell: (would) => <Would linked={would} login={login()} /> }}
      make={() => call({})}
      tell={(did) => <Did linked={did} pool={pool} />}
      line={line}
      onDone={onDone}
      onClose={onClose}
    >
      <p>
        Whoever has this login signs in as this identity from then on, with its files and its data. Only link what is of
        the same person: your permission stands in for their sign-in.
      </p>
      <Field label="Provider" value={provider} suggestions={names} required />
      <Field label="Subject" value={subject} required hint="What the provider knows the user by; sub of its tokens." />
      <Switch label="A user of your backend (developer provider)" value={isDeveloper} />
    </Change>
  )
}

function Would({ linked, login }: { linked: Linked; login: { Provider: string; Subject: string } }) {
  return (
    <p class="notice" role="status">
      {linked.Changes === false ? (
        'The identity has this login already. Nothing would change.'
      ) : (
        <>
          The login of <strong>{login.Subject}</strong> at {login.Provider} would be linked to{' '}
          <code>{linked.IdentityId}</code>.
        </>
      )}
    </p>
  )
}

function Did({ linked: { IdentityId }, pool }: { linked: Linked; pool: string }) {
  return (
    <p class="notice good" role="status">
      <a href={addressOfIdentity(pool, IdentityId)}>{IdentityId}</a> has the login.
    </p>
  )
}
