import { readFileSync } from 'node:fs'
import Ajv from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { schemaText } from '../../../package/file/declare/schema-text.ts'
import { readIdentityText } from '../../../package/file/index.ts'

const FILE = new URL('../../../package/file/identity.schema.json', import.meta.url)
const schema = JSON.parse(schemaText())
const ajv = new Ajv({ strict: true, allowUnionTypes: true })
const validate = ajv.compile(schema)

const EXAMPLE = readFileSync(new URL('identity.yaml', import.meta.url), 'utf8')

describe('the JSON Schema of identity.yaml', () => {
  it('is what the declaration makes of it; npm run schema writes it', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(schemaText())
  })

  it('keeps the rules of JSON Schema 2020-12', () => {
    expect(ajv.validateSchema(schema)).toBe(true)
    expect(ajv.validateSchema({ ...schema, type: 'nonsense' })).toBe(false)
  })

  it('takes a file that has everything, as the reader does', () => {
    validate(parse(EXAMPLE))
    expect(validate.errors).toBeNull()
    expect(Object.keys(readIdentityText(EXAMPLE, FOLDER).file)).toContain('pools')
  })

  it('takes the example of the page about it', () => {
    const page = readFileSync(new URL('../../../docs/identity-file.md', import.meta.url), 'utf8')
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
    validate(parse(example))
    expect(validate.errors).toBeNull()
  })

  it.each([
    ['an unknown key', { version: 1, pool: {} }],
    ['another version', { version: 2 }],
    ['a provider of two kinds', { version: 1, pools: { a: { providers: [{ google: 'x', apple: 'y' }] } } }],
    ['a number for a text', { version: 1, account: 123456789012 }],
    ['a trust that is no path', { version: 1, roles: { a: { trust: 'everybody' } } }],
    ['an empty list', { version: 1, pools: { a: { stsRegions: [] } } }],
    ['a name that no pool may have', { version: 1, pools: { 'a b': {} } }],
  ])('refuses %s, as the reader does', (_, file) => {
    expect(validate(file)).toBe(false)
    expect(() => readIdentityText(JSON.stringify(file))).toThrow('error:')
  })
})

/** Where the files are that the example names. */
const FOLDER = { folder: new URL('.', import.meta.url).pathname }
