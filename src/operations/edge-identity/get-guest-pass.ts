import { poolTagOf } from '../../base/ids.ts'
import { seconds } from '../../base/world.ts'
import {
  type Asker,
  checkTurnstile,
  checkWork,
  type GuestKeys,
  MAX_TURNSTILE_CHARS,
  MAX_WORK_CHARS,
  PASS_SECONDS,
  PASS_USES,
  sealPass,
  type TurnstileRefused,
  turnstileName,
} from '../../guests/index.ts'
import type { Pool } from '../../pools/index.ts'
import { Fault, optional, required, string, structure } from '../../protocol/index.ts'
import { guestKeys } from '../../tokens/index.ts'
import { invalidParameter } from '../faults.ts'
import { publicOperation, type RequestContext } from '../operation.ts'
import { allowsUnproven, poolId } from '../pool/index.ts'
import { currentRing, passNetwork, poolOfId } from '../sign-in/index.ts'
import { poolWithProofs } from './guest-proofs.ts'

/** A proof that holds: under which name guests are counted that are made by it, and until when. */
interface Proven {
  name: string
  /** Epoch seconds. */
  expires: number
}

/** A pass for some guests, for work or for a token of Turnstile. Not of AWS's API. */
export const getGuestPass = publicOperation({
  service: 'edge-identity',
  name: 'GetGuestPass',
  input: structure({
    IdentityPoolId: required(poolId),
    Work: optional(string({ min: 1, max: MAX_WORK_CHARS, sensitive: true })),
    Turnstile: optional(string({ min: 1, max: MAX_TURNSTILE_CHARS, sensitive: true })),
  }),
  limitedBy: (given) => poolTagOf(given('IdentityPoolId')),
  async run({ IdentityPoolId, Turnstile, Work }, context) {
    if ((Work === undefined) === (Turnstile === undefined)) throw invalidParameter('Give either Work or Turnstile.')
    const proof = Work === undefined ? 'turnstile' : 'work'
    const pool = await poolWithProofs(poolOfId(IdentityPoolId), context, proof)
    context.note({ decision: { proof } })
    const keys = await guestKeys(await currentRing(context))
    const asker = { pool: pool.id, network: await passNetwork(pool.id, context, keys) }
    const proven =
      Work === undefined ? await byTurnstile(Turnstile ?? '', pool, context) : await byWork(Work, asker, keys, context)
    const pass = await sealPass({ ...asker, ...proven, uses: PASS_USES }, keys, context.world)
    return { Pass: pass, Uses: PASS_USES, Expiration: proven.expires }
  },
})

/** However often the same work is handed in, its passes have one name and one end. */
async function byWork(work: string, asker: Asker, keys: GuestKeys, context: RequestContext): Promise<Proven> {
  const done = await checkWork(work, asker, keys, context.world)
  if (!done.ok) throw refused('work', { which: done.error }, context)
  return { name: done.value.name, expires: done.value.expires + PASS_SECONDS }
}

async function byTurnstile(token: string, pool: Pool, context: RequestContext): Promise<Proven> {
  const { clientAddress, operationId: callId, turnstile, world } = context
  const widget = turnstile.widgets.get(pool.account)
  const checked = widget
    ? await checkTurnstile({ token, clientAddress, callId }, widget, { url: turnstile.url, world })
    : ({ ok: false, error: { kind: 'misconfigured', codes: 'no TURNSTILE_SECRET' } } as const)
  if (!checked.ok) judgeFailure(checked.error, pool, context)
  return { name: await turnstileName(token), expires: seconds(world.now()) + PASS_SECONDS }
}

/** Throws, unless Cloudflare cannot be asked and the pool's owner would rather have guests then than none. */
function judgeFailure(failed: TurnstileRefused, pool: Pool, context: RequestContext): void {
  if (failed.kind === 'refused') throw refused('turnstile', { which: 'turnstile', codes: failed.codes }, context)
  const why = failed.kind === 'unreachable' ? failed.why : failed.codes
  const noted = { which: `turnstile_${failed.kind}`, why }
  context.world.log.warn('turnstile_failing', { account: pool.account, pool: pool.id, ...noted })
  const isAllowed = failed.kind === 'unreachable' && allowsUnproven(pool)
  context.note({ decision: isAllowed ? { unproven: true, ...noted } : { reason: 'guest_proof', ...noted } })
  if (!isAllowed) throw new Fault('ExternalServiceException', 'Turnstile could not be asked.')
}

function refused(
  proof: 'work' | 'turnstile',
  why: Readonly<Record<string, string>>,
  { note }: Pick<RequestContext, 'note'>,
): Fault {
  note({ decision: { reason: 'guest_proof', ...why } })
  return new Fault(
    'NotAuthorizedException',
    proof === 'work' ? 'The work is not what was asked for.' : 'Turnstile does not take this token.',
  )
}
