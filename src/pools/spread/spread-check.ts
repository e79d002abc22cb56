import type { CheckPage } from '../check.ts'
import { checkIdentities } from './check-identities.ts'
import { checkMerges, checkRoutes } from './check-routes.ts'
import type { CheckPosition } from './check-step.ts'
import { Checking, type CheckOptions } from './checking.ts'

type Position = Exclude<CheckPosition, { walk: 'objects' }>

/**
 * Checks a part of what the objects of a pool have against each other, by the rules that hold for every call: the identity says
 * which logins it has (docs/spread-pools.md). After one object was restored to an earlier time, they may disagree.
 *
 * The pool serves meanwhile. So what is in the middle of a call is left to it, and each repair is one transaction of an object,
 * which looks again before it changes anything.
 */
export async function checkSpread(from: Position, options: CheckOptions): Promise<CheckPage> {
  const checking = new Checking(options)
  let at: Position | undefined = from
  do at = await next(at, checking)
  while (at && !checking.isEnough)
  const { counts, findings } = checking
  return { kind: 'checked', objects: options.spread.objects, counts, findings, next: at }
}

async function next(at: Position, checking: Checking): Promise<Position | undefined> {
  switch (at.walk) {
    case 'identities':
      return ((await checkIdentities(at.after, checking)) ?? { walk: 'merges', object: 0, after: '' }) as Position
    case 'merges':
      return (await checkMerges(at, checking)) as Position
    case 'routes':
      return (await checkRoutes(at, checking)) as Position | undefined
  }
}
