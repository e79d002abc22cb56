import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { type IdentityFile, identityFile } from '../declare/index.ts'
import type { IdentityDocument } from './document.ts'
import { FileProblems, inOrder, type Problem } from './problem.ts'
import { readShape } from './reader.ts'
import { referenceProblems } from './references.ts'
import { parseSource } from './source.ts'

export type { IdentityDocument } from './document.ts'
export { FileProblems, lineOf, type Problem } from './problem.ts'

export interface SourceOptions {
  /** What messages call the file. */
  name?: string
  /** The folder from which the file names other files. */
  folder?: string
}

/** Reads a file; throws `FileProblems` with all that is wrong. */
export function readIdentityFile(path: string): IdentityDocument {
  return readIdentityText(readFileSync(path, 'utf8'), { name: basename(path), folder: dirname(path) })
}

/** The same of a text. */
export function readIdentityText(text: string, options: SourceOptions = {}): IdentityDocument {
  const { name = 'identity.yaml', folder = '.' } = options
  const source = parseSource(text)
  if (source.problems.length > 0) throw new FileProblems(name, inOrder(source.problems))
  const { problems, value } = readShape(identityFile, source)
  if (problems.length > 0) throw new FileProblems(name, inOrder(problems))
  const document: IdentityDocument = {
    file: value as IdentityFile,
    name,
    placeOf: source.placeOf,
    textOf(given) {
      if (typeof given !== 'string') return JSON.stringify(given)
      return given.startsWith('<') ? given : readFileSync(resolve(folder, given), 'utf8')
    },
  }
  const wrong: readonly Problem[] = referenceProblems(document)
  if (wrong.length > 0) throw new FileProblems(name, inOrder(wrong))
  return document
}
