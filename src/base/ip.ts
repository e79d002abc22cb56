/** Addresses that share their first `prefix` of `width` bits. */
export interface IpRange {
  width: 32 | 128
  network: bigint
  prefix: number
}

interface IpAddress {
  width: 32 | 128
  value: bigint
}

/** A range in CIDR notation, or one address, IPv4 or IPv6; `undefined` for any other text. */
export function parseIpRange(text: string): IpRange | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const mapped = address.includes(':') ? 96 : 0
  const ip = parseIp(address)
  if (ip === undefined) return undefined
  const written = length === undefined ? undefined : Number(length) - (ip.width === 32 ? mapped : 0)
  const prefix = written ?? ip.width
  if (prefix < 0 || prefix > ip.width) return undefined
  const hostBits = BigInt(ip.width - prefix)
  return { width: ip.width, prefix, network: (ip.value >> hostBits) << hostBits }
}

/** Whether `text` is an address of the range. An address of the other family, or no address at all, is not. */
export function rangeHolds({ width, network, prefix }: IpRange, text: string): boolean {
  const ip = parseIp(text)
  return ip?.width === width && (ip.value ^ network) >> BigInt(width - prefix) === 0n
}

export function isIpAddress(text: string): boolean {
  return parseIp(text) !== undefined
}

/**
 * Whom an address counts for: itself, or for IPv6 its /64, which is what one customer is given. An IPv6 network is written
 * as its four groups. IPv4 addresses written as IPv6 are all in one /64, so each counts as what it is. Text that is no address
 * counts for itself.
 */
export function networkOf(address: string): string {
  const ip = address.includes(':') ? parseIp(address) : undefined
  if (ip === undefined) return address
  if (ip.width === 32) return [24n, 16n, 8n, 0n].map((bits) => (ip.value >> bits) & 0xffn).join('.')
  return [112n, 96n, 80n, 64n].map((bits) => ((ip.value >> bits) & 0xffffn).toString(16)).join(':')
}

/**
 * The block that an address is in: its /24, or for IPv6 its /48, which is what one site is given. Clients that move within
 * it are still the same. Text that is no address is a block by itself.
 */
export function blockOf(address: string): string {
  const ip = parseIp(address)
  if (ip === undefined) return address
  const [kept, groups] = ip.width === 32 ? [24n, [24n, 16n, 8n]] : [48n, [112n, 96n, 80n]]
  const [unit, radix, mark] = ip.width === 32 ? [0xffn, 10, '.'] : [0xffffn, 16, ':']
  return `${groups.map((bits) => ((ip.value >> bits) & unit).toString(radix)).join(mark)}/${kept}`
}

/** An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address (RFC 4291, 2.5.5.2). */
function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const value = parseV4(text)
    return value === undefined ? undefined : { width: 32, value }
  }
  const value = parseV6(text)
  if (value === undefined) return undefined
  return value >> 32n === 0xffffn ? { width: 32, value: value & 0xffff_ffffn } : { width: 128, value }
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256))
    return undefined
  return octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
}

function parseV6(text: string): bigint | undefined {
  const [head, tail, more] = groupsInHex(text).split('::')
  if (head === undefined || more !== undefined) return undefined
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const missing = 8 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

/** Writes an IPv4 ending as two groups; text whose ending is no IPv4 address stays as it is, and fails later. */
function groupsInHex(text: string): string {
  const ending = text.lastIndexOf(':') + 1
  const value = parseV4(text.slice(ending))
  return value === undefined
    ? text
    : `${text.slice(0, ending)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}
