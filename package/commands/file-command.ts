import { resolve } from 'node:path'
import {
  ApplyFailed,
  FileProblems,
  type IdentityDocument,
  lineOf,
  NoSuchPool,
  OtherPlan,
  type Problem,
  Refused,
  readIdentityFile,
  SdkMissing,
  type ServiceApi,
  serviceApi,
  Unfit,
  Unreachable,
} from '../file/index.ts'
import { LOCAL_KEY } from '../server/local-mode.mjs'
import { BadOption, helpOf, type Options, readOptions } from '../server/options.mjs'

/** A file that cannot be read at all. */
class NotReadable extends Error {}

/** Errors whose message is for whoever ran the command. */
const EXPLAINED = [
  ApplyFailed,
  BadOption,
  FileProblems,
  NoSuchPool,
  NotReadable,
  OtherPlan,
  Refused,
  SdkMissing,
  Unfit,
  Unreachable,
]

/** Where a command reads and writes. */
export interface Io {
  env: Readonly<Record<string, string | undefined>>
  /** The folder that paths begin in. */
  folder: string
  out: (text: string) => void
  err: (text: string) => void
}

/** A command about identity.yaml. `run` gives the exit code and never throws for what its user can mend. */
export interface FileCommand {
  /** One line for a list of commands. */
  summary: string
  run(args: readonly string[], io: Io): Promise<number>
}

/** Exit codes, as `terraform plan -detailed-exitcode` has them. */
export const DONE = 0
export const FAILED = 1
export const FOUND = 2

export interface Asked {
  values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>
  positionals: readonly string[]
  json: boolean
  io: Io
}

interface Declared {
  name: string
  summary: string
  /** What the help says below the first line. */
  about: string
  options: Options
  maxPositionals: number
  run(asked: Asked): Promise<number>
}

const COMMON: Options = {
  json: { text: 'the outcome as JSON, for programs' },
  help: { text: 'this text' },
}

export const CONNECTION: Options = {
  'endpoint-url': {
    value: 'URL',
    text: 'the service (AWS_ENDPOINT_URL_COGNITO_IDENTITY, AWS_ENDPOINT_URL, else http://localhost:8787)',
  },
}

/** How the file is given, and which it is if it is not. */
const FILE_ARGUMENT = '[FILE]'
const DEFAULT_FILE = 'identity.yaml'

export function fileCommand({ about, maxPositionals, name, options, run, summary }: Declared): FileCommand {
  const all = { ...options, ...COMMON }
  const usage = `${name}${maxPositionals > 0 ? ` ${FILE_ARGUMENT}` : ''} [options]`
  const script = name === 'lint' ? 'lint:file' : name
  const help = `${summary}: npx edge-identity ${usage}\nIn the repository of Edge Identity: npm run ${script} -- ${usage.slice(name.length + 1)}\n\n${about}\n\n${helpOf(all)}`
  return {
    summary,
    async run(args, io) {
      if (args.includes('--help') || args.includes('-h')) {
        io.out(help)
        return DONE
      }
      let json = args.includes('--json')
      try {
        const { positionals, values } = readOptions(args, all, { maxPositionals })
        json = values.json === true
        return await run({ values, positionals, json, io })
      } catch (error) {
        return failed(error, json, io)
      }
    },
  }
}

function failed(error: unknown, json: boolean, io: Io): number {
  const { message } = error as Error
  if (!isExplained(error)) throw error
  const done = error instanceof ApplyFailed ? error.done : undefined
  const problems = error instanceof FileProblems ? error.problems : undefined
  if (json) io.out(JSON.stringify({ error: message, problems, done }, null, 2))
  else io.err(error instanceof BadOption ? `${message} --help tells more.` : message)
  return FAILED
}

const isExplained = (error: unknown) => EXPLAINED.some((known) => error instanceof known)

/** The file that was named, or identity.yaml in the folder. */
export function documentOf({ io, positionals: [path = DEFAULT_FILE] }: Asked): IdentityDocument {
  try {
    return readIdentityFile(resolve(io.folder, path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new NotReadable(`There is no file ${path}.`)
    if (code !== undefined) throw new NotReadable(`${path} cannot be read: ${code}.`)
    throw error
  }
}

const DEFAULT_ENDPOINT = 'http://localhost:8787'

/** The service that the command is about, with the key of the environment; on this machine, that of local mode. */
export function serviceOf({ io: { env }, values }: Asked, region: string): ServiceApi {
  const given = values['endpoint-url'] ?? env.AWS_ENDPOINT_URL_COGNITO_IDENTITY ?? env.AWS_ENDPOINT_URL
  const endpoint = String(given || DEFAULT_ENDPOINT)
  if (!URL.canParse(endpoint)) throw new BadOption(`${endpoint} is not the URL of a service.`)
  return serviceApi({ endpoint, region, credentials: keyOf(endpoint, env) })
}

function keyOf(endpoint: string, env: Io['env']) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: AWS_SESSION_TOKEN || undefined }
  if (/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]?/.test(endpoint)) return LOCAL_KEY
  throw new BadOption('Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of the service.')
}

export function problemLines(problems: readonly Problem[], { name }: IdentityDocument): string {
  return problems.map((problem) => lineOf(problem, name)).join('\n')
}
