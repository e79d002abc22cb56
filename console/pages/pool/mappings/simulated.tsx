import {
  addressOf,
  answerStep,
  Facts,
  factOf,
  type Step,
  Steps,
  sessionStep,
  tagsStep,
  trustStep,
  WhyNot,
} from '../../../parts/index.ts'
import { labelOf } from '../providers.ts'
import { RoleLink } from '../role-link.tsx'
import type { Settings } from '../settings.ts'
import type { Simulation } from './simulation.ts'

/** What a login would come to, step by step. */
export function Simulated({ of, settings }: { of: Simulation; settings: Settings }) {
  const steps = [
    ...(of.Logins ?? []).map((login) => loginStep(login, settings)),
    ...guestStep(of),
    ...identityStep(of, settings),
    ...roleStep(of, settings),
    ...tagsStep(of),
    ...sessionStep(of),
    ...trustStep(of),
    answerStep(of, 'The app', 'request'),
  ]
  return (
    <div role="status">
      <Steps label="What the login would come to" of={steps} />
    </div>
  )
}

type Login = NonNullable<Simulation['Logins']>[number]

function loginStep(
  { Accepted, Accepts, Claims, ClientId, Details = {}, Provider, Reason = '', Subject }: Login,
  settings: Settings,
): Step {
  const title = `Login of ${labelOf(Provider, settings)}`
  if (!Accepted)
    return {
      title,
      tone: 'bad',
      aside: Reason,
      children: (
        <>
          <WhyNot name={Reason} of="login" />
          <Facts
            of={[...Object.entries(Details), ...(Accepts === undefined ? [] : [['Accepted', Accepts] as const])].map(
              factOf,
            )}
          />
        </>
      ),
    }
  return {
    title,
    tone: 'good',
    aside: 'true',
    children: (
      <>
        <Facts
          of={[...(Subject ? [factOf(['Subject', Subject])] : []), ...(ClientId ? [factOf(['Client', ClientId])] : [])]}
        />
        {Claims && (
          <details>
            <summary>{Object.keys(Claims).length} claims, which rules and attribute maps may use</summary>
            <Facts of={Object.entries(Claims).map(factOf)} />
          </details>
        )}
      </>
    ),
  }
}

function guestStep({ Guest }: Simulation): Step[] {
  if (!Guest) return []
  if (Guest.WouldBeMade) return [{ title: 'A guest would be made', tone: 'good' }]
  const { RefusedBy = '', Which } = Guest
  return [
    {
      title: 'No guest would be made',
      tone: 'bad',
      aside: [RefusedBy, Which].filter(Boolean).join(': '),
      children: <WhyNot name={RefusedBy} of="request" />,
    },
  ]
}

function identityStep({ Identity }: Simulation, { IdentityPoolId }: Settings): Step[] {
  if (!Identity) return []
  return [
    {
      title: Identity.Guest ? 'Identity of a guest' : 'Identity of a user',
      tone: 'good',
      children: (
        <p>
          <a href={addressOf(['identity', IdentityPoolId, Identity.IdentityId])}>{Identity.IdentityId}</a>
          <span class="quiet"> – if nobody has this login yet, it would be made, and the id would be another.</span>
        </p>
      ),
    },
  ]
}

function roleStep({ Identity, Role }: Simulation, settings: Settings): Step[] {
  if (!Role) return []
  const { ChosenBy, Reason, RoleArn } = Role
  const to = Identity?.Guest ? 'unauthenticated' : 'authenticated'
  const link = RoleArn && <RoleLink arn={RoleArn} pool={settings.IdentityPoolId} to={to} />
  if (Reason !== undefined)
    return [
      { title: 'Role', tone: 'bad', aside: Reason, children: [link, <WhyNot key="why" name={Reason} of="request" />] },
    ]
  return [
    {
      title: 'Role',
      tone: 'good',
      children: (
        <p>
          {link}. {ChosenBy && chosenText(ChosenBy, settings)}
        </p>
      ),
    },
  ]
}

function chosenText(
  { By, Custom, MappingKey = '', Role, Rule }: NonNullable<NonNullable<Simulation['Role']>['ChosenBy']>,
  settings: Settings,
) {
  const asked = Custom ? ' The app asked for it, and it is on offer.' : ''
  switch (By) {
    case 'default':
      return `It is the role of the pool for ${Role === 'unauthenticated' ? 'guests' : 'users'}.${asked}`
    case 'rule':
      return `Rule ${Rule} of the mapping of ${labelOf(MappingKey, settings)} is the first that fits.${asked}`
    case 'token':
      return `The token names it, as the mapping of ${labelOf(MappingKey, settings)} allows.${asked}`
  }
}
