/** Lets a Node import TypeScript that cannot do it by itself: types are taken out of each file as it is loaded. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { stop, transform } from 'esbuild'

/** The process of esbuild would stay as long as this one. It goes once nothing was loaded for this long. */
const IDLE_MS = 300

/** @type {NodeJS.Timeout | undefined} */
let idle

/**
 * A hook of Node's module loader.
 *
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => unknown} next
 */
export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  clearTimeout(idle)
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), { loader: 'ts', format: 'esm' })
  clearTimeout(idle)
  idle = setTimeout(() => void stop(), IDLE_MS)
  idle.unref()
  return { format: 'module', source: code, shortCircuit: true }
}
