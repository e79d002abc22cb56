import { join } from 'node:path'
import { holdClient } from './support/hold.ts'

holdClient({
  language: 'go',
  tools: [{ program: 'go', version: ['version'], atLeast: [1, 24] }],
  build: (source, into) => ({
    program: 'go',
    args: ['build', '-C', source, '-mod=readonly', '-p=2', '-o', join(into, 'client'), '.'],
    env: { GOTOOLCHAIN: 'local', GOWORK: 'off' },
  }),
  run: (into) => ({ program: join(into, 'client'), args: [] }),
  ownClock: 'Go does not ask the C library for the time, which is what faketime replaces',
})
