import { useSignal } from '@preact/signals'
import { Field } from '../../../parts/index.ts'
import { EditForm, type EditProps, unlessEmpty } from './edit.tsx'
import { useRoles } from './known.ts'

/** The roles of those for whom no mapping decides. */
export function Roles({ onSaved, settings }: EditProps) {
  const known = useRoles()
  const users = useSignal(settings.Roles?.authenticated ?? '')
  const guests = useSignal(settings.Roles?.unauthenticated ?? '')
  const change = () => ({
    Roles: unlessEmpty({
      ...(users.value.trim() !== '' && { authenticated: users.value.trim() }),
      ...(guests.value.trim() !== '' && { unauthenticated: guests.value.trim() }),
    }),
  })
  return (
    <EditForm title="Roles" settings={settings} onSaved={onSaved} change={change}>
      <Field
        label="Role of users"
        value={users}
        suggestions={known}
        placeholder="arn:aws:iam::123456789012:role/app-user"
        hint="For whoever has signed in, unless a role mapping decides. Empty: they get no credentials without one."
      />
      <Field
        label="Role of guests"
        value={guests}
        suggestions={known}
        placeholder="arn:aws:iam::123456789012:role/app-guest"
        hint="What anybody on the internet may do. Empty: guests get no credentials."
      />
      <p class="hint">Its trust policy must name this pool as aud, and amr as authenticated or unauthenticated.</p>
    </EditForm>
  )
}
