import { homedir } from 'node:os'
import { join } from 'node:path'
import { isExecutable, pathOf } from '../../conformance/support/is-on-path.ts'

/** Where `go install` and `go build` are told to put a program, if the PATH has it not. */
const GO_FOLDERS = [process.env.GOBIN, join(process.env.GOPATH ?? join(homedir(), 'go'), 'bin')]

/** A program that Go has installed; `undefined` where it is not. */
export function goProgram(name: string): string | undefined {
  return pathOf(name) ?? GO_FOLDERS.flatMap((folder) => (folder ? [join(folder, name)] : [])).find(isExecutable)
}
