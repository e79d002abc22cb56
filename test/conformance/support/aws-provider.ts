import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { rememberProvider } from './provider-memory.ts'

type Environment = Record<string, string | undefined>

/** Providers by name, as Terraform wants to be told where they listen. */
type Listening = Record<string, { Addr: { Network: string; String: string } }>

/** Runs the provider until the input ends. That is so when this process asks for it, and also when it is killed. */
const WHILE_WANTED = '"$0" -debug & exec > /dev/null; cat; kill -9 $!'
/** How the provider says where it listens. */
const LISTENS = /TF_REATTACH_PROVIDERS='(\{.*\})'/
/** It takes a second. One that says nothing for this long will not. */
const LISTENS_WITHIN_MS = 60_000

export interface AwsProvider {
  /** What makes Terraform use this provider, in place of starting one for each command. */
  settings: Environment
  stop(): Promise<void>
}

/**
 * Starts the AWS provider that `terraform init` chose for the folder, once for all commands that follow. `undefined` means
 * that it cannot be started this way; Terraform then starts it itself. It serves one folder, because it keeps the settings
 * that it was given last.
 */
export async function startAwsProvider(folder: string, env: Environment): Promise<AwsProvider | undefined> {
  const child = spawn('sh', ['-c', WHILE_WANTED, binaryIn(folder)], {
    // Its socket is in the folder as well, and goes with it.
    env: { ...env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.stdin.end()
    await ended
  }
  const [[name, provider] = []] = Object.entries(await whereItListens(child))
  if (name === undefined || provider === undefined) {
    await stop()
    return undefined
  }
  const Addr = { Network: 'unix', String: join(folder, 'provider.sock') }
  const memory = await rememberProvider(Addr.String, provider.Addr.String)
  return {
    settings: { TF_REATTACH_PROVIDERS: JSON.stringify({ [name]: { ...provider, Addr } }) },
    stop() {
      memory.stop()
      return stop()
    },
  }
}

/** `terraform init` leaves one version for one platform, which may be a link into the mirror. */
function binaryIn(folder: string): string {
  const versions = join(folder, '.terraform/providers/registry.terraform.io/hashicorp/aws')
  const [version = ''] = readdirSync(versions)
  const [platform = ''] = readdirSync(join(versions, version))
  const files = readdirSync(join(versions, version, platform))
  return join(versions, version, platform, files.find((name) => name.startsWith('terraform-provider-aws')) ?? '')
}

/** What the provider says of where it listens; nothing if it ends before, or takes too long. */
function whereItListens({ stdout }: ChildProcess): Promise<Listening> {
  return new Promise((resolve) => {
    let written = ''
    const settle = () => {
      clearTimeout(tooLong)
      resolve(JSON.parse(LISTENS.exec(written)?.[1] ?? '{}'))
    }
    const tooLong = setTimeout(settle, LISTENS_WITHIN_MS)
    stdout?.on('close', settle).on('data', (chunk) => {
      written += String(chunk)
      if (LISTENS.test(written)) settle()
    })
  })
}
