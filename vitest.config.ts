import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { ACCESS_KEY_SETTINGS } from './test/support/access-keys.ts'

/**
 * The only time limits of tests: many times what the slowest test takes, so that they hold on a machine that is busy with
 * other things. They end what hangs. No test measures time.
 */
const TIME_LIMITS = { testTimeout: 180_000, hookTimeout: 180_000 }

const inWorkerd = () =>
  cloudflareTest({
    wrangler: { configPath: './wrangler.toml' },
    miniflare: { bindings: { LOCAL_MODE: 'on', ...ACCESS_KEY_SETTINGS } },
  })

/** Real time has no part in tests of the parts. */
const IN_WORKERD = { setupFiles: ['test/support/no-time-limits.ts'], ...TIME_LIMITS }

/**
 * Folders whose tests leave nothing in storage that another file could meet: pure functions, and objects under names that
 * are new each time. Their files share a Worker, which saves its start for each. The files of other folders each have a
 * Worker and storage of their own, because they work with records of fixed names, in objects or in KV.
 */
const SHARED = 'account,audit,base,config,credentials,policy,pools,protocol,roles,sigv4'
const SHARING = [`test/{${SHARED}}/**/*.test.ts`]
const SEPARATE = [`test/!(${SHARED.replaceAll(',', '|')})/**/*.test.ts`]

/** Tests that run in Node: against the service over HTTP, of the tools, and of the source as text. */
const IN_NODE = [
  'test/conformance/**/*.test.ts',
  'test/protocols/**/*.test.ts',
  'test/tools/**/*.test.ts',
  'test/package/**/*.test.ts',
  'test/structure.test.ts',
  'test/memory.test.ts',
  'test/patterns.test.ts',
]

export default defineConfig({
  test: {
    // The clients' own start-up is most of the time of some tests, so two files at once pay off even on two cores.
    maxWorkers: 2,
    // The service logs what it does; only what a failing test logged is worth reading.
    silent: 'passed-only',
    projects: [
      {
        plugins: [inWorkerd()],
        test: { name: 'parts', include: SHARING, isolate: false, ...IN_WORKERD },
      },
      {
        plugins: [inWorkerd()],
        test: { name: 'service', include: SEPARATE, exclude: IN_NODE, ...IN_WORKERD },
      },
      {
        test: { name: 'node', include: IN_NODE, ...TIME_LIMITS },
      },
    ],
  },
})
