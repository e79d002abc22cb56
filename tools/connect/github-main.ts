import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { trustFindings } from '../../package/file/lint/web-identity.ts'
import { parseTrustPolicy } from '../../src/credentials/trust-policy.ts'
import { fail } from '../lib/bootstrap.mjs'
import { nextGithubSteps, readGithubWish, trustPolicyOf } from './github.ts'

/** Prints the trust policy on standard output, and what to do with it on standard error; or looks at one. */
export async function main(args: string[]): Promise<void> {
  const { check, ...wish } = parse(args)
  if (check !== undefined) {
    process.exitCode = checked(check)
    return
  }
  const read = readGithubWish(wish)
  if (!read.ok) return fail(read.error)
  console.log(JSON.stringify(trustPolicyOf(read.value), null, 2))
  console.error(nextGithubSteps(read.value))
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args,
      options: {
        account: text,
        repository: text,
        branch: text,
        tag: text,
        environment: text,
        subject: text,
        'repository-id': text,
        'owner-id': text,
        issuer: { type: 'string', default: 'https://token.actions.githubusercontent.com' },
        audience: { type: 'string', default: 'sts.amazonaws.com' },
        role: text,
        endpoint: { type: 'string', default: 'https://identity.example.com' },
        bucket: text,
        access: { type: 'string', default: 'object-read-write' },
        prefix: { type: 'string', default: '@repository_id/' },
        check: text,
      },
    }).values
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split(/\.\s|\n/)
    return fail(`${sentence.replace(/\.$/, '')}.`)
  }
}

/** Says what is wrong in a trust policy; the code to end with. */
function checked(file: string): number {
  const document = textOf(file)
  const policy = parseTrustPolicy(document, 'https://issuer.invalid')
  if (!policy.ok) {
    console.error(`error: IAM refuses this policy: ${policy.error.detail} [policy]`)
    return 1
  }
  const findings = trustFindings(document)
  for (const { message, rule, severity } of findings) console.error(`${severity}: ${message} [${rule}]`)
  if (findings.some(({ severity }) => severity === 'error')) return 1
  return findings.length > 0 ? 2 : 0
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return fail(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}
