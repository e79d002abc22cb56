import { spawn } from 'node:child_process'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, root } from '../lib/bootstrap.mjs'

await ensureInstalled()

const { quietEnvironment, wranglerCli } = await import('../lib/wrangler.ts')
const tool = (...path) => join(root, 'node_modules', ...path)
const compile = (project) => [tool('typescript', 'bin', 'tsc'), '-p', project]

const checks = [
  [
    'bindings match wrangler.toml',
    [wranglerCli, 'types', '--check', '--include-runtime=false', `--env-file=${devNull}`],
  ],
  ['types of the service', compile('tsconfig.json')],
  ['types of its tests', compile('test/tsconfig.json')],
  ['types of the conformance tests', compile('test/conformance/tsconfig.json')],
  ['types of the tests of tools', compile('test/tools/tsconfig.json')],
  ['lint and format', [tool('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '.']],
]
const results = await Promise.all(checks.map(([name, command]) => check(name, command)))

for (const { ok, name, seconds } of results) console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}  ${seconds} s`)
for (const { ok, name, output } of results) if (!ok) console.log(`\n${name}:\n${output.trim()}`)
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1

function check(name, command) {
  const start = performance.now()
  const child = spawn(process.execPath, command, { cwd: root, env: quietEnvironment() })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ name, ok: code === 0, seconds: ((performance.now() - start) / 1000).toFixed(1), output })
    })
  })
}
