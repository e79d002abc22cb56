import type { MoveLimits } from './limits.ts'
import type { GivenRow, Move, MoveAnswer, RowVersion, TakeMove } from './move.ts'

/** The two objects of a move, as they are asked. */
export interface MoveWays {
  source: TakeMove
  target: TakeMove
  limits: MoveLimits
  /** Lets the objects do other work, after so many milliseconds of this. */
  rest: () => Promise<void>
}

/** What became of a move, and how many rows were given. */
export interface Moved {
  decision: 'owned' | 'refused'
  rows: number
}

/**
 * Moves slots, or goes on with that wherever it was left. Several may do so at once: whatever is late changes nothing. Throws
 * where an object could not be asked; then it is tried again.
 */
export async function moveSlots(move: Move, ways: MoveWays): Promise<Moved> {
  const { op } = move
  const { source, target } = ways
  const ready = await target({ move: 'prepare', ...move })
  let rows = 0
  if (ready.kind === 'done' && (await source({ move: 'start', ...move })).kind === 'done') {
    const given = await giveMost(op, ways)
    rows = given.rows
    const rest = given.has && (await seal(op, given.has, ways))
    if (rest) {
      await target({ move: 'own', op, rows: rest })
      rows += rest.length
    }
  }
  return { decision: await settleMove(op, ways), rows }
}

/** Asks the target what it has decided, and has the source follow. */
export async function settleMove(
  op: string,
  { source, target }: Pick<MoveWays, 'source' | 'target'>,
): Promise<'owned' | 'refused'> {
  const { kind } = await target({ move: 'decide', op })
  await source({ move: kind === 'owned' ? 'release' : 'keep', op })
  return kind === 'owned' ? 'owned' : 'refused'
}

/** Gives rows, and those that change meanwhile, until few are left; `has` are the last that the target got. */
async function giveMost(op: string, ways: MoveWays): Promise<{ rows: number; has?: readonly RowVersion[] }> {
  let rows = 0
  let has: readonly RowVersion[] = []
  for (;;) {
    const given = await ways.source({ move: 'give', op, has, limit: ways.limits.rows })
    if (given.kind !== 'given') return { rows }
    if (given.left <= ways.limits.rest) return { rows, has: [] }
    if ((await ways.target({ move: 'put', op, rows: given.rows })).kind !== 'done') return { rows }
    rows += given.rows.length
    has = given.rows.map(({ key, kind, version }) => ({ key, kind, version }))
    await ways.rest()
  }
}

/** Has the source seal the slots; the rest of their rows, or nothing if the move is over. */
async function seal(op: string, has: readonly RowVersion[], ways: MoveWays): Promise<readonly GivenRow[] | undefined> {
  let known = has
  for (let round = 0; ; round++) {
    // Slots that change all the time are sealed with more to give at last.
    const most = round < ways.limits.rounds ? ways.limits.rest : Number.MAX_SAFE_INTEGER
    const sealed: MoveAnswer = await ways.source({ move: 'seal', op, has: known, most })
    if (sealed.kind === 'given') return sealed.rows
    if (sealed.kind !== 'too_many') return undefined
    const given = await giveMost(op, ways)
    if (!given.has) return undefined
    known = given.has
  }
}
