import { isAbsolute, join } from 'node:path'

/** npm runs scripts in the project's folder and tells in INIT_CWD where it was called. */
export function fromCallersFolder(path: string): string {
  return isAbsolute(path) ? path : join(process.env.INIT_CWD ?? process.cwd(), path)
}
