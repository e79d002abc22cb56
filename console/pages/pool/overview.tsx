import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { addressOf, Bars, Confirm, countText, Facts, goOn, type Load, Loaded, Moment } from '../../parts/index.ts'
import { cognito, regionOf } from '../../session/index.ts'
import { findingsOf } from './findings.ts'
import type { Settings } from './settings.ts'
import { Spread } from './spread.tsx'
import { type PoolStatistics, useStatistics } from './statistics.ts'

/** How many there are, by whom they signed in, where they are kept, and what seems wrong. */
export function Overview({ id, settings }: { id: string; settings: Load<Settings> }) {
  const statistics = useStatistics(id)
  return (
    <>
      <Loaded from={settings}>{(loaded) => <Findings of={loaded} />}</Loaded>
      <div class="columns">
        <section>
          <h2>Identities</h2>
          <Loaded from={statistics}>{(found) => <Counts of={found} pool={id} />}</Loaded>
        </section>
        <section>
          <h2>Logins by provider</h2>
          <Shown from={statistics}>{(found) => <Logins of={found} />}</Shown>
        </section>
        <Spread id={id} />
      </div>
      <Shown from={settings}>{(loaded) => <Deletion of={loaded} />}</Shown>
    </>
  )
}

/** More of what stands above, which says there why it could not be loaded. */
function Shown<T>({ children, from }: { from: Load<T>; children: (value: T) => ComponentChildren }) {
  if (from.now.value.state === 'failed') return <p class="quiet">It could not be loaded: see above.</p>
  return <Loaded from={from}>{children}</Loaded>
}

function Findings({ of }: { of: Settings }) {
  const findings = findingsOf(of)
  if (findings.length === 0) return null
  return (
    <div class="notice">
      <ul>
        {findings.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  )
}

function Counts({ of: { Counting, Statistics }, pool }: { of: PoolStatistics; pool: string }) {
  return (
    <>
      {Counting && (
        <p role="status">
          {countText(Counting.Identities)} counted by now, {Counting.Percent} %. The page looks again by itself.
        </p>
      )}
      {Statistics && (
        <Facts
          of={[
            ['All', <strong key="all">{countText(Statistics.Identities)}</strong>],
            ['Users', listed(pool, 'User', Statistics.Users)],
            ['Guests', listed(pool, 'Guest', Statistics.Guests)],
            ['Disabled', listed(pool, 'Disabled', Statistics.Disabled)],
            ['Blocked', countText(Statistics.Blocked)],
            ['Users unused for 30 days', unused(Statistics.UsersUnused)],
            ['Guests unused for 30 days', unused(Statistics.GuestsUnused)],
            ['Counted at', <Moment key="at" at={Statistics.AsOf} />],
          ]}
        />
      )}
      {!Statistics && !Counting && <p class="quiet">The first count begins in a moment.</p>}
    </>
  )
}

/** A number of identities, with the way to them. */
const listed = (pool: string, state: string, count: number) => (
  <a href={addressOf(['identities', pool, 'all'], { state })}>{countText(count)}</a>
)

const unused = (count: number | undefined) =>
  count === undefined ? <span class="quiet">no use is kept</span> : countText(count)

function Logins({ of: { Statistics } }: { of: PoolStatistics }) {
  if (!Statistics) return <p class="quiet">Not counted yet.</p>
  if (Statistics.Providers.length === 0)
    return (
      <p class="empty">
        Nobody has signed in yet. Each login that an identity gets is counted here, by who vouched for it.
      </p>
    )
  return (
    <Bars
      caption="Logins by provider"
      of={Statistics.Providers.map(({ Developer, Logins: count, Provider }) => ({
        key: `${Developer} ${Provider}`,
        name: Developer ? `${Provider} (your backend)` : Provider,
        count,
      }))}
    />
  )
}

/** At the end, behind everything else that one may want to do with a pool. */
function Deletion({ of: { IdentityPoolId, IdentityPoolName } }: { of: Settings }) {
  const asks = useSignal(false)
  const region = regionOf(IdentityPoolId)
  return (
    <section class="end">
      <h2>Deleting it</h2>
      <p>The pool goes with all of its identities and logins. This cannot be undone here.</p>
      <button type="button" onClick={() => (asks.value = true)}>
        Delete the pool…
      </button>
      {asks.value && (
        <Confirm
          title={`Delete ${IdentityPoolName}`}
          action="Delete for good"
          word={IdentityPoolName.trim() || IdentityPoolId}
          isDangerous
          onClose={() => (asks.value = false)}
          onConfirm={async () => {
            const go = goOn()
            await cognito('DeleteIdentityPool', { IdentityPoolId }, region)
            go(['pools'], { region })
          }}
        >
          <ul>
            <li>
              Every identity of the pool ends: calls with its id are refused, and data under it in buckets has no owner.
            </li>
            <li>Credentials that were vended stay good until they expire. Roles and login providers stay.</li>
            <li>Its id never serves another pool. A new pool gives its users other identities.</li>
          </ul>
        </Confirm>
      )}
    </section>
  )
}
