import { type Signal, useSignal } from '@preact/signals'
import { addressOf, CopyBlock, countText, Dialog, reasonOf, Table } from '../../parts/index.ts'
import type { Seen } from './seen.ts'

/** Rows on the screen; the picture and the filters know of more. */
const ROWS = 100

/** The newest first. */
export function SeenTable({ hasAny, seen }: { seen: readonly Seen[]; hasAny: boolean }) {
  const opened = useSignal<Seen | undefined>(undefined)
  const close = () => {
    opened.value = undefined
  }
  return (
    <>
      <Table
        caption="Decisions, the newest first"
        rows={seen.slice(0, ROWS)}
        keyOf={({ id }) => id}
        empty={<Nothing hasAny={hasAny} />}
        columns={[
          { title: 'Time', cell: ({ at }) => <time title={new Date(at).toISOString()}>{timeText(at)}</time> },
          { title: 'Operation', cell: ({ operation }) => <span class="nowrap">{operation}</span> },
          { title: 'Outcome', cell: (one) => <Outcome of={one} /> },
          {
            title: 'Pool',
            cell: ({ pool }) => (pool ? <a href={addressOf(['pool', pool, 'overview'])}>{pool}</a> : '–'),
          },
          { title: 'Who', cell: ({ address, who }) => [who, address].filter(Boolean).join(', from ') },
          {
            title: 'More',
            cell: (one) => <More of={one} opened={opened} />,
          },
        ]}
      />
      {seen.length > ROWS && (
        <p class="hint">
          The last {ROWS} of {countText(seen.length)} are shown.
        </p>
      )}
      {opened.value && (
        <Dialog title={`${opened.value.operation}, ${timeText(opened.value.at)}`} onClose={close}>
          <CopyBlock title="Audit record" text={JSON.stringify(opened.value.record, null, 2)} />
        </Dialog>
      )}
    </>
  )
}

function More({ of, opened }: { of: Seen; opened: Signal<Seen | undefined> }) {
  const open = () => {
    opened.value = of
  }
  return (
    <span class="nowrap">
      <a href={addressOf(['why', of.id])}>Why</a>{' '}
      <button type="button" class="plain" aria-label={`Record of ${of.operation} at ${timeText(of.at)}`} onClick={open}>
        Record
      </button>
    </span>
  )
}

const timeText = (at: number) => new Date(at).toLocaleTimeString('en-GB')

function Outcome({ of: { reason } }: { of: Seen }) {
  if (reason === undefined) return <span class="badge good">granted</span>
  const means = reasonOf(reason, 'request')?.means
  return (
    <>
      <span class="badge bad">{reason}</span> {means && <span class="quiet">{means}</span>}
    </>
  )
}

function Nothing({ hasAny }: { hasAny: boolean }) {
  if (hasAny) return <p>Nothing that was seen fits the filters.</p>
  return (
    <p>
      Nothing has happened yet. Sign-ins, changes and refusals of this account come here within some seconds. Isolates
      far away begin with their next sign-in; reads that succeed leave no record.
    </p>
  )
}
