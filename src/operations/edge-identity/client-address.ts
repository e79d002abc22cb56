import { isIpAddress } from '../../base/ip.ts'
import { string } from '../../protocol/index.ts'
import { invalidParameter } from '../faults.ts'

/** Where the client of a simulated call is. */
export const clientAddress = string({ min: 2, max: 45, pattern: '[0-9A-Fa-f.:]+', unrecorded: true })

/** Refuses what has the letters of an address and is none. */
export function checkClientAddress(given: string | undefined): void {
  if (given !== undefined && !isIpAddress(given))
    throw invalidParameter('ClientAddress must be an address of IPv4 or IPv6, such as 192.0.2.1.')
}
