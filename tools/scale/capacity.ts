import { ASSUMED, LIMITS, MEASURED, MIX, valuesOf } from './inputs.ts'
import { meanServiceMs, type Service } from './queue.ts'

const assumed = valuesOf(ASSUMED)
const limits = valuesOf(LIMITS)
const measured = valuesOf(MEASURED)

const WRITE_SHARE = MIX.newGuest + MIX.newUser

/** How long an object is busy with a call: as Cloudflare's guide says at its most careful, and as measured here. */
export const SERVICE = {
  planned: service(limits.objectReads, limits.objectWrites),
  measured: service(measured.readsPerObject, measured.writesPerObject),
}

/** Calls a second that an object could just do. */
export function capacity(service: Service): number {
  return 1000 / meanServiceMs(service)
}

/** Calls a second that an object should be given. */
export function plannedRate(service: Service): number {
  return assumed.utilisation * capacity(service)
}

/** Users that one object holds: to the brim, and as planned; and as planned in a pool of several. */
export function usersOfObject() {
  const most = limits.objectBytes / measured.userBytes
  const plannedBytes = limits.objectBytes * assumed.fill
  return {
    most,
    planned: plannedBytes / measured.userBytes,
    plannedOfSpread: plannedBytes / (measured.userBytes + measured.claimBytes),
  }
}

/** Objects that a pool needs for its identities and for its requests. With several, each user takes a little more. */
export function objectsFor(identities: number, perSecond: number, service: Service) {
  const { planned, plannedOfSpread } = usersOfObject()
  const byStorage = identities <= planned ? 1 : Math.ceil(identities / plannedOfSpread)
  const byRate = Math.ceil(perSecond / plannedRate(service))
  return { byStorage, byRate, objects: Math.max(byStorage, byRate) }
}

/** Isolates of the large deployment, and what each gets. */
export function isolates() {
  const count = limits.cities * assumed.isolatesPerCity
  return { count, perSecond: assumed.load / count }
}

function service(readsPerSecond: number, writesPerSecond: number): Service {
  return { readMs: 1000 / readsPerSecond, writeMs: 1000 / writesPerSecond, writeShare: WRITE_SHARE }
}
