import { nodeCrypto } from '../../base/node-crypto.ts'
import type { ProvenLogin } from '../identities.ts'

/** Slots of a pool. Everything that a pool keeps of identities and logins is in one of them, whatever object has it. */
export const SLOTS = 4096

/** The slot of an identity: the 12 bits of its UUID after the version digit, random for a guest. */
export function slotOfIdentity(uuid: string): number {
  return Number.parseInt(uuid.slice(15, 18), 16)
}

/** Slots of the logins of requests under way: several parts of a call ask for them. */
const known = new WeakMap<Login, number>()

type Login = Omit<ProvenLogin, 'mustBeMember'>

/** Takes the slot of a login from whoever has worked it out already. */
export function knowSlot(login: Login, slot: number): void {
  known.set(login, slot)
}

/** The slot of a login, 12 bits of a SHA-256. It never changes: rows are found by it. */
export function slotOfLogin(login: Login): number {
  const slot = known.get(login) ?? hashed(login)
  known.set(login, slot)
  return slot
}

function hashed({ developer, provider, subject }: Login): number {
  const text = JSON.stringify([provider, subject, developer])
  return Number.parseInt(nodeCrypto().createHash('sha256').update(text).digest('hex').slice(0, 3), 16)
}

/** Whether a login's slot is that of its identity. Then its row is its own index, and there is no route to it. */
export function isAtHome(login: Login, uuid: string): boolean {
  return slotOfLogin(login) === slotOfIdentity(uuid)
}

/** What asks an object for its identities in these slots, first and last, after one: the bounds of their UUIDs. */
export function boundsOf(slots: readonly [first: number, last: number], tag: string, after: string) {
  const [first, last] = slots
  const begin = beforeSlot(tag, first)
  return { slots, after: after > begin ? after : begin, end: beforeSlot(tag, last + 1) }
}

/** Comes before every UUID of this slot, and after those of the slots before it; there is one slot more than there are. */
export function beforeSlot(tag: string, slot: number): string {
  return slot === SLOTS ? `${tag}-0000-9` : `${tag}-0000-8${digits(slot)}-`
}

/** The same UUID, in another slot. */
export function inSlot(uuid: string, slot: number): string {
  return `${uuid.slice(0, 15)}${digits(slot)}${uuid.slice(18)}`
}

function digits(slot: number): string {
  return slot.toString(16).padStart(3, '0')
}
