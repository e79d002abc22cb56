import { command } from '../lib/bootstrap.mjs'

const HELP = `Writes the JSON Schema of identity.yaml, package/file/identity.schema.json, from the declaration in package/file/declare:
npm run schema

  --help  this text

A test holds the file equal to the declaration.`

await command(HELP, () => import('../lib/schema.ts'))
