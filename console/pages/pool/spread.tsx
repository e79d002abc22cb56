import { Bars, countText, Facts, Loaded, Moment, useLoad } from '../../parts/index.ts'
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
