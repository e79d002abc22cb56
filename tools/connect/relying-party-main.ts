import { parseArgs } from 'node:util'
import { fail } from '../lib/bootstrap.mjs'
import { configuredIssuer } from './configured-issuer.ts'
import { configurationOf, nextSteps, type Party, readWish } from './relying-party.ts'

/** Prints the configuration of a relying party on standard output, and what to do with it on standard error. */
export async function main(party: Party, args: string[]): Promise<void> {
  const options = parse(args)
  const { account, audience, name, policy: policies, pool, project, role } = options
  if (pool === undefined || role === undefined || account === undefined)
    return fail('Name the pool, the role of its users and their account: --pool, --role and --account.')
  const issuer = options.issuer ?? (await configuredIssuer())
  const read = readWish(party, { issuer, pool, role, account, audience, name, project, policies })
  if (!read.ok) fail(read.error)
  console.log(configurationOf(party, read.value))
  console.error(nextSteps(party, read.value))
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        issuer: text,
        pool: text,
        role: text,
        account: text,
        audience: text,
        name: { type: 'string', default: 'edge-identity' },
        project: text,
        policy: { type: 'string', multiple: true, default: ['default'] },
      },
    }).values
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/)
    return fail(`${sentence.replace(/\.$/, '')}.`)
  }
}
