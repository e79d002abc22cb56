import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Given } from '../../package/server/options.mjs'
import { VERSION } from '../../src/base/version.ts'
import { NAMED_SETTINGS, prefixOf, SINGLE_SETTINGS } from '../../src/config/settings.ts'
import { BadOption, root } from './bootstrap.mjs'
import { buildConsole } from './built-console.ts'
import { buildIssuers, buildWorker } from './built-worker.ts'
import { fromCallersFolder } from './callers-folder.ts'

/** Builds the Worker into a folder, with what serves it. To run, it needs the package `workerd` besides. */
export async function main({ values }: Given): Promise<void> {
  if (values.out === undefined) throw new BadOption('Name the folder: npm run bundle -- --out DIR')
  const out = fromCallersFolder(values.out)
  mkdirSync(out, { recursive: true })
  const { script: _, ...worker } = await buildWorker(join(out, 'worker.js'), { minify: true })
  await buildIssuers(join(out, 'issuers.js'))
  await buildConsole(join(out, 'assets'))
  const single = Object.keys(SINGLE_SETTINGS).filter((name) => name !== 'LOCAL_MODE')
  const settings = [...single, ...Object.keys(NAMED_SETTINGS).map(prefixOf)]
  writeFileSync(join(out, 'worker.json'), `${JSON.stringify({ version: VERSION, settings, ...worker }, null, 2)}\n`)
  const ships = (file: string) => !/\.ts$|tsconfig\.json$/.test(file)
  cpSync(join(root, 'package', 'server'), join(out, 'server'), { recursive: true, filter: ships })
}
