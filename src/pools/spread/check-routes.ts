import type { CheckPosition, Route } from './check-step.ts'
import type { Checking } from './checking.ts'
import { CHECK_MERGES, CHECK_ROUTES } from './limits.ts'
import { slotsOf } from './map.ts'

/** Checks the next routes of an object; where to go on, if there are more. */
export async function checkRoutes(
  { after, object }: Extract<CheckPosition, { walk: 'routes' }>,
  checking: Checking,
): Promise<CheckPosition | undefined> {
  const { spread } = checking.options
  const next = { walk: 'merges', object: object + 1, after: '' } as const
  const [slots] = slotsOf(spread, object)
  const { routes } = slots
    ? await checking.take({ step: 'check_routes', slots, after, limit: CHECK_ROUTES })
    : { routes: [] }
  checking.forgetAll()
  await checking.know(routes.map(({ identity }) => identity))
  for (const route of routes) {
    checking.counts.routes++
    await checkRoute(route, checking)
    if (checking.isEnough && route !== routes.at(-1)) return { walk: 'routes', object, after: keyOf(route) }
  }
  const last = routes.at(-1)
  if (last && routes.length === CHECK_ROUTES) return { walk: 'routes', object, after: keyOf(last) }
  return next.object < spread.objects ? next : undefined
}

function keyOf({ login: { developer, provider, subject } }: Route) {
  return [provider, subject, developer ? 1 : 0] as const
}

async function checkRoute({ claim, identity, login, needless, young }: Route, checking: Checking): Promise<void> {
  const holder = needless ? undefined : await checking.holder(login, { identity, claim })
  if (holder?.kind === 'held') return
  if (young || holder?.kind === 'moving') {
    checking.counts.pending++
    return
  }
  const repaired = checking.options.repair && (!holder || (await checking.refuse(login, claim, holder.end)))
  if (repaired) await checking.take({ step: 'drop', login, claim })
  checking.found({ kind: 'route_without_member', identity, provider: login.provider }, repaired)
}

/** Checks the next merges that identities of an object remember, which are forgotten when their losers have followed. */
export async function checkMerges(
  { after, object }: Extract<CheckPosition, { walk: 'merges' }>,
  checking: Checking,
): Promise<CheckPosition> {
  const next = { walk: 'routes', object } as const
  const [slots] = slotsOf(checking.options.spread, object)
  if (!slots) return next
  const list = () => checking.take({ step: 'check_merges', slots, after, limit: CHECK_MERGES })
  const { merges } = await list()
  const last = merges.at(-1)
  if (!last) return next
  const ops = merges.map(({ op }) => op)
  // Whoever loses has to do something about it, from before it is decided until it is forgotten.
  const answers = await checking.everywhere((at) => checking.take({ step: 'check_errands', slots: at, ops }))
  const named = new Set(answers.flatMap((answer) => answer.ops))
  const left = merges.filter(({ op }) => !named.has(op))
  // Those that were forgotten just now are none.
  const still = new Set(left.length > 0 ? (await list()).merges.map(({ op }) => op) : [])
  for (const { op, survivor } of left) {
    if (!still.has(op)) continue
    const { repair } = checking.options
    if (repair) await checking.take({ step: 'forget', survivor, op })
    checking.found({ kind: 'merge_remembered', identity: survivor }, repair)
  }
  return merges.length === CHECK_MERGES ? { walk: 'merges', object, after: last.op } : next
}
