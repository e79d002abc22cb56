import { endEverywhere, type Here, headOf, inRuns, othersOf, rowOf } from './backup-here.ts'
import type { OtherRun } from './backup-step.ts'
import { beginImport } from './import-pages.ts'
import { CLEAR_ROWS, STEPS_OF_A_CALL, VERIFY_ROWS } from './limits.ts'
import { someAtOnce } from './spread/checking.ts'
import { slotsFrom } from './spread/map.ts'
import { boundsOf, slotOfIdentity } from './spread/slots.ts'

/** How far the check at the end is: after which identity it goes on, and what it has counted. */
export interface Checked {
  after: string
  identities: number
  logins: number
}

export type Finished =
  | { kind: 'done' }
  | { kind: 'checking'; checked: Checked }
  /** It forwards to one that is not there, or that forwards itself. */
  | { kind: 'leads_nowhere'; uuid: string }
  /** The file says that there are so many, and here are others. */
  | { kind: 'other_counts'; identities: number; logins: number }
  | OtherRun

/** Checks what cannot be checked line by line, some of it, and then opens the pool. */
export async function finishImport(
  here: Here,
  { run, checked, ...told }: { run: string; identities: number; logins: number; checked: Checked | undefined },
): Promise<Finished> {
  const state = await rowOf(here)
  if (state?.run !== run) return { kind: 'other_run' }
  if (state.state === 'done') return { kind: 'done' }
  if (await isEnding(here)) {
    await endEverywhere(here, run)
    return { kind: 'done' }
  }
  let calls = 0
  const counting: Here = {
    ...here,
    take: (step) => {
      calls++
      return here.take(step)
    },
  }
  let at = checked ?? { after: '', identities: 0, logins: 0 }
  let left = slotsFrom(at.after === '' ? 0 : slotOfIdentity(at.after), here.spread)
  while (left[0] !== undefined) {
    if (calls >= STEPS_OF_A_CALL) return { kind: 'checking', checked: at }
    const bounds = boundsOf(left[0], here.tag, at.after)
    const page = await counting.take({ step: 'import_verify', ...bounds, limit: VERIFY_ROWS })
    const lost = await leadingNowhere(counting, page.forwards)
    if (lost !== undefined) return { kind: 'leads_nowhere', uuid: lost }
    const { identities, logins } = page
    at = { after: page.next ?? bounds.end, identities: at.identities + identities, logins: at.logins + logins }
    if (page.next === undefined) left = left.slice(1)
  }
  const { identities, logins } = at
  if (identities !== told.identities || logins !== told.logins) return { kind: 'other_counts', identities, logins }
  await endEverywhere(here, run)
  return { kind: 'done' }
}

/** Whether all was checked before: some objects make new identities already, which the file does not have. */
async function isEnding(here: Here): Promise<boolean> {
  const states = await someAtOnce(othersOf(here), (slots) => here.take({ step: 'import_state', slots }))
  return states.some((answer) => answer.import?.state === 'done')
}

async function leadingNowhere(
  here: Here,
  forwards: readonly { uuid: string; forward: string }[],
): Promise<string | undefined> {
  const wanted = [...new Set(forwards.map(({ forward }) => forward))]
  const answers = await inRuns(wanted, slotOfIdentity, here, (slots, identities) =>
    here.take({ step: 'forwards', slots, identities }),
  )
  const ends = new Set(
    answers.flatMap(({ found }) => found.flatMap(({ forward, uuid }) => (forward === null ? uuid : []))),
  )
  return forwards.find(({ forward }) => !ends.has(forward))?.uuid
}

/** Deletes what was imported, some of it, and then opens the pool as if nothing had been. */
export async function cancelImport(
  here: Here,
  run: string,
): Promise<{ kind: 'cancelled' } | { kind: 'cancelling' } | OtherRun> {
  const state = await rowOf(here)
  if (!state) return { kind: 'cancelled' }
  if (state.state !== 'importing') return { kind: 'other_run' }
  const begun = await beginImport(here, { run, source: state.source })
  // Some objects were opened by a call before, and are not empty any more. Now all are.
  if (begun.kind === 'not_empty') return { kind: 'cancelled' }
  if (begun.kind !== 'importing' || begun.state === 'done') return { kind: 'other_run' }
  let steps = 0
  for (const slots of [headOf(here), ...othersOf(here)])
    for (let left = true; left; steps++) {
      if (steps >= STEPS_OF_A_CALL) return { kind: 'cancelling' }
      const cleared = await here.take({ step: 'import_clear', slots, run, limit: CLEAR_ROWS })
      if (cleared.kind === 'other_run') return cleared
      left = cleared.left
    }
  // Whoever finds that not all were opened begins again with nothing.
  await here.take({ step: 'import_note', slots: headOf(here), run, line: 1, last: '', identities: 0, logins: 0 })
  await endEverywhere(here, run, true)
  return { kind: 'cancelled' }
}
