import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { Unreadable } from './unreadable.ts'

/**
 * The secrets in a file as wrangler takes it: a JSON object of texts, or lines of `NAME=value`. Throws `Unreadable`, also
 * for lines of which wrangler would upload another value than the one that stands there.
 */
export function secretsIn(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) throw new Unreadable(`${file} cannot be used: there is no such file.`)
  const text = readFileSync(file, 'utf8')
  const secrets = text.trimStart().startsWith('{') ? jsonObjectIn(file, text) : linesIn(file, text)
  // wrangler leaves out what is null.
  const given = Object.entries(secrets).filter(([, value]) => value !== null)
  const wrong = given.find(([, value]) => typeof value !== 'string')
  if (wrong) throw new Unreadable(`${file} cannot be used: ${wrong[0]} must be text.`)
  return new Map(given as [string, string][])
}

function jsonObjectIn(file: string, text: string): object {
  try {
    return JSON.parse(text)
  } catch {
    // The reason that JSON.parse gives repeats a part of the text, which may be a secret.
    throw new Unreadable(`${file} cannot be used: it is not JSON.`)
  }
}

/** wrangler expands `$NAME` in lines, and prefers a value of its own environment: both would escape the check. */
function linesIn(file: string, text: string): object {
  const secrets = parseEnv(text)
  for (const [name, value] of Object.entries(secrets)) {
    if (value?.includes('$'))
      throw new Unreadable(`${file} cannot be used: ${name} has a $, which wrangler expands. Write the file as JSON.`)
    if (process.env[name] !== undefined && process.env[name] !== value)
      throw new Unreadable(
        `${file} cannot be used: your shell has another ${name}, which wrangler prefers. Write the file as JSON.`,
      )
  }
  return secrets
}
