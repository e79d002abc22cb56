import { Refused } from '../../calls/index.ts'
import { addressOf, CopyBlock, Id, type Load, Loaded, route, Tabs, useLoad } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { Actions } from './actions.tsx'
import { Erase } from './erase.tsx'
import { Facts } from './facts.tsx'
import { addressOfList, type Identity, identityLine } from './identity.ts'
import { Logins } from './logins.tsx'
import { Timeline } from './timeline.tsx'

/** One identity. */
export function IdentityPage() {
  const [, pool = '', id = '', part = 'detail'] = route.value.path
  return (
    <>
      <h1>Identity</h1>
      <p class="row">
        <a href={addressOfList(pool)}>Identities of the pool</a>
        <Id of={id} />
      </p>
      <Tabs
        label="The identity"
        current={part}
        of={[
          [['identity', pool, id, 'detail'], 'Detail'],
          [['identity', pool, id, 'erase'], 'Erase'],
        ]}
      />
      {part === 'erase' ? <Erase key={id} pool={pool} id={id} /> : <Detail key={id} pool={pool} id={id} />}
    </>
  )
}

function Detail({ id, pool }: { id: string; pool: string }) {
  const load = useLoad(
    () => edge<Identity>('GetIdentityDetail', { IdentityPoolId: pool, IdentityId: id }, regionOf(pool)),
    [pool, id],
  )
  return (
    <>
      <Loaded from={load}>{(identity) => <Known identity={identity} pool={pool} again={load.again} />}</Loaded>
      <Gone load={load} pool={pool} id={id} />
      <CopyBlock title="With the command line" text={identityLine('show', pool, { identity: id })} />
    </>
  )
}

function Known({ again, identity, pool }: { identity: Identity; pool: string; again: () => void }) {
  return (
    <>
      <Actions identity={identity} pool={pool} onDone={again} />
      <div class="columns">
        <div>
          <Facts of={identity} pool={pool} />
          <h2>Logins</h2>
          <Logins identity={identity} pool={pool} onDone={again} />
        </div>
        <div>
          <h2>Timeline</h2>
          <Timeline of={identity} />
        </div>
      </div>
    </>
  )
}

/** An id that is unknown may be of somebody who was erased. */
function Gone({ id, load, pool }: { load: Load<Identity>; pool: string; id: string }) {
  const current = load.now.value
  if (current.state !== 'failed') return null
  if (!(current.error instanceof Refused && current.error.code === 'ResourceNotFoundException')) return null
  return (
    <p>
      If the user was erased in the last 35 days, there is a receipt of it:{' '}
      <a href={addressOf(['identity', pool, id, 'erase'])}>look for it</a>. The question changes nothing.
    </p>
  )
}
