import { afterAll, beforeAll, describe, it } from 'vitest'
import type { CounterpartMeta } from '../../../tools/lib/counterparts-reporter.ts'
import { ACCESS_CHECKS, type Check } from './access-checks.ts'
import { type Bed, startBed } from './store-bed.ts'
import type { StoreTarget } from './store-target.ts'
import { TROUBLE_CHECKS } from './trouble-checks.ts'

/**
 * Starts a store and holds the service against it: in what every store is held to, and in what `own` says of this one. What
 * cannot run is skipped, with the reason.
 */
export function storeChecks(target: StoreTarget, own: Readonly<Record<string, Check>> = {}): void {
  describe(target.name, () => {
    let bed: Bed | undefined
    beforeAll(async () => {
      if (target.missing === undefined) bed = await startBed(target)
    })
    afterAll(() => bed?.stop())

    const cannot = new Map<string, string>(Object.entries(target.cannot ?? {}))
    it.for(Object.entries({ ...ACCESS_CHECKS, ...own, ...TROUBLE_CHECKS }))('%s', async ([name, check], context) => {
      const meta: CounterpartMeta = { counterpart: bed?.store.version ?? `skipped: ${target.missing}` }
      Object.assign(context.task.meta, meta)
      if (cannot.has(name)) context.skip(cannot.get(name))
      if (!bed) return context.skip(target.missing)
      await check(bed)
    })
  })
}
