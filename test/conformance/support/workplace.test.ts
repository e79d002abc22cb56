import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'

it('every run of tests has temporary files of its own', () => {
  expect(basename(tmpdir())).toMatch(/^edge-identity-tests-/)
})

it('and no keys of whoever runs them', () => {
  const names = Object.keys(process.env).filter((name) => name.startsWith('AWS_') && name !== 'AWS_CA_BUNDLE')
  expect(names).toEqual([])
})

it('a folder for them goes with its process, also if that is killed', async () => {
  const module = JSON.stringify(new URL('./workplace.ts', import.meta.url).href)
  const script = `import(${module}).then(async ({ enterWorkplace }) => {
    console.log((await enterWorkplace()).folder)
    setInterval(() => {}, 1000)
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [told] = await once(child.stdout, 'data')
  const folder = String(told).trim()
  await mkdir(join(folder, 'state'))
  child.kill('SIGKILL')
  while (existsSync(folder)) await sleep(20)
})
