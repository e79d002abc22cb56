import { join } from 'node:path'
import { type Client, IS_OFFLINE } from './toolchain.ts'

/** A client that Maven builds and Java runs. `main`: the class with its `main`. */
export function mavenClient(language: string, main: string): Client {
  const mvn = (source: string, goal: string, isOffline: boolean) => ({
    program: 'mvn',
    args: [...(isOffline ? ['-o'] : []), '-B', '-q', '-f', join(source, 'pom.xml'), goal],
  })
  return {
    language,
    tools: [
      { program: 'javac', version: ['-version'], atLeast: [17, 0] },
      { program: 'mvn', version: ['--version'], atLeast: [3, 6] },
    ],
    packages: (source) => mvn(source, 'dependency:resolve', true),
    build: (source) => mvn(source, 'process-classes', IS_OFFLINE),
    run: (into) => ({
      program: 'java',
      args: ['-cp', [join(into, 'classes'), join(into, 'lib', '*')].join(':'), main],
    }),
  }
}
