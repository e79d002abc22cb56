import { useSignal } from '@preact/signals'
import { Bars, Confirm, countText, Facts, type Load, Loaded, Moment, useLoad } from '../../parts/index.ts'
import { edge, regionOf } from '../../session/index.ts'

interface SpreadAnswer {
  Objects: number
  Places?: string[]
  Growth?: {
    Phase: 'Indexing' | 'Moving' | 'Done'
    Paused: boolean
    ObjectsBefore: number
    SlotsMoved: number
    SlotsToMove: number
    LoginsIndexed: number
    RowsGiven: number
    RowsPerSecond: number
    BeginDate: number
    EndDate?: number
    LastError?: string
    LastErrorDate?: number
  }
}

/** Over how many objects the pool is spread, and how it grows. */
export function Spread({ id }: { id: string }) {
  const spread = useLoad(() => edge<SpreadAnswer>('DescribeSpread', { IdentityPoolId: id }, regionOf(id)), [id])
  return (
    <section>
      <h2>Objects</h2>
      <Loaded from={spread}>
        {({ Growth, Objects, Places }) => (
          <>
            {Objects === 1 && !Growth && (
              <p>
                One object keeps this pool: enough for some 17 million users. Raise the tag of its objects in the
                settings, and it grows while it serves.
              </p>
            )}
            <Facts
              of={[
                ['Objects', countText(Objects)],
                ['Places', Places?.join(', ') ?? 'near the region of the pool'],
              ]}
            />
            {Growth && <Growing of={Growth} />}
            {Growth && Growth.Phase !== 'Done' && <Pausing id={id} isPaused={Growth.Paused} spread={spread} />}
          </>
        )}
      </Loaded>
    </section>
  )
}

function Growing({ of }: { of: NonNullable<SpreadAnswer['Growth']> }) {
  const { LastError, Phase, SlotsMoved, SlotsToMove } = of
  return (
    <>
      <h3>{Phase === 'Done' ? 'It has grown' : of.Paused ? 'Its growth is paused' : 'It grows'}</h3>
      {LastError !== undefined && (
        <p class="notice bad">
          {LastError}, <Moment at={of.LastErrorDate} />. The object tries again every 5 s.
        </p>
      )}
      <Bars
        caption="Slots moved, of those to move"
        of={[
          { key: 'moved', name: 'Slots moved', count: SlotsMoved },
          { key: 'to-move', name: 'of', count: SlotsToMove },
        ]}
      />
      <Facts
        of={[
          ['Phase', Phase],
          ['Objects before', countText(of.ObjectsBefore)],
          ['Logins indexed', countText(of.LoginsIndexed)],
          ['Rows moved', `${countText(of.RowsGiven)}, ${countText(of.RowsPerSecond)} a second`],
          ['Begun', <Moment key="begun" at={of.BeginDate} />],
          ['Ended', of.EndDate === undefined ? undefined : <Moment key="ended" at={of.EndDate} />],
        ]}
      />
    </>
  )
}

/** Lets the growth stand still, or go on. */
function Pausing({ id, isPaused, spread }: { id: string; isPaused: boolean; spread: Load<SpreadAnswer> }) {
  const isOpen = useSignal(false)
  const operation = isPaused ? 'ResumeSpread' : 'PauseSpread'
  const title = isPaused ? 'Let it go on' : 'Pause its growth'
  return (
    <p class="row">
      <button type="button" onClick={() => (isOpen.value = true)}>
        {title}
      </button>
      <button type="button" onClick={spread.again}>
        Look again
      </button>
      {isOpen.value && (
        <Confirm
          title={title}
          action={title}
          onClose={() => (isOpen.value = false)}
          onConfirm={async () => {
            const value = await edge<SpreadAnswer>(operation, { IdentityPoolId: id }, regionOf(id))
            spread.now.value = { state: 'loaded', value }
          }}
        >
          <p>
            {isPaused
              ? 'Slots move on to the new objects, where it stopped.'
              : 'A move of slots that was begun is brought to its end, and no other begins. Users notice nothing. It can go on at any time.'}
          </p>
        </Confirm>
      )}
    </p>
  )
}
