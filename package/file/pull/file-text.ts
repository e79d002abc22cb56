import { stringify } from 'yaml'
import type { IdentityFile } from '../declare/index.ts'

const HEAD = '# yaml-language-server: $schema=./node_modules/edge-identity/schema.json\n'

/** A file as YAML. */
export function fileText(file: IdentityFile): string {
  return HEAD + stringify(file, { lineWidth: 120, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' })
}
