import { type Signal, useSignal } from '@preact/signals'
import { addressOf, Choice, Field, Form, goOn, RegionChoice, regionOfRoute, Switch } from '../../parts/index.ts'
import { cognito } from '../../session/index.ts'

/** Numbers of objects that a new pool may have; more are made by raising the tag later. */
const OBJECTS = ['1', '2', '4', '8', '16', '32', '64', '128', '256']

/** What a pool must be given when it is made. Everything else is set afterwards. */
export function NewPool() {
  const region = regionOfRoute()
  const name = useSignal('')
  const guests = useSignal(false)
  const developer = useSignal('')
  const objects = useSignal('1')
  const places = useSignal('')
  const make = async () => {
    const tags = {
      ...(objects.value !== '1' && { 'edge-identity:shards': objects.value }),
      ...(places.value.trim() !== '' && { 'edge-identity:places': places.value.trim() }),
    }
    const input = {
      IdentityPoolName: name.value,
      AllowUnauthenticatedIdentities: guests.value,
      ...(developer.value !== '' && { DeveloperProviderName: developer.value }),
      ...(Object.keys(tags).length > 0 && { IdentityPoolTags: tags }),
    }
    const go = goOn()
    const { IdentityPoolId } = await cognito<{ IdentityPoolId: string }>('CreateIdentityPool', input, region)
    go(['pool', IdentityPoolId, 'settings'])
  }
  return (
    <>
      <h1>Create a pool</h1>
      <RegionChoice />
      <Form action="Create the pool" onSubmit={make} also={<a href={addressOf(['pools'], { region })}>Cancel</a>}>
        <Field label="Name" value={name} required hint="For people. It can be changed at any time." />
        <Switch
          label="Guests are allowed"
          value={guests}
          hint="Anybody who knows the id of the pool gets an identity without signing in. Guests have no credentials until the pool has a role for them."
        />
        <Lasting developer={developer} objects={objects} places={places} />
        <p class="hint">
          The pool is made at once, in {region}, and gives nobody credentials yet: roles and login providers come next.
        </p>
      </Form>
    </>
  )
}

/** What a pool has for good, or nearly so. */
function Lasting({ developer, objects, places }: Readonly<Record<'developer' | 'objects' | 'places', Signal<string>>>) {
  return (
    <details>
      <summary>What cannot be changed later, or only in one direction</summary>
      <Field
        label="Developer provider"
        value={developer}
        hint="The name under which your own backend vouches for users, such as login.my-app. Once set, it stays."
      />
      <Choice
        label="Objects"
        value={objects}
        options={OBJECTS.map((one) => [one, one])}
        hint="One holds some 17 million users. The number can be raised later, and never lowered."
      />
      <Field
        label="Places"
        value={places}
        placeholder="weur enam apac-se"
        hint="Two to nine places of Cloudflare with blanks between them, at most as many as objects. Empty: near the region of the pool."
      />
    </details>
  )
}
