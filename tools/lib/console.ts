import { join } from 'node:path'
import { root } from './bootstrap.mjs'
import { buildConsole } from './built-console.ts'

/** Builds the console where wrangler takes it from. */
export async function main(): Promise<void> {
  await buildConsole(join(root, 'dist', 'console'))
}
