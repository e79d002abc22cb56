import { join } from 'node:path'
import { holdClient } from './support/hold.ts'
import { IS_OFFLINE } from './support/toolchain.ts'

const GO = { GOTOOLCHAIN: 'local', GOWORK: 'off' }

holdClient({
  language: 'go',
  tools: [{ program: 'go', version: ['version'], atLeast: [1, 24] }],
  packages: (source) => ({
    program: 'go',
    args: ['list', '-C', source, '-mod=readonly', '-deps', './...'],
    env: { ...GO, GOPROXY: 'off' },
  }),
  build: (source, into) => ({
    program: 'go',
    args: ['build', '-C', source, '-mod=readonly', '-p=2', '-o', join(into, 'client'), '.'],
    env: { ...GO, ...(IS_OFFLINE && { GOPROXY: 'off' }) },
  }),
  run: (into) => ({ program: join(into, 'client'), args: [] }),
  ownClock: 'Go does not ask the C library for the time, which is what faketime replaces',
})
