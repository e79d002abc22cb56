import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { pathOf } from './is-on-path.ts'

/** Keys that the CLI signs with; none at all for what needs no signature. */
export interface CliKey {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface Cli {
  /** Runs `aws …` and gives what it printed, parsed; throws a `CliError` when it fails. */
  // biome-ignore lint/suspicious/noExplicitAny: each command prints a document of its own
  aws(...args: string[]): Promise<any>
  /** The same CLI under another key. */
  as(key: CliKey): Cli
  /** Deletes its home. */
  remove(): Promise<void>
}

class CliError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

const TIMEOUT_MS = 120_000

/**
 * The AWS CLI with nothing set but the endpoint, a region and a key: no profile, no config file, an empty home. Where it is a
 * package of the `python3` beside it, its modules are loaded once for all commands, which takes most of the time of one; each
 * runs in a process of its own all the same.
 */
export async function awsCli(endpoint: string, region: string, key: CliKey): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), 'aws-cli-'))
  const loaded = await LoadedCli.start(home)
  const remove = async () => {
    loaded?.end()
    await rm(home, { recursive: true, force: true })
  }
  const under = ({ accessKeyId, secretAccessKey, sessionToken }: CliKey): Cli => {
    const env: Environment = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      AWS_CONFIG_FILE: join(home, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      AWS_ENDPOINT_URL: endpoint,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    }
    const aws = async (...args: string[]) => {
      const all = [...args, '--output', 'json']
      const { code, stderr, stdout } = await (loaded ? loaded.run(all, env) : run(all, env))
      if (code !== 0) throw new CliError(code, stderr.trim())
      return stdout.trim() === '' ? undefined : JSON.parse(stdout)
    }
    return { aws, as: under, remove }
  }
  return under(key)
}

type Environment = Record<string, string>

interface Ran {
  code: number
  stdout: string
  stderr: string
}

function run(args: string[], env: Environment): Promise<Ran> {
  return new Promise((resolve) => {
    execFile('aws', args, { env: env as NodeJS.ProcessEnv, timeout: TIMEOUT_MS }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr })
    })
  })
}

/** A process in which the CLI is loaded. It runs one command after the other. */
class LoadedCli {
  readonly #home: string
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>
  #last: Promise<unknown> = Promise.resolve()

  private constructor(home: string) {
    this.#home = home
    const script = fileURLToPath(new URL('aws_cli.py', import.meta.url))
    this.#child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  /** `undefined` where the `python3` beside the CLI does not have it as a package. */
  static async start(home: string): Promise<LoadedCli | undefined> {
    const [aws, python] = [pathOf('aws'), pathOf('python3')]
    if (aws === undefined || python === undefined || dirname(aws) !== dirname(python)) return undefined
    const started = new LoadedCli(home)
    return (await started.#answers.next()).value === 'ready' ? started : undefined
  }

  run(args: string[], env: Environment): Promise<Ran> {
    const ran = this.#last.then(() => this.#run(args, env))
    this.#last = ran.catch(() => {})
    return ran
  }

  async #run(args: string[], env: Environment): Promise<Ran> {
    const [out, err] = [join(this.#home, 'stdout'), join(this.#home, 'stderr')]
    this.#child.stdin.write(`${JSON.stringify({ args, env, out, err })}\n`)
    const { done, value } = await this.#answers.next()
    if (done) throw new Error('The process of the AWS CLI has ended.')
    const [stdout, stderr] = await Promise.all([readFile(out, 'utf8'), readFile(err, 'utf8')])
    return { code: Number(value), stdout, stderr }
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}
