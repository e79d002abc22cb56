import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

/** The AWS CLI with nothing set but the endpoint, a region and a key: no profile, no config file, an empty home. */
export async function awsCli(endpoint: string, region: string, key: CliKey): Promise<Cli> {
  const home = await mkdtemp(join(tmpdir(), 'aws-cli-'))
  const remove = () => rm(home, { recursive: true, force: true })
  const under = ({ accessKeyId, secretAccessKey, sessionToken }: CliKey): Cli => {
    const env = {
      PATH: process.env.PATH,
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
    return { aws: (...args) => run(args, env), as: under, remove }
  }
  return under(key)
}

function run(args: string[], env: Record<string, string | undefined>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { env: env as NodeJS.ProcessEnv, timeout: TIMEOUT_MS }
    execFile('aws', [...args, '--output', 'json'], options, (error, stdout, stderr) => {
      if (error) reject(new CliError(Number(error.code), stderr.trim()))
      else resolve(stdout.trim() === '' ? undefined : JSON.parse(stdout))
    })
  })
}
