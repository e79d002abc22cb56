import type { Given } from '../../package/server/options.mjs'
import { BadOption } from './bootstrap.mjs'
import { givenToken } from './given-token.ts'
import { ask } from './operator.ts'

/** Shows what a login would come to. Nothing is issued. */
export async function main(given: Given): Promise<void> {
  await (given.values.role === undefined ? simulateLogin(given) : simulateAssuming(given))
}

/** What only one of the two questions has. */
const OF_ROLES = ['token', 'session-name', 'duration-seconds'] as const
const OF_POOLS = ['pool', 'login', 'identity', 'client-network', 'guest-pass', 'custom-role'] as const

async function simulateAssuming({ values }: Given): Promise<void> {
  const { 'client-address': ClientAddress, role: RoleArn, 'session-name': RoleSessionName, token } = values
  refuseOthers(values, OF_POOLS, '--role')
  if (token === undefined) throw new BadOption('Give the token too: --token @FILE')
  const { 'duration-seconds': seconds } = values
  if (seconds !== undefined && !/^[1-9]\d{0,5}$/.test(seconds))
    throw new BadOption(`--duration-seconds ${seconds} is not a number of seconds`)
  const asked = { RoleArn, WebIdentityToken: givenToken(token), RoleSessionName, ClientAddress }
  const input = { ...asked, DurationSeconds: seconds && Number(seconds) }
  await ask('SimulateAssumeRoleWithWebIdentity', input, values)
}

/** What is missing in a command that names neither a pool nor a role, by what its other options are for. */
function nothingNamed(values: Given['values']): BadOption {
  const has = (names: readonly string[]) => names.some((name) => Object.hasOwn(values, name))
  if (has(OF_ROLES) && !has(OF_POOLS)) return new BadOption('Name the role too: --role <ARN>')
  return new BadOption('Name the pool, or the role: --pool <pool id>, or --role <ARN>')
}

function refuseOthers(values: Given['values'], others: readonly string[], beside: string): void {
  const given = others.find((name) => Object.hasOwn(values, name))
  if (given !== undefined) throw new BadOption(`--${given} does not go with ${beside}`)
}

async function simulateLogin({ values }: Given): Promise<void> {
  const { pool: IdentityPoolId } = values
  if (IdentityPoolId === undefined) throw nothingNamed(values)
  refuseOthers(values, OF_ROLES, '--pool')
  const { 'custom-role': CustomRoleArn, identity: IdentityId, login = [] } = values
  const { 'client-address': ClientAddress, 'client-network': network, 'guest-pass': GuestPass } = values
  if (network !== undefined && !/^[1-9]\d{0,9}$/.test(network))
    throw new BadOption(`--client-network ${network} is not the number of a network`)
  const ClientNetwork = network && Number(network)
  const Logins = Object.fromEntries(login.map(loginFrom))
  const region = values.region ?? IdentityPoolId.split(':')[0]
  const input = { IdentityPoolId, Logins, IdentityId, CustomRoleArn, ClientAddress, ClientNetwork, GuestPass }
  await ask('SimulateLogin', input, { ...values, region })
}

function loginFrom(text: string): [provider: string, token: string] {
  const [, provider, token] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (provider === undefined || token === undefined) throw new BadOption(`--login ${text} is not PROVIDER=TOKEN`)
  return [provider, givenToken(token)]
}
