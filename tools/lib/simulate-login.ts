import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fail } from './bootstrap.mjs'
import { ask, CONNECTION_OPTIONS } from './operator.ts'

/** Shows what a login would come to. Nothing is issued. */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      pool: { type: 'string' },
      login: { type: 'string', multiple: true, default: [] as string[] },
      identity: { type: 'string' },
      'custom-role': { type: 'string' },
      ...CONNECTION_OPTIONS,
    },
  })
  const { 'custom-role': CustomRoleArn, identity: IdentityId, login, pool: IdentityPoolId } = values
  if (IdentityPoolId === undefined)
    return fail('Name the pool: npm run simulate-login -- --pool <pool id>. --help tells more.', 2)
  const Logins = Object.fromEntries(login.map(loginFrom))
  const region = values.region ?? IdentityPoolId.split(':')[0]
  await ask('SimulateLogin', { IdentityPoolId, Logins, IdentityId, CustomRoleArn }, { ...values, region })
}

function loginFrom(text: string): [provider: string, token: string] {
  const [, provider, token] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (provider === undefined || token === undefined) return fail(`--login ${text} is not PROVIDER=TOKEN.`)
  return [provider, tokenFrom(token)]
}

function tokenFrom(text: string): string {
  if (text === '-') return readFileSync(0, 'utf8').trim()
  return text.startsWith('@') ? contentOf(resolve(process.env.INIT_CWD ?? '.', text.slice(1))) : text
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    return fail(`The token cannot be read: ${(error as Error).message}`, 2)
  }
}
