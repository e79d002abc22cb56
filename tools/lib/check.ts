import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { quietEnvironment, wranglerCli } from './wrangler.ts'

interface Checked {
  name: string
  ok: boolean
  seconds: string
  output: string
}

const tool = (...path: string[]) => join(root, 'node_modules', ...path)
const compile = (project: string) => [tool('typescript', 'bin', 'tsc'), '-p', project]

const CHECKS: readonly (readonly [name: string, command: readonly string[]])[] = [
  [
    'bindings match wrangler.toml',
    [wranglerCli, 'types', '--check', '--include-runtime=false', `--env-file=${devNull}`],
  ],
  ['types of the service', compile('tsconfig.json')],
  ['types of its tests', compile('test/tsconfig.json')],
  ['types of the conformance tests', compile('test/conformance/tsconfig.json')],
  ['types of the tests of protocols', compile('test/protocols/tsconfig.json')],
  ['types of the tests against real stores', compile('test/real/tsconfig.json')],
  ['types of the console', compile('console/tsconfig.json')],
  ['types of the tests of the console', compile('test/console/tsconfig.json')],
  ['types of the tools', compile('tools/tsconfig.json')],
  ['types of the package', compile('package/tsconfig.json')],
  ["types of the package's Workers", compile('package/server/workers/tsconfig.json')],
  ["types of the package's issuers", compile('package/issuers/tsconfig.json')],
  ["types of the bench's Workers", compile('tools/bench/workers/tsconfig.json')],
  ['types of the tests of tools', compile('test/tools/tsconfig.json')],
  ['types of the tests of the package', compile('test/package/tsconfig.json')],
  ['nothing unused', [tool('knip', 'bin', 'knip.js'), '--no-progress']],
  ['lint and format', [tool('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '.']],
]

/** Runs every check at once, and tells of each; the output of those that fail follows. */
export async function main(): Promise<void> {
  const results = await Promise.all(CHECKS.map(([name, command]) => check(name, command)))
  for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}  ${seconds} s`)
  for (const { name, ok, output } of results) if (!ok) console.log(`\n${name}:\n${output.trim()}`)
  process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
}

function check(name: string, command: readonly string[]): Promise<Checked> {
  const start = performance.now()
  const child = spawn(process.execPath, command, { cwd: root, env: quietEnvironment() })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ name, ok: code === 0, seconds: ((performance.now() - start) / 1000).toFixed(1), output })
    })
  })
}
