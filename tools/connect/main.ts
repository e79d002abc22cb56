import { parseArgs } from 'node:util'
import { fail } from '../lib/bootstrap.mjs'
import { readConnection } from './aws-connection.ts'
import { documents, FORMATS, type Format, nextSteps } from './aws-connection-screen.ts'
import { configuredIssuer } from './configured-issuer.ts'

/** Prints the documents on standard output, and what to do with them on standard error. */
export async function main(args: string[]): Promise<void> {
  const options = parse(args)
  if (options.pool.length === 0)
    fail('Name at least one pool with --pool; `aws cognito-identity list-identity-pools` shows their ids.')
  const format = formatFrom(options.format)
  const read = readConnection({
    issuer: options.issuer ?? (await configuredIssuer()),
    pools: options.pool,
    account: options.account,
    namePrefix: options['name-prefix'],
    tags: options.tags,
    existingProvider: options['existing-provider'],
    maxSessionDuration: secondsFrom(options['max-session-duration']),
  })
  if (!read.ok) fail(read.error)
  console.log(documents(read.value, format))
  console.error(nextSteps(read.value, format))
  if (isBelowNpm())
    console.error('\nnpm has put lines of its own above the document: `npm run --silent` leaves them out.')
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args,
      options: {
        pool: { type: 'string', multiple: true, default: [] as string[] },
        issuer: text,
        format: { type: 'string', default: 'both' },
        account: text,
        'name-prefix': { type: 'string', default: 'edge-identity' },
        tags: flag,
        'existing-provider': flag,
        'max-session-duration': text,
      },
    }).values
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/)
    return fail(`${sentence.replace(/\.$/, '')}.`)
  }
}

function formatFrom(text: string): Format {
  return FORMATS.find((format) => format === text) ?? fail(`--format must be one of ${FORMATS.join(', ')}.`)
}

function secondsFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  return /^\d{1,5}$/.test(text) ? Number(text) : fail(`--max-session-duration ${text} is not a number of seconds.`)
}

/** Whether npm announced this script on standard output, and that goes to a file or a pipe. */
function isBelowNpm(): boolean {
  const { npm_config_loglevel: level, npm_lifecycle_event: script } = process.env
  return script !== undefined && level !== 'silent' && !process.stdout.isTTY
}
