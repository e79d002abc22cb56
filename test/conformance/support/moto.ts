import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../tools/lib/local-service.ts'

export interface Moto {
  url: string
  stop(): Promise<void>
}

const READY_WITHIN_MS = 120_000

/** Starts moto, an independent emulator of AWS, on a port of its own. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort()
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isServed(url))) {
    if (Date.now() > deadline) {
      await stop()
      throw new Error('moto did not start.')
    }
    await sleep(100)
  }
  return { url, stop }
}

async function isServed(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok
  } catch {
    return false
  }
}
