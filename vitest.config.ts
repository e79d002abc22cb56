import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { ACCESS_KEY_SETTINGS } from './test/support/access-keys.ts'

export default defineConfig({
  test: {
    // The clients' own start-up is most of the time of some tests, so two files at once pay off even on two cores.
    maxWorkers: 2,
    // The service logs what it does; only what a failing test logged is worth reading.
    silent: 'passed-only',
    projects: [
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { LOCAL_MODE: 'on', ...ACCESS_KEY_SETTINGS } },
          }),
        ],
        test: {
          name: 'workerd',
          include: ['test/**/*.test.ts'],
          exclude: ['test/conformance/**', 'test/tools/**', 'test/structure.test.ts'],
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/conformance/**/*.test.ts', 'test/tools/**/*.test.ts', 'test/structure.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
