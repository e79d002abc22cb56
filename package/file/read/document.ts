import type { IdentityFile } from '../declare/index.ts'
import type { Path, Place } from './problem.ts'

/** An identity.yaml that was read and is sound in itself, with the place of everything in it. */
export interface IdentityDocument {
  file: IdentityFile
  /** What messages call the file. */
  name: string
  placeOf(path: Path, what?: 'value' | 'key'): Place
  /** The text of a document that the file has in it, or names by a path. */
  textOf(document: string | Readonly<Record<string, unknown>>): string
}
