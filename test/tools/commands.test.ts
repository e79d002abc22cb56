import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const FOLDER = fileURLToPath(new URL('../../tools/commands/', import.meta.url))
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
const files = readdirSync(FOLDER)

describe('every command', () => {
  it('is one that package.json or CONTRIBUTING.md names', () => {
    const contributing = readFileSync(new URL('../../CONTRIBUTING.md', import.meta.url), 'utf8')
    const named = [...Object.values<string>(scripts), contributing].join('\n')
    expect(files.filter((file) => !named.includes(`tools/commands/${file}`))).toEqual([])
  })

  it.each(files)('%s needs nothing that must be installed before it starts', (file) => {
    const text = readFileSync(FOLDER + file, 'utf8')
    const imported = [...text.matchAll(/^import .* from '([^']+)'$/gm)].map(([, name]) => name)
    expect(imported.filter((name) => !name?.startsWith('node:') && name !== '../lib/bootstrap.mjs')).toEqual([])
  })
})

/** `check`, `test` and `repair-lock` take no options of their own. */
it.each(files.filter((file) => !/^(check|test|repair-lock)\./.test(file)))('%s explains itself', (file) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [FOLDER + file, '--help'], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const [script] = Object.entries<string>(scripts).find(([, command]) => command.endsWith(`/${file}`)) ?? []
  expect(stdout).toContain(
    script === 'start' ? 'npm start' : `npm run ${script}`.replace('npm run connect', 'npm run --silent connect'),
  )
  expect(stdout).toContain('--help')
})
