import { type Signal, useSignal } from '@preact/signals'
import { Choice, Field, Form } from '../../../parts/index.ts'
import { listedIn } from '../providers.ts'
import type { Settings } from '../settings.ts'
import { Simulated } from './simulated.tsx'
import { type Draft, type Question, type Simulation, simulate } from './simulation.ts'

/** The key under which a token that a backend got is handed back. */
const HAND_BACK = 'cognito-identity.amazonaws.com'

interface SimulatorProps {
  settings: Settings
  /** The key in Logins that is chosen at first. */
  provider?: string
  /** What is edited and not saved yet. */
  draft?: () => Draft
  onAnswer?: (found: Simulation) => void
}

/** Asks what a login would come to. Tokens are sent, and forgotten before the answer comes. */
export function Simulator({ draft, onAnswer, provider = '', settings }: SimulatorProps) {
  const who = useSignal(provider)
  const token = useSignal('')
  const more = useMore()
  const answer = useSignal<Simulation | undefined>(undefined)
  const ask = async () => {
    const given = token.value.trim()
    token.value = ''
    answer.value = undefined
    const found = await simulate(settings.IdentityPoolId, {
      ...(who.value !== '' && { Logins: { [who.value]: given } }),
      ...moreOf(more),
      ...(draft && { Draft: draft() }),
    })
    answer.value = found
    onAnswer?.(found)
  }
  return (
    <section class="card">
      <h2>Try a login</h2>
      <p class="hint">
        Nothing is issued, linked or used up.{' '}
        {draft ? 'It is judged by what stands in the form, saved or not.' : 'It is judged by what is saved.'}
      </p>
      <Form action="What would it come to?" onSubmit={ask}>
        <Choice label="Who" value={who} options={choicesOf(settings)} />
        {who.value !== '' && (
          <Field
            label={who.value.includes(':saml-provider/') ? 'SAML response' : 'Token'}
            value={token}
            type="password"
            required
            hint="It goes to the service, and is forgotten at once: it is neither shown nor kept. Paste it again for another try."
          />
        )}
        <More of={more} isGuest={who.value === ''} needsIdentity={who.value === HAND_BACK} />
      </Form>
      {answer.value && <Simulated of={answer.value} settings={settings} />}
    </section>
  )
}

function choicesOf(settings: Settings): [value: string, label: string][] {
  const byKey = new Map(listedIn(settings).map(({ label, loginKey }) => [loginKey, label]))
  return [
    ['', 'a guest, without a token'],
    ...byKey,
    ...(settings.DeveloperProviderName ? ([[HAND_BACK, 'a user of your backend']] as [string, string][]) : []),
  ]
}

type MoreFields = Readonly<Record<'identity' | 'role' | 'address' | 'network' | 'pass', Signal<string>>>

function useMore(): MoreFields {
  return {
    identity: useSignal(''),
    role: useSignal(''),
    address: useSignal(''),
    network: useSignal(''),
    pass: useSignal(''),
  }
}

function moreOf({ address, identity, network, pass, role }: MoreFields): Question {
  const given = pass.value.trim()
  pass.value = ''
  return {
    ...(identity.value && { IdentityId: identity.value.trim() }),
    ...(role.value && { CustomRoleArn: role.value.trim() }),
    ...(address.value && { ClientAddress: address.value.trim() }),
    ...(network.value && { ClientNetwork: Number(network.value) }),
    ...(given && { GuestPass: given }),
  }
}

function More({ isGuest, needsIdentity, of }: { of: MoreFields; isGuest: boolean; needsIdentity: boolean }) {
  return (
    <details open={needsIdentity}>
      <summary>Whatever else the request has</summary>
      <Field label="Identity id" value={of.identity} hint="Empty: that of the login, or a new one." />
      <Field label="Role that the app asks for" value={of.role} />
      {isGuest && (
        <>
          <Field label="Address of the client" value={of.address} hint="Empty: yours." />
          <Field label="Network of the client" value={of.network} type="number" hint="Its AS number." />
          <Field label="Pass for a guest" value={of.pass} type="password" />
        </>
      )}
    </details>
  )
}
