import type { Step } from '../../../parts/index.ts'
import type { Simulation } from './simulation.ts'

/** What the trust policy of the role says, by the record of the role here. */
export function trustStep({ Trust }: Simulation): Step[] {
  if (!Trust) return []
  if (!Trust.Registered)
    return [
      {
        title: 'Trust policy',
        tone: 'plain',
        aside: 'not known',
        children: <p>The role is not registered here, so that its trust policy cannot be judged.</p>,
      },
    ]
  if (Trust.Malformed !== undefined)
    return [{ title: 'Trust policy', tone: 'bad', children: <p>It cannot be read: {Trust.Malformed}</p> }]
  const allows = Trust.Decision === 'allow'
  return [
    {
      title: allows ? 'The trust policy allows it' : 'The trust policy does not allow it',
      tone: allows ? 'good' : 'bad',
      aside: Trust.Action,
      children: !allows && <Statements of={Trust.Statements ?? []} />,
    },
  ]
}

type Statement = NonNullable<NonNullable<Simulation['Trust']>['Statements']>[number]

/** What stands in the way, statement by statement. */
function Statements({ of }: { of: readonly Statement[] }) {
  return (
    <ul>
      {of.map(({ Effect, Sid, Unmet }, index) => (
        <li key={index}>
          Statement {index + 1}
          {Sid && ` (${Sid})`}, which {Effect === 'deny' ? 'denies' : 'allows'}
          {Unmet.length === 0 ? ': it fits.' : ', does not fit:'}
          <ul>
            {Unmet.map(({ Element, Found, Key, Operator, Wanted }) => (
              <li key={`${Element} ${Operator} ${Key}`}>
                {Element === 'condition' ? `${Operator} ${Key}` : Element}: wanted <code>{Wanted.join(', ')}</code>,
                found <code>{Found.join(', ') || 'nothing'}</code>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
