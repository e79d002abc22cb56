import { parseArn } from '../base/arn.ts'
import { parseIdentityId, parsePoolId } from '../base/ids.ts'
import { Fault } from '../protocol/index.ts'
import type { Operation, RequestContext } from './operation.ts'

/** What tells whose account a call is to: its caller, or what its input names. */
interface Named {
  account?: unknown
  IdentityId?: unknown
  IdentityPoolId?: unknown
  RoleArn?: unknown
}

/** The fault that a test asked for, as the answer of this call; `undefined` if there is none. Of local mode alone. */
export async function injectedFault(
  { name }: Operation,
  named: Named,
  { local, pools }: Pick<RequestContext, 'local' | 'pools'>,
): Promise<Fault | undefined> {
  if (!local?.faults.anyFor(name)) return undefined
  const account = await accountOf(named, pools)
  const fault = account === undefined ? undefined : local.faults.take(account, name)
  return fault && new Fault(fault.code, fault.message, `Asked for by InjectFault: ${fault.message}`)
}

async function accountOf(
  { account, IdentityId, IdentityPoolId, RoleArn }: Named,
  pools: RequestContext['pools'],
): Promise<string | undefined> {
  if (typeof account === 'string') return account
  if (typeof RoleArn === 'string') return parseArn(RoleArn)?.account
  const id = parsePoolId(String(IdentityPoolId)) ?? parseIdentityId(String(IdentityId))
  const found = id && (await pools.readHome(id))
  return found?.kind === 'pool' ? found.pool.account : undefined
}
