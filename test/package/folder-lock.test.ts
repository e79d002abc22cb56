import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FolderTaken, lockFolder } from '../../package/server/folder-lock.mjs'

const LOCK = fileURLToPath(new URL('../../package/server/folder-lock.mjs', import.meta.url))
const HOLDER = { url: 'http://localhost:1', pid: 1 }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('a folder has one holder, whatever name it is called by, and others learn who that is', async () => {
  const { release } = await lockFolder(folder, HOLDER)
  symlinkSync(folder, `${folder}-too`)
  for (const name of [folder, `${folder}/`, `${folder}-too`]) {
    const refused = await lockFolder(name, {}).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(FolderTaken)
    expect((refused as FolderTaken).holder).toEqual(HOLDER)
    expect((refused as FolderTaken).message).toBe(
      `${name} is in use by the Edge Identity at http://localhost:1 (process 1).`,
    )
  }
  rmSync(`${folder}-too`)
  await release()
  await (await lockFolder(folder, {})).release()
})

it('of many that want a folder at once, one gets it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, HOLDER)))
  const held = all.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  expect(held).toHaveLength(1)
  await held[0]?.release()
})

it('a folder whose holder was killed is free', async () => {
  const text = `import { lockFolder } from ${JSON.stringify(LOCK)}
    await lockFolder(${JSON.stringify(folder)}, {})
    console.log('held')
    setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', text])
  await once(holder.stdout, 'data')
  await expect(lockFolder(folder, {})).rejects.toThrow(`${folder} is in use by another Edge Identity.`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  await (await lockFolder(folder, {})).release()
})

it('makes the folder', async () => {
  await (await lockFolder(join(folder, 'a', 'b'), {})).release()
  await expect(lockFolder('/dev/null/x', {})).rejects.toThrow('ENOTDIR')
})
