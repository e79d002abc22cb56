import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holderOf } from '../server/folder-lock.mjs'

/** Memory that looks like a folder, which many Linux systems have: nothing there waits for a disk. */
const IN_MEMORY = '/dev/shm'

const PREFIX = 'edge-identity-double-'

/** A folder that nobody holds may be one that somebody has just made, and is about to hold. */
const SURELY_LEFT_MS = 60_000

/** A folder for a service that leaves nothing behind: in memory, where the system has such a place. */
export async function temporaryFolder(): Promise<string> {
  const [place, folder] = madeIn(IN_MEMORY) ?? madeIn(tmpdir()) ?? []
  if (place === undefined || folder === undefined) throw new Error(`No folder can be made in ${tmpdir()}.`)
  await removeLeft(place)
  return folder
}

function madeIn(place: string): [place: string, folder: string] | undefined {
  try {
    return [place, mkdtempSync(join(place, PREFIX))]
  } catch {
    return undefined
  }
}

/** Removes what services left whose process was killed: folders of ours that nobody holds any more. */
async function removeLeft(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((each) => each.startsWith(PREFIX))) {
    const folder = join(place, name)
    try {
      if (Date.now() - statSync(folder).mtimeMs < SURELY_LEFT_MS) continue
      if ((await holderOf(folder)) === undefined) rmSync(folder, { recursive: true, force: true })
    } catch {
      // It went meanwhile, or it is another user's.
    }
  }
}
