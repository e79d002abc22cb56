import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BuildOptions, context, type Plugin } from 'esbuild'
import { parse } from 'smol-toml'
import type { BuiltWorker } from '../../package/server/workerd-config.mjs'
import { root } from './bootstrap.mjs'
import { buildOnce } from './esbuild.ts'

/** What wrangler.toml has of the Worker, as far as a service on this machine needs it. */
export interface ProjectFile {
  name: string
  main: string
  compatibility_date: string
  compatibility_flags?: string[]
  durable_objects: { bindings: { name: string; class_name: string }[] }
  kv_namespaces: [{ binding: string }]
  vars?: Record<string, unknown>
  keep_names?: boolean
  alias?: Record<string, string>
}

/** How wrangler builds a Worker, so that both builds are the same code. What the runtime brings stays an import. */
const LIKE_WRANGLER: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2024',
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*', 'node:*'],
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
}

interface BuildWorkerOptions {
  /** A file below the root, in place of the service's own. */
  entry?: string
  minify?: boolean
  watch?: boolean
  onBroken?: (text: string) => void
}

/**
 * Builds the Worker of the project into a file, or another one from `entry` that is deployed nowhere. Throws with what is wrong
 * with the source.
 *
 * With `watch` it is built again after every change of the source, until this process ends; `onBroken` hears what is wrong
 * with a change, and the file then stays as it is.
 */
export async function buildWorker(
  script: string,
  { entry, minify = false, onBroken, watch = false }: BuildWorkerOptions = {},
): Promise<BuiltWorker> {
  const { main, ...project } = projectFile()
  const options = {
    ...LIKE_WRANGLER,
    alias: project.alias ?? {},
    minify,
    entryPoints: [entry ?? main],
    outfile: script,
  }
  if (watch) await buildAgain(options, script, onBroken)
  else await buildOnce(options)
  return {
    script,
    name: project.name,
    compatibilityDate: project.compatibility_date,
    compatibilityFlags: project.compatibility_flags ?? [],
    objects: Object.fromEntries(project.durable_objects.bindings.map((each) => [each.name, each.class_name])),
    kv: project.kv_namespaces[0].binding,
  }
}

/** Builds the Worker of test issuers into a file, which is the answer. */
export async function buildIssuers(script: string): Promise<string> {
  await buildOnce({ ...LIKE_WRANGLER, entryPoints: ['package/issuers/worker.ts'], outfile: script, minify: true })
  return script
}

/** The variables of wrangler.toml, which hold in local mode too. */
export function projectVariables(): Record<string, string> {
  const entries = Object.entries(projectFile().vars ?? {})
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

/** Builds now and after every change. What cannot be built leaves the script as it was, which esbuild would take away. */
async function buildAgain(options: BuildOptions, script: string, onBroken = (_text: string) => {}): Promise<void> {
  let built = () => {}
  let broken = (_: Error) => {}
  const first = new Promise<void>((resolve, reject) => {
    built = resolve
    broken = reject
  })
  const report: Plugin = {
    name: 'report',
    setup: (one) =>
      one.onEnd(({ errors, outputFiles: [file] = [] }) => {
        if (file !== undefined && errors.length === 0) {
          writeFileSync(`${script}.new`, file.contents)
          renameSync(`${script}.new`, script)
          return built()
        }
        const text = errors.map((error) => error.text).join('\n')
        broken(new Error(text))
        onBroken(text)
      }),
  }
  const watching = await context({ ...options, write: false, plugins: [report] })
  await watching.watch()
  await first
}

export function projectFile(): ProjectFile {
  return parse(readFileSync(join(root, 'wrangler.toml'), 'utf8')) as unknown as ProjectFile
}
