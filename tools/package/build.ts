import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, build as bundle } from 'esbuild'
import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import type { BuiltWorker } from '../../package/server/workerd-config.mjs'
import { fail, root } from '../lib/bootstrap.mjs'
import { buildConsole } from '../lib/built-console.ts'
import { buildIssuers } from '../lib/built-worker.ts'
import { wrangler } from '../lib/wrangler.ts'
import { manifestOf } from './manifest.ts'

/** What Node 20 understands: the oldest Node that the package runs on. */
const TARGET = 'node20'

/** The modules that users import, and the program, by their files in the package. */
const MODULES = {
  index: 'package/double/index.ts',
  vitest: 'package/fixtures/vitest.ts',
  'vitest-setup': 'package/fixtures/vitest-setup.ts',
  'jest-setup': 'package/fixtures/jest-setup.ts',
  'jest-teardown': 'package/fixtures/jest-teardown.ts',
  cli: 'package/commands/edge-identity.ts',
}

/** What the package depends on, and what its users bring. */
const NOT_BUNDLED = ['workerd', 'yaml', 'vitest']

/** Jest asks for packages in CommonJS. */
const COMMONJS = { jest: 'package/fixtures/jest.ts' }

/** Builds the package `edge-identity` into a folder, in place of what is there. */
export async function buildPackage(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'worker'), { recursive: true })
  buildWorker(join(folder, 'worker'))
  await buildIssuers(join(folder, 'worker', 'issuers.js'))
  await buildConsole(join(folder, 'worker', 'assets'))
  await bundleModules(join(folder, 'lib'))
  writeTypes(join(folder, 'types'))
  copyFileSync(join(root, 'package', 'file', 'identity.schema.json'), join(folder, 'schema.json'))
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  copyFileSync(join(root, 'package', 'README.md'), join(folder, 'README.md'))
  const versions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(versions), null, 2)}\n`)
}

/** The service as it is deployed, and what its host must know. */
function buildWorker(folder: string): void {
  const built = join(folder, 'built')
  const { ok, output } = wrangler(['deploy', '--dry-run', '--outdir', built])
  if (!ok) fail(output)
  copyFileSync(join(built, 'worker.js'), join(folder, 'worker.js'))
  rmSync(built, { recursive: true })
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(workerManifest(), null, 2)}\n`)
}

function workerManifest(): Omit<BuiltWorker, 'script' | 'assets'> {
  const config = readWranglerConfig({ config: join(root, 'wrangler.toml') }, { hideWarnings: true })
  const { compatibility_date = '', compatibility_flags, durable_objects, kv_namespaces, name = '' } = config
  return {
    name,
    compatibilityDate: compatibility_date,
    compatibilityFlags: compatibility_flags,
    objects: Object.fromEntries(
      durable_objects.bindings.map((each: { name: string; class_name?: string }) => [each.name, each.class_name ?? '']),
    ),
    kv: kv_namespaces[0]?.binding ?? '',
  }
}

async function bundleModules(outdir: string): Promise<void> {
  const shared = {
    absWorkingDir: root,
    outdir,
    bundle: true,
    platform: 'node',
    target: TARGET,
    external: NOT_BUNDLED,
    logLevel: 'warning',
  } satisfies BuildOptions
  await bundle({ ...shared, entryPoints: MODULES, format: 'esm', splitting: true, chunkNames: 'shared-[hash]' })
  await bundle({ ...shared, entryPoints: COMMONJS, format: 'cjs', outExtension: { '.js': '.cjs' } })
  // What stands in for KV and the cache, which the modules look for beside themselves.
  const shims = join(root, 'package', 'server', 'workers')
  mkdirSync(join(outdir, 'workers'))
  for (const file of readdirSync(shims).filter((name) => name.endsWith('.js')))
    copyFileSync(join(shims, file), join(outdir, 'workers', file))
}

/** Declarations of everything that the modules name. */
function writeTypes(outDir: string): void {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', outDir, '--rootDir', root]
  const { status, stdout } = spawnSync(
    process.execPath,
    [tsc, '-p', join(root, 'package', 'tsconfig.json'), ...options],
    { encoding: 'utf8' },
  )
  if (status !== 0) fail(stdout)
}
