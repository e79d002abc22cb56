import fc from 'fast-check'
import { apply, plan, readIdentityText, type ServiceApi, summaryOf } from '../../../package/file/index.ts'
import { identityFiles } from './random-files.ts'

const ENV = { X_SECRET: 'a-consumer-secret' }

/**
 * Applies files by chance to one service, each to what the file before has left. Throws if a plan that was carried out leaves
 * anything to do, or if anything was opened before the last was narrowed. `told` hears of each.
 */
export async function applyAnyFiles(api: ServiceApi, runs: number, seed: number, told = () => {}): Promise<void> {
  await fc.assert(
    fc.asyncProperty(identityFiles, async (file) => {
      const document = readIdentityText(JSON.stringify(file))
      const { hash } = await plan(document, api, ENV)
      const steps: { step: string; effects: readonly string[] }[] = []
      await apply(document, api, { env: ENV, hash, onStep: (step, effects) => steps.push({ step, effects }) })
      const made = steps.flatMap(({ step }) => /^(pool \w+): made/.exec(step)?.[1] ?? [])
      const known = steps.filter(({ step }) => !made.some((pool) => step.startsWith(`${pool}:`)))
      const opening = known.findIndex(({ effects }) => effects.includes('opens'))
      const narrowing = known.findLastIndex(({ effects }) => effects.includes('narrows'))
      if (opening >= 0 && narrowing >= opening)
        throw new Error(`It opens before it narrows:\n${steps.map(({ step }) => step).join('\n')}`)
      const { changes } = summaryOf(await plan(document, api, ENV))
      if (changes.length > 0) throw new Error(`The plan is not empty:\n${JSON.stringify(changes, null, 2)}`)
      told()
    }),
    { numRuns: runs, seed, endOnFailure: true },
  )
}
