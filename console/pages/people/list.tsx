import { useSignal } from '@preact/signals'
import {
  Choice,
  type Column,
  CopyBlock,
  Field,
  Form,
  goTo,
  Moment,
  PageOf,
  route,
  Table,
  usePages,
} from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'
import { addressOfIdentity, type Identity, identityLine, loginText } from './identity.ts'
import { useProviders } from './providers.ts'
import { State } from './state.tsx'
import { Whole } from './whole.tsx'

interface Page {
  Identities: Identity[]
  NextToken?: string
}

/** Identities on one page: a pool may have millions, of which a page is asked for at a time. */
const MAX_ROWS = 50

/** Calls for one page. */
const MAX_CALLS = 10

interface Filter {
  State?: string | undefined
  Provider?: string | undefined
  UnusedSince?: string | undefined
}

/** What the address asks for. */
function filterOfRoute(): Filter {
  const given = (name: string) => route.value.query.get(name) ?? undefined
  return { State: given('state'), Provider: given('provider'), UnusedSince: given('unused-since') }
}

/**
 * A page of the list. One call looks at some thousand identities, of which a filter may take few: so that a page is filled by
 * more calls, up to a number.
 */
async function filled(pool: string, filter: Filter, token: string | undefined): Promise<Page> {
  const Identities: Identity[] = []
  let NextToken = token
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const input = { IdentityPoolId: pool, MaxResults: MAX_ROWS - Identities.length, NextToken, ...filter }
    const page = await edge<Page>('ListIdentityDetails', input, regionOf(pool))
    Identities.push(...page.Identities)
    NextToken = page.NextToken
    if (NextToken === undefined || Identities.length >= MAX_ROWS) break
  }
  return { Identities, ...(NextToken !== undefined && { NextToken }) }
}

/** The identities of a pool, by id. */
export function List({ pool }: { pool: string }) {
  const filter = filterOfRoute()
  const key = JSON.stringify(filter)
  const { names } = useProviders(pool)
  const pages = usePages((token) => filled(pool, filter, token), [pool, key])
  const options = { state: filter.State?.toLowerCase(), provider: filter.Provider, 'unused-since': filter.UnusedSince }
  return (
    <>
      <FilterForm key={key} pool={pool} filter={filter} names={names} />
      <PageOf from={pages}>
        {({ Identities, NextToken }) => (
          <Table
            caption="Identities"
            rows={Identities}
            keyOf={({ IdentityId }) => IdentityId}
            columns={columnsFor(pool)}
            empty={<Nobody isEnd={NextToken === undefined} isFiltered={key !== '{}'} isFirst={!pages.hasPrevious()} />}
          />
        )}
      </PageOf>
      <CopyBlock title="With the command line" text={identityLine('list', pool, options)} />
    </>
  )
}

function columnsFor(pool: string): Column<Identity>[] {
  return [
    {
      title: 'Identity',
      cell: ({ IdentityId }) => (
        <a class="whole" href={addressOfIdentity(pool, IdentityId)}>
          {IdentityId}
        </a>
      ),
    },
    { title: 'State', cell: (identity) => <State of={identity} /> },
    { title: 'Logins', cell: ({ Logins }) => <LoginTexts of={Logins} /> },
    {
      title: 'Made',
      cell: ({ CreationDate }) => (
        <Whole>
          <Moment at={CreationDate} />
        </Whole>
      ),
    },
    {
      title: 'Last used',
      cell: ({ LastUsedOn }) => <Whole>{LastUsedOn ?? <span class="quiet">when it was made</span>}</Whole>,
    },
  ]
}

function LoginTexts({ of }: { of: Identity['Logins'] }) {
  if (of.length === 0) return <span class="quiet">none</span>
  return (
    <>
      {of.slice(0, 3).map((login) => (
        <div key={loginText(login)}>{loginText(login)}</div>
      ))}
      {of.length > 3 && <div class="quiet">and {of.length - 3} more</div>}
    </>
  )
}

const STATES = [
  ['', 'All'],
  ['User', 'Users: they have signed in'],
  ['Guest', 'Guests'],
  ['Disabled', 'Disabled: they lost their logins'],
] as const

function FilterForm({ filter, names, pool }: { pool: string; filter: Filter; names: readonly string[] }) {
  const state = useSignal(filter.State ?? '')
  const provider = useSignal(filter.Provider ?? '')
  const unusedSince = useSignal(filter.UnusedSince ?? '')
  const show = () =>
    goTo(['identities', pool, 'all'], {
      state: state.value,
      provider: provider.value.trim(),
      'unused-since': unusedSince.value.trim(),
    })
  return (
    <Form action="Show" onSubmit={show}>
      <div class="fields">
        <Choice label="State" value={state} options={STATES} />
        <Field label="Provider" value={provider} suggestions={names} placeholder="any" />
        <Field label="Not used since" value={unusedSince} placeholder="a day, such as 2026-11-27" />
      </div>
    </Form>
  )
}

interface NobodyProps {
  isEnd: boolean
  isFiltered: boolean
  isFirst: boolean
}

/** A page looks at a part of the pool, so that an empty one may not be the last. */
function Nobody({ isEnd, isFiltered, isFirst }: NobodyProps) {
  if (!isEnd) return <p>Nobody in this part of the pool. Go on with Next.</p>
  if (!isFirst) return <p>That was the end of the list.</p>
  if (isFiltered) return <p>Nobody in this pool is like that.</p>
  return (
    <p>
      The pool has no identities yet. An app makes one with its first call of GetId: of a guest, or of a user who brings
      a login.
    </p>
  )
}
