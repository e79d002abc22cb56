import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { ACCESS_KEY_SETTINGS } from './test/support/access-keys.ts'

/**
 * The only time limits of tests: many times what the slowest test takes, so that they hold on a machine that is busy with
 * other things. They end what hangs. No test measures time.
 */
const TIME_LIMITS = { testTimeout: 180_000, hookTimeout: 180_000 }

/** How many sequences of calls the rules for identities are held against; `npm run test:long -- --sequences` says it. */
const { SEQUENCES } = process.env

/** Of tests that somebody asked to take long. */
const NO_LIMITS = { testTimeout: 0, hookTimeout: 0 }

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

/** Tests of the console, which a browser runs: `npm run test:console`, and no part of `npm test`. */
const IN_CHROMIUM = 'test/console/**/*.test.ts'

/** Tests against real stores, which are started: `npm run test:real`, and no part of `npm test`. */
const AGAINST_REAL = 'test/real/*.test.ts'

/** Tests that start programs around the service many times: `npm run test:tools`, and no part of `npm test`. */
const OF_TOOLS = [
  'test/tools/{bench,connect-aws,growth-drill,install,scale,start}.test.ts',
  'test/conformance/{cli,cli-role-policies,documents,terraform}.test.ts',
  'test/package/packed.test.ts',
]

/** Programs in other languages, which take minutes to build: `npm run test:clients`, and no part of `npm test`. */
const OF_CLIENTS = 'test/clients/*.test.ts'

/** More than `test/clients/support/toolchain.ts` gives a build. */
const LIMITS_OF_BUILDS = { testTimeout: 180_000, hookTimeout: 1_500_000 }

export default defineConfig({
  test: {
    // The clients' own start-up is most of the time of some tests, so two files at once pay off even on two cores.
    maxWorkers: 2,
    // The service logs what it does; only what a failing test logged is worth reading.
    silent: 'passed-only',
    globalSetup: './test/conformance/support/own-surroundings.ts',
    projects: [
      {
        plugins: [
          cloudflareTest({
            main: './test/support/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { LOCAL_MODE: 'on', ...ACCESS_KEY_SETTINGS, ...(SEQUENCES && { SEQUENCES }) } },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.test.ts'],
          exclude: [...IN_NODE, IN_CHROMIUM, AGAINST_REAL, OF_CLIENTS],
          // The start of a Worker and its imports take a second: files share one, which is as new for each of them.
          isolate: false,
          setupFiles: ['test/support/each-file.ts'],
          ...(SEQUENCES ? NO_LIMITS : TIME_LIMITS),
        },
      },
      {
        test: { name: 'node', include: IN_NODE, exclude: OF_TOOLS, ...TIME_LIMITS },
      },
      {
        test: { name: 'console', include: [IN_CHROMIUM], ...TIME_LIMITS },
      },
      {
        test: { name: 'tools', include: OF_TOOLS, ...TIME_LIMITS },
      },
      {
        test: { name: 'real', include: [AGAINST_REAL], ...TIME_LIMITS },
      },
      {
        test: { name: 'clients', include: [OF_CLIENTS], ...LIMITS_OF_BUILDS },
      },
    ],
  },
})
