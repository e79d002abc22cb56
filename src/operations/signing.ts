import { Fault } from '../protocol/index.ts'
import { type IdentityClaims, mintToken, type RingView } from '../tokens/index.ts'
import { rateExceeded } from './faults.ts'
import type { Services } from './services.ts'

/** The key ring as of now. Ask right before use. */
export async function currentRing({ keys, world }: Pick<Services, 'keys' | 'world'>): Promise<RingView> {
  const ring = await keys.current()
  if (ring.ok) return ring.value
  const { reason, ...found } = ring.error
  world.log.error('key_ring_unavailable', { reason, ...found })
  throw reason === 'overloaded'
    ? rateExceeded()
    : new Fault('InternalErrorException', 'The signing keys are unavailable.')
}

export async function signToken(claims: IdentityClaims, lifetimeSeconds: number, services: Services): Promise<string> {
  const view = await currentRing(services)
  return mintToken(claims, lifetimeSeconds, { view, issuer: services.issuer, now: services.world.now() })
}
