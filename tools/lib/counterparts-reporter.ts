import type { Reporter, TestModule } from 'vitest/node'

/** What a test leaves in its `meta`, for the end of the run. */
export interface CounterpartMeta {
  /** Name and version of what the target ran against, or why it did not run. */
  counterpart?: string
}

/** A vitest reporter that says after a run against which programs, of which versions, each file ran. */
export default class CounterpartsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    console.log('\nRan against:')
    for (const module of modules) {
      const target = module.moduleId.replace(/^.*\/|\.test\.ts$/g, '')
      const named = [...module.children.allTests()].map((test) => (test.meta() as CounterpartMeta).counterpart)
      console.log(`  ${target}: ${named.find((name) => name !== undefined) ?? 'nothing, since it did not start'}`)
    }
  }
}
