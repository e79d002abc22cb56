import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type BuildOptions, context, type Metafile, type Plugin } from 'esbuild'
import { root } from './bootstrap.mjs'
import { buildOnce } from './esbuild.ts'

const SOURCE = join(root, 'console')

/** The console runs in browsers of this year and the one before. */
const OPTIONS = {
  absWorkingDir: root,
  entryPoints: { app: 'console/main.tsx' },
  entryNames: '[name]-[hash]',
  bundle: true,
  format: 'esm',
  target: 'es2023',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  metafile: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} satisfies BuildOptions

/**
 * Builds the console into `<folder>/console`, in place of what is there; the answer is the folder. With `watch` it is built
 * again after every change, until this process ends. Throws with what is wrong with the source.
 */
export async function buildConsole(folder: string, { watch = false } = {}): Promise<string> {
  const outdir = join(folder, 'console')
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  const options = { ...OPTIONS, outdir }
  if (watch) await buildAgain(options, outdir)
  else writePage(outdir, (await buildOnce(options)).metafile)
  return folder
}

async function buildAgain(options: BuildOptions & { metafile: true }, outdir: string): Promise<void> {
  const pages: Plugin = {
    name: 'page',
    setup: (one) =>
      one.onEnd(({ metafile }) => {
        if (metafile) writePage(outdir, metafile)
      }),
  }
  const watching = await context({ ...options, plugins: [pages] })
  await watching.rebuild()
  await watching.watch()
}

/** The one page, which names script and style by their content. */
function writePage(outdir: string, { outputs }: Metafile): void {
  const named = (end: string) => basename(Object.keys(outputs).find((file) => file.endsWith(end)) ?? '')
  const page = readFileSync(join(SOURCE, 'index.html'), 'utf8')
  writeFileSync(
    join(outdir, 'index.html'),
    page.replace('app.js', () => named('.js')).replace('app.css', () => named('.css')),
  )
}
