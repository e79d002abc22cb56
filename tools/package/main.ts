import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fail, root } from '../lib/bootstrap.mjs'
import { buildPackage } from './build.ts'

const FOLDER = join(root, 'dist', 'edge-identity')

/** Builds the package, and its tarball unless only the folder is wanted. */
export async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--folder-only')
  if (unknown !== undefined) fail(`${unknown} is not an option of npm run package. --help lists them.`, 2)
  await buildPackage(FOLDER)
  console.log(args.includes('--folder-only') ? `${FOLDER}: ${sizeOf(FOLDER)} KiB` : pack(FOLDER))
}

/** Makes the tarball as npm publishes it; the answer is what was made. */
function pack(folder: string): string {
  const dist = join(folder, '..')
  for (const old of readdirSync(dist).filter((name) => name.endsWith('.tgz'))) rmSync(join(dist, old))
  const { status, stderr, stdout } = spawnSync('npm', ['pack', folder, '--pack-destination', dist, '--json'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`npm pack failed:\n${stderr}`)
  const [{ entryCount, filename, size, unpackedSize }] = JSON.parse(stdout)
  const [packed, unpacked] = [size, unpackedSize].map((bytes: number) => `${Math.round(bytes / 1024)} KiB`)
  return `${join(dist, filename)}: ${packed}, ${entryCount} files of ${unpacked}`
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return Math.round(files.reduce((total, file) => total + statSync(join(folder, file)).size, 0) / 1024)
}
