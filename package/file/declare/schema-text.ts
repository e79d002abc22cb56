import { identityFile } from './index.ts'
import { jsonSchema } from './json-schema.ts'

/** The text of identity.schema.json. */
export function schemaText(): string {
  const schema = jsonSchema(identityFile, { id: 'urn:edge-identity:identity-file:1', title: 'identity.yaml' })
  return `${JSON.stringify(schema, null, 2)}\n`
}
