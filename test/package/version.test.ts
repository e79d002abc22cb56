import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { VERSION } from '../../src/base/version.ts'

it('the service tells the version that package.json and package-lock.json have', () => {
  const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
  const lock = read('package-lock.json')
  expect([read('package.json').version, lock.version, lock.packages[''].version]).toEqual([VERSION, VERSION, VERSION])
})
