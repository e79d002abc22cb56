import type { SerializedError } from 'vitest'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * A vitest reporter that sends the counts of a run to the process that started it. A file or suite that breaks outside
 * its tests counts as one failure, as does an error that no test caught: without them a broken run could read as green.
 */
export default class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      for (const group of [module, ...module.children.allSuites()]) if (group.errors().length > 0) tally.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        tally[state === 'pending' ? 'failed' : state]++
      }
    }
    process.send?.(tally)
  }
}
