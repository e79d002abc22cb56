import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaText } from '../../package/file/declare/schema-text.ts'
import { root } from './bootstrap.mjs'

/** Writes the JSON Schema of identity.yaml from the declaration that the reader uses. */
export function main(): void {
  writeFileSync(join(root, 'package', 'file', 'identity.schema.json'), schemaText())
  console.log('package/file/identity.schema.json is written.')
}
