import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { ACCESS_KEY_SETTINGS } from './test/support/access-keys.ts'

export default defineConfig({
  test: {
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
          exclude: ['test/conformance/**', 'test/structure.test.ts'],
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/conformance/**/*.test.ts', 'test/structure.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
