import { type Signal, useSignal } from '@preact/signals'
import { Choice, Field, Switch } from '../../../parts/index.ts'
import { EditForm, type EditProps } from './edit.tsx'

/** Name, guests, classic flow, and the developer provider as long as there is none. */
export function General({ onSaved, settings }: EditProps) {
  const name = useSignal(settings.IdentityPoolName)
  const guests = useSignal(settings.AllowUnauthenticatedIdentities)
  const classic = useSignal(String(settings.AllowClassicFlow ?? ''))
  const developer = useSignal('')
  const change = () => ({
    IdentityPoolName: name.value,
    AllowUnauthenticatedIdentities: guests.value,
    AllowClassicFlow: classic.value === '' ? undefined : classic.value === 'true',
    ...(developer.value !== '' && { DeveloperProviderName: developer.value }),
  })
  return (
    <EditForm title="Name and flows" settings={settings} onSaved={onSaved} change={change}>
      <Field label="Name" value={name} required hint="Letters, digits, blanks and any of _ + = , . @ -" />
      <Switch
        label="Guests are allowed"
        value={guests}
        hint="Identities without a login. Off cuts off those who are guests already; the tag for new guests does not."
      />
      <Choice
        label="Classic flow"
        value={classic}
        options={[
          ['', 'not set: allowed, as at AWS'],
          ['true', 'allowed'],
          ['false', 'refused'],
        ]}
        hint="An app takes the token of an identity to STS itself, and chooses a role that trusts it. The enhanced flow is safer: here the pool chooses."
      />
      <Developer value={developer} kept={settings.DeveloperProviderName} />
    </EditForm>
  )
}

function Developer({ kept, value }: { value: Signal<string>; kept: string | undefined }) {
  if (kept === undefined)
    return (
      <Field
        label="Developer provider"
        value={value}
        placeholder="login.my-app"
        hint="The name under which your own backend vouches for users. Once set, it can never be changed."
      />
    )
  return (
    <p>
      Developer provider: <code>{kept}</code> <span class="quiet">It was set once, and stays.</span>
    </p>
  )
}
