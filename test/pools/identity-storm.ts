import { abortAllDurableObjects } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, vi } from 'vitest'
import { expectSound, isSame, type Kept, kept, summaryOf, summaryOfRows } from './identity-invariants.ts'
import { type Answer, type Call, EMPTY, type Model, outcomeOf } from './identity-model.ts'
import { answerOf, callOf, type Step, send, sequences, versionIn } from './identity-steps.ts'
import { evict, inside, openPool, remote, type TestPool } from './support.ts'

/** Calls that are made at the same time, and what happens to the object meanwhile. */
export interface Gust {
  steps: readonly NewStep[]
  mishap: Mishap
  /** How many of the calls it happens to, or are under way when it happens. */
  underWay: number
}

type Mishap = 'none' | 'evicted' | 'aborted' | 'answers lost'

/** What an object does by itself is not asked for. */
type NewStep = Exclude<Step, { op: 'late_repeat' | 'sweep' }>

export const storms = (mishaps: readonly Mishap[]): fc.Arbitrary<Gust[]> =>
  fc
    .tuple(
      sequences,
      fc.array(
        fc.record({ size: fc.integer({ min: 1, max: 3 }), mishap: fc.constantFrom(...mishaps), underWay: fc.nat(3) }),
        { minLength: 15, maxLength: 15 },
      ),
    )
    .map(([steps, plans]) => {
      const left = steps.filter((step): step is NewStep => step.op !== 'late_repeat' && step.op !== 'sweep')
      return plans
        .map(({ size, ...plan }) => ({ steps: left.splice(0, size), ...plan }))
        .filter(({ steps }) => steps.length > 0)
    })

/**
 * Takes a new pool through the storm; the clock must be a fake one. Every gust must have an explanation: an order in which the calls could have been
 * made one after the other, giving these answers and leaving these rows. A call that was repeated may have been done once
 * already.
 */
export async function weather(storm: readonly Gust[]): Promise<void> {
  const pool = await openPool()
  const ids: string[] = []
  let model = EMPTY
  let serial = 0
  for (const gust of storm) {
    vi.setSystemTime(Date.now() + (gust.steps[0]?.elapsed ?? 0))
    const all = gust.steps.map((step) => callOf(step, model, ids, ++serial, Date.now()))
    // Of a guest, an operator could only hope that nobody else signs in as it meanwhile.
    const calls = all.filter((call) => all.length === 1 || !isOfGuest(model, call))
    const answers = await answersTo(calls, gust, pool)
    const rows = await inside(pool.id.tag, (_, { storage }) => kept(storage.sql))
    expectSound(rows)
    const made = calls.map((call, index) => ({ call, answer: answers[index] as Answer }))
    const explained = explain(model, made, rows, REPEATING.has(gust.mishap))
    expect(explained, unexplained(model, made, rows)).toBeDefined()
    model = explained ?? model
    for (const call of calls) if (call.op === 'resolve' && model.identities.has(call.fresh)) ids.push(call.fresh)
  }
}

/** Whether an operator's call gives somebody a guest. */
function isOfGuest({ identities, standsFor }: Model, call: Call): boolean {
  const named = call.op === 'operator_links' ? [call.identity] : call.op === 'operator_merges' ? [call.source] : []
  return named.some((uuid) => identities.get(standsFor.get(uuid) ?? uuid)?.state === 'guest')
}

async function answersTo(calls: readonly Call[], { mishap, underWay }: Gust, { id }: TestPool): Promise<Answer[]> {
  const once = async (call: Call) => {
    let version = versionIn(await remote(id.tag).read({ id: id.text }))
    for (;;) {
      const answer = await send(remote(id.tag), call, id.text, version)
      if (answer.kind !== 'stale') return answerOf(answer)
      version = versionIn(answer)
    }
  }
  // As the Worker calls an object: once more, on a fresh stub, if the first call was broken off.
  const make = (call: Call) => once(call).catch(() => once(call))
  const twice = (call: Call) => once(call).then(() => once(call))
  const first = calls.slice(0, underWay).map(mishap === 'answers lost' ? twice : make)
  const happening = mishap === 'evicted' ? evict(id.tag) : mishap === 'aborted' ? abortAllDurableObjects() : undefined
  const others = calls.slice(underWay).map(make)
  await happening
  return Promise.all([...first, ...others])
}

/** Mishaps after which a call is made again that may have been done. */
const REPEATING: ReadonlySet<Mishap> = new Set(['aborted', 'answers lost'])

interface Made {
  call: Call
  answer: Answer
  /** Set once the call was done and its answer was lost: what it was, and the state that it left. */
  lost?: { answers: readonly Answer[]; after: Model }
}

/** The state of the pool after the calls in some order that explains the answers and the rows, if there is one. */
function explain(model: Model, open: readonly Made[], rows: Kept, repeating: boolean): Model | undefined {
  if (open.length === 0) return isSame(summaryOf(model), summaryOfRows(rows)) ? model : undefined
  for (const made of open) {
    const { answer, call, lost } = made
    const others = open.filter((other) => other !== made)
    const { after, answers } = outcomeOf(model, call, Date.now())
    const has = (expected: readonly Answer[]) => expected.some((one) => isSame(one, answer))
    const explained =
      // Repeated with nothing in between, a call must be recognised.
      (has(answers) && model !== lost?.after && explain(after, others, rows, repeating)) ||
      (lost && has(lost.answers) && explain(model, others, rows, repeating)) ||
      (repeating && !lost && explain(after, [...others, { ...made, lost: { answers, after } }], rows, repeating))
    if (explained) return explained
  }
  return undefined
}

function unexplained(before: Model, made: readonly Made[], rows: Kept): string {
  return JSON.stringify({ before: summaryOf(before), made, after: summaryOfRows(rows) }, null, 1)
}
