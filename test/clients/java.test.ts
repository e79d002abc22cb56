import { join } from 'node:path'
import { holdClient } from './support/hold.ts'
import { IS_OFFLINE } from './support/toolchain.ts'

holdClient({
  language: 'java',
  tools: [
    { program: 'javac', version: ['-version'], atLeast: [17, 0] },
    { program: 'mvn', version: ['--version'], atLeast: [3, 6] },
  ],
  packages: (source) => ({
    program: 'mvn',
    args: ['-o', '-B', '-q', '-f', join(source, 'pom.xml'), 'dependency:resolve'],
  }),
  build: (source) => ({
    program: 'mvn',
    args: [...(IS_OFFLINE ? ['-o'] : []), '-B', '-q', '-f', join(source, 'pom.xml'), 'process-classes'],
  }),
  run: (into) => ({
    program: 'java',
    args: ['-cp', [join(into, 'classes'), join(into, 'lib', '*')].join(':'), 'clients.Main'],
  }),
})
