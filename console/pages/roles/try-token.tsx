import { useSignal } from '@preact/signals'
import {
  answerStep,
  Facts,
  Field,
  Form,
  factOf,
  type JudgedRole,
  type Step,
  Steps,
  sessionStep,
  tagsStep,
  trustStep,
  WhyNot,
} from '../../parts/index.ts'
import { edge, IAM_REGION } from '../../session/index.ts'
import type { Role } from './records.ts'

/** What SimulateAssumeRoleWithWebIdentity answers. */
interface Simulation extends JudgedRole {
  Token?: {
    Provider?: string
    Accepted: boolean
    Subject?: string
    Audience?: string
    ConditionKeys?: Record<string, string[]>
    Reason?: string
    Details?: Record<string, unknown>
    Accepts?: string[]
  }
}

/** Asks what the role would be to whoever brings a token to the STS, with no pool in between. Tokens are sent, and forgotten. */
export function TryToken({ on }: { on: Role }) {
  const fields = { token: useSignal(''), name: useSignal(''), seconds: useSignal(''), address: useSignal('') }
  const answer = useSignal<Simulation | undefined>(undefined)
  const ask = async () => {
    const WebIdentityToken = fields.token.value.trim()
    fields.token.value = ''
    answer.value = undefined
    const [name, seconds, address] = [fields.name.value, fields.seconds.value, fields.address.value].map((one) =>
      one.trim(),
    )
    const more = {
      ...(name && { RoleSessionName: name }),
      ...(seconds && { DurationSeconds: Number(seconds) }),
      ...(address && { ClientAddress: address }),
    }
    const input = { RoleArn: on.arn, WebIdentityToken, ...more }
    answer.value = await edge<Simulation>('SimulateAssumeRoleWithWebIdentity', input, IAM_REGION)
  }
  return (
    <section class="card">
      <h2>Try a token</h2>
      <p class="hint">
        For who brings a token to the STS without a pool: a workflow of GitHub, a service account of Kubernetes, or an
        app with an OpenID token of this service. Nothing is issued.
      </p>
      <Form action="What would it come to?" onSubmit={ask}>
        <Field
          label="Token"
          value={fields.token}
          type="password"
          required
          hint="It goes to the service, and is forgotten at once: it is neither shown nor kept."
        />
        <details>
          <summary>Whatever else the request has</summary>
          <Field label="Name of the session" value={fields.name} hint="Empty: simulated." />
          <Field label="Length of the session" value={fields.seconds} type="number" hint="In seconds. Empty: 3600." />
          <Field label="Address of the client" value={fields.address} hint="Empty: yours." />
        </details>
      </Form>
      {answer.value && (
        <div role="status">
          <Steps label="What the token would come to" of={stepsOf(answer.value)} />
        </div>
      )}
    </section>
  )
}

const stepsOf = (found: Simulation): Step[] => [
  ...tokenStep(found),
  ...tagsStep(found),
  ...sessionStep(found),
  ...trustStep(found),
  answerStep(found, 'The client', 'token'),
]

function tokenStep({ Token }: Simulation): Step[] {
  if (!Token) return []
  const { Accepted, Accepts, Audience, ConditionKeys = {}, Details = {}, Provider, Reason = '', Subject } = Token
  const whose = Provider === undefined ? [] : [factOf(['Provider', Provider])]
  if (!Accepted) {
    const details = [...Object.entries(Details), ...(Accepts ? [['accepted', Accepts] as const] : [])]
    const children = [
      <WhyNot key="why" name={Reason} of="token" />,
      <Facts key="of" of={[...whose, ...details.map(factOf)]} />,
    ]
    return [{ title: 'Token', tone: 'bad', aside: Reason, children }]
  }
  const keys = Object.entries(ConditionKeys)
  return [
    {
      title: 'Token',
      tone: 'good',
      aside: 'true',
      children: (
        <>
          <Facts of={[...whose, factOf(['Subject', Subject]), factOf(['Audience', Audience])]} />
          <details>
            <summary>{keys.length} condition keys, which the trust policy may ask about</summary>
            <Facts of={keys.map(factOf)} />
          </details>
        </>
      ),
    },
  ]
}
