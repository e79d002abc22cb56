import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, runLeashed } from './bootstrap.mjs'

/** Sequences of one run. Each leaves an object, of which a Worker should not have too many. */
const PER_RUN = 2_500

/**
 * Holds so many sequences of calls against the rules for identities, while objects are evicted or reset and answers are lost; besides
 * as many one after the other, and a tenth of them at once. Then some pools with a life behind them are exported and imported, and
 * imports end at any call. Ends with the first that breaks a rule.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { sequences: { type: 'string' } } })
  const sequences = Number(values.sequences ?? 20_000)
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const fileOf = (name: string) => join('test', 'pools', `${name}.test.ts`)
  const [rules, ...once] = ['identity-rules.property', 'backup', 'import-deaths'].map(fileOf)
  for (let done = 0; done < sequences; ) {
    const now = Math.min(PER_RUN, sequences - done)
    process.env.SEQUENCES = String(now)
    const files = [rules ?? '', ...(done === 0 ? once : [])]
    const code = await runLeashed(process.execPath, [vitest, 'run', '--reporter=dot', ...files], () => {})
    if (code !== 0) {
      process.exitCode = code
      return
    }
    done += now
    process.stdout.write(`${done} of ${sequences} sequences\n`)
  }
}
