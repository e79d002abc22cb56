import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPackage } from '../../tools/package/build.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What users install besides. The package's own two dependencies come from here too, so that no registry is asked. */
const LINKED = ['workerd', 'yaml', 'vitest', '@aws-sdk/client-cognito-identity']

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** The package in a folder that knows nothing of this repository, with the examples of docs/testing.md. */
export interface Installed {
  folder: string
  tarball: { bytes: number; files: string[] }
  /** Path in the package. */
  inside: (...path: string[]) => string
  /** Runs a program of the folder as its user would, without anything that this run has in its environment. */
  run: (...args: string[]) => Promise<Ran>
  /** Ends programs that should have ended by themselves, and deletes the folder. */
  remove: () => void
}

/** Packs what `npm publish` would take, and installs it. */
export async function installPackage(): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-identity-package-'))
  const atEnd = new AbortController()
  const inside = (...path: string[]) => join(folder, 'node_modules', 'edge-identity', ...path)
  const tarball = await unpack(folder, inside())
  for (const name of LINKED) link(folder, name)
  for (const [name, text] of examples()) writeFileSync(join(folder, name), text)
  const remove = () => {
    atEnd.abort()
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, tarball, inside, run: (...args) => run(folder, args, atEnd.signal), remove }
}

async function unpack(folder: string, into: string): Promise<Installed['tarball']> {
  const built = join(folder, 'built')
  await buildPackage(built)
  const packed = execFileSync('npm', ['pack', built, '--pack-destination', folder, '--json', '--silent'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const [{ filename, files, size }] = JSON.parse(packed)
  mkdirSync(into, { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', into])
  rmSync(built, { recursive: true })
  return { bytes: size, files: files.map(({ path }: { path: string }) => path) }
}

function link(folder: string, name: string): void {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), path, 'junction')
}

/** The files that docs/testing.md shows, by name: each is announced by its name at the end of a line. */
function examples(): [name: string, text: string][] {
  const page = readFileSync(join(root, 'docs', 'testing.md'), 'utf8')
  const shown = page.matchAll(/`([\w.-]+\.(?:yaml|js|mjs|json))`:\n\n```\w+\n(.*?)```/gs)
  return [...shown].map(([, name = '', text = '']) => [name, text])
}

export function exampleNamed(wanted: string): string {
  const [, text] = examples().find(([name]) => name === wanted) ?? []
  if (text === undefined) throw new Error(`docs/testing.md has no ${wanted}.`)
  return text
}

function run(cwd: string, args: readonly string[], signal: AbortSignal): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', NODE_NO_WARNINGS: '1', CI: '1' }
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd, env, signal }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    ),
  )
}
