import type { Given } from '../../package/server/options.mjs'
import { BadOption } from './bootstrap.mjs'
import { givenToken } from './given-token.ts'
import { ask } from './operator.ts'

/** Shows what a login would come to. Nothing is issued. */
export async function main({ values }: Given): Promise<void> {
  const { 'custom-role': CustomRoleArn, identity: IdentityId, login = [], pool: IdentityPoolId } = values
  const { 'client-address': ClientAddress, 'client-network': network, 'guest-pass': GuestPass } = values
  if (network !== undefined && !/^[1-9]\d{0,9}$/.test(network))
    throw new BadOption(`--client-network ${network} is not the number of a network`)
  const ClientNetwork = network && Number(network)
  if (IdentityPoolId === undefined) throw new BadOption('Name the pool: npm run simulate-login -- --pool <pool id>')
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
