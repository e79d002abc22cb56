import { readFileSync } from 'node:fs'
import { fail } from './bootstrap.mjs'
import { fromCallersFolder } from './callers-folder.ts'

/** A token as an option has it: `-` is standard input, `@file` a file, anything else the token itself. */
export function givenToken(text: string): string {
  if (text === '-') return readFileSync(0, 'utf8').trim()
  return text.startsWith('@') ? contentOf(fromCallersFolder(text.slice(1))) : text
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    return fail(`The token cannot be read: ${(error as Error).message}`, 2)
  }
}
