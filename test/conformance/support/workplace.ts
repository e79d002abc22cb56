import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for whatever tests, and what they start, leave behind. */
export interface Workplace {
  folder: string
  /** Deletes it. */
  leave(): Promise<void>
}

/**
 * A shell that reads until this process closes its end of the pipe, be it by its own end, and then deletes the folder: again
 * for a while, because programs that are ended at the same time may still write.
 */
const JANITOR = 'read -r _; for _ in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$0" && sleep 0.2; [ -e "$0" ] || exit 0; done'

/** Makes a folder that is gone after this process, however it ends. Temporary files of this process lie in it too. */
export async function enterWorkplace(): Promise<Workplace> {
  const outer = process.env.TMPDIR
  const folder = await mkdtemp(join(tmpdir(), 'edge-identity-tests-'))
  const janitor = spawn('/bin/sh', ['-c', JANITOR, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  const done = new Promise((resolve) => janitor.once('exit', resolve))
  process.env.TMPDIR = folder
  return {
    folder,
    async leave() {
      if (outer === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = outer
      janitor.stdin.end()
      await done
    },
  }
}
