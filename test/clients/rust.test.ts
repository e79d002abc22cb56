import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { holdClient } from './support/hold.ts'
import { IS_OFFLINE } from './support/toolchain.ts'

holdClient({
  language: 'rust',
  tools: [
    { program: 'rustc', version: ['--version'], atLeast: [1, 94] },
    { program: 'cargo', version: ['--version'] },
  ],
  packages: (source) => ({
    program: 'cargo',
    args: ['fetch', '--locked', '--offline', '--manifest-path', join(source, 'Cargo.toml')],
  }),
  build: (source, into) => ({
    program: 'cargo',
    args: ['build', '--locked', '--quiet', '--jobs=2', '--manifest-path', join(source, 'Cargo.toml')],
    env: {
      CARGO_NET_OFFLINE: String(IS_OFFLINE),
      CARGO_TARGET_DIR: into,
      RUSTC_VERSION: spawnSync('rustc', ['--version'], { encoding: 'utf8' }).stdout.trim(),
    },
  }),
  run: (into) => ({ program: join(into, 'debug', 'client'), args: [] }),
  // Its provider asks for no other length.
  webIdentitySeconds: 3600,
})
