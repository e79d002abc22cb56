import { parseArgs } from 'node:util'
import { serviceApi } from '../../../package/file/index.ts'
import { LOCAL_CLIENT, startService } from '../../conformance/support/service.ts'
import { applyAnyFiles } from './any-file.ts'

const REPORT_EVERY = 50

/** Applies very many files by chance to one service, each after the other, until there were enough or one shows a fault. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { files: { type: 'string' }, seed: { type: 'string' } } })
  const files = Number(values.files)
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000)
  say(`${files} files, from seed ${seed} on`)
  const service = await startService()
  try {
    let applied = 0
    const api = serviceApi({ endpoint: service.url, region: 'us-east-1', credentials: LOCAL_CLIENT.credentials })
    await applyAnyFiles(api, files, seed, () => {
      if (++applied % REPORT_EVERY === 0) say(`${applied} of ${files} files`)
    })
    say(`${applied} files. No fault.`)
  } catch (error) {
    say((error as Error).message)
    process.exitCode = 1
  } finally {
    await service.stop()
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
