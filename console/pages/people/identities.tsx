import { addressOf, Id, route, Tabs } from '../../parts/index.ts'
import { Find } from './find.tsx'
import { List } from './list.tsx'
import { PoolChoice } from './pool-choice.tsx'

/** The identities of a pool: all of them, or one that is looked for. */
export function Identities() {
  const [, pool, part = 'all'] = route.value.path
  return (
    <>
      <h1>Identities</h1>
      {pool === undefined ? (
        <PoolChoice />
      ) : (
        <>
          <p>
            of the pool <Id of={pool} /> <a href={addressOf(['pool', pool, 'overview'])}>to the pool</a>
          </p>
          <Tabs
            label="Identities"
            current={part}
            of={[
              [['identities', pool, 'all'], 'All'],
              [['identities', pool, 'find'], 'Find a user'],
            ]}
          />
          {part === 'find' ? <Find pool={pool} /> : <List pool={pool} />}
        </>
      )}
    </>
  )
}
