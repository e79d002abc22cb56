import { readFileSync, statSync } from 'node:fs'
import { fail } from './bootstrap.mjs'
import { fromCallersFolder } from './callers-folder.ts'

/** A token as an option has it: `-` is standard input, `@file` a file, anything else the token itself. */
export function givenToken(text: string): string {
  if (text === '-') return readFileSync(0, 'utf8').trim()
  if (text.startsWith('@')) return contentOf(fromCallersFolder(text.slice(1)))
  if (text !== '' && isFile(fromCallersFolder(text)))
    fail(`${text} is a file, and no token. For its content: @${text}`, 2)
  return text
}

/** A token has not the name of a file; it is often too long for one. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    return fail(`The token cannot be read: ${(error as Error).message}`, 2)
  }
}
