import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureInstalled, fail } from '../lib/bootstrap.mjs'

const HELP = `Shows what a login would come to, and issues nothing: npm run simulate-login -- --pool <pool id> [options]

  --login PROVIDER=TOKEN  as in a Logins map; @FILE reads the token from a file, - from standard input; may be repeated
  --identity ID           the identity that the client names; else the login's own, or a new one
  --custom-role ARN       the CustomRoleArn that the client sends
`

await ensureInstalled()

const { ask, CONNECTION_HELP, CONNECTION_OPTIONS } = await import('../lib/operator.ts')

const { values: options } = parseArgs({
  options: {
    pool: { type: 'string' },
    login: { type: 'string', multiple: true, default: [] },
    identity: { type: 'string' },
    'custom-role': { type: 'string' },
    ...CONNECTION_OPTIONS,
  },
})
if (options.help || options.pool === undefined) {
  console.log(HELP + CONNECTION_HELP)
  process.exit(options.help ? 0 : 2)
}
const { 'custom-role': CustomRoleArn, identity: IdentityId, login, pool: IdentityPoolId } = options
const Logins = Object.fromEntries(login.map(loginFrom))
const region = options.region ?? IdentityPoolId.split(':')[0]
await ask('SimulateLogin', { IdentityPoolId, Logins, IdentityId, CustomRoleArn }, { ...options, region })

function loginFrom(text) {
  const [, provider, token] = /^([^=]+)=(.*)$/s.exec(text) ?? fail(`--login ${text} is not PROVIDER=TOKEN.`)
  return [provider, tokenFrom(token)]
}

function tokenFrom(text) {
  if (text === '-') return readFileSync(0, 'utf8').trim()
  return text.startsWith('@') ? readFileSync(resolve(process.env.INIT_CWD ?? '.', text.slice(1)), 'utf8').trim() : text
}
