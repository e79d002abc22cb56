import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { spawnLeashed } from '../../package/server/leash.mjs'

const LEASH = fileURLToPath(new URL('../../package/server/leash.mjs', import.meta.url))

/** A parent that starts a child with a child of its own, tells their ids, and waits. */
const PARENT = `
  import { spawnLeashed } from ${JSON.stringify(LEASH)}
  const { child } = spawnLeashed('sh', ['-c', 'sleep 600 & echo $$ $!; wait'])
  child.stdout.pipe(process.stdout)
  setInterval(() => {}, 1000)`

describe('a child on a leash', () => {
  it('ends with its own children when its parent is killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT])
    const [told] = await once(parent.stdout, 'data')
    const ids = String(told).trim().split(' ').map(Number)
    expect(ids.map(isAlive)).toEqual([true, true])
    parent.kill('SIGKILL')
    await expect.poll(() => ids.filter(isAlive), { timeout: 60_000 }).toEqual([])
  })

  it('has its own output, exit code and an empty input', async () => {
    const { child, ended } = spawnLeashed('sh', ['-c', 'cat; echo out; echo err >&2; exit 7'])
    const texts = Promise.all([child.stdout, child.stderr].map((stream) => stream?.setEncoding('utf8').toArray()))
    expect(await ended).toEqual({ code: 7, signal: null })
    expect(await texts).toEqual([['out\n'], ['err\n']])
  })

  it('is asked to end, and is killed if it does not', async () => {
    const willing = spawnLeashed('sleep', ['600'])
    expect(await willing.stop(60_000)).toEqual({ code: null, signal: 'SIGTERM' })
    const stubborn = spawnLeashed('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'])
    if (stubborn.child.stdout) await once(stubborn.child.stdout, 'data')
    expect(await stubborn.stop(1)).toEqual({ code: null, signal: 'SIGKILL' })
    expect(stubborn.isGone()).toBe(true)
  })

  it('says why it could not be started', async () => {
    const { ended } = spawnLeashed('/no/such/program', [])
    expect((await ended).code).not.toBe(0)
  })
})

/** A process that has ended and whose parent has not taken note of it counts as ended, where the system tells. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
