/**
 * The URL behind `text`, if something may be fetched from it: `https`, no credentials, and a host that is a public DNS
 * name. Literal addresses are refused as a whole, since no issuer lives on one and "private" has too many spellings.
 * In local mode any host will do, and `http` on loopback.
 *
 * A public name may still resolve to a private address; that is the platform's part (`global_fetch_strictly_public`).
 */
export function outboundUrl(text: string, localMode: boolean): URL | undefined {
  const url = URL.parse(text)
  if (!url || url.username || url.password) return undefined
  if (url.protocol === 'https:' && (localMode || isPublicName(url.hostname))) return url
  if (url.protocol === 'http:' && localMode && isLoopbackHost(url.hostname)) return url
  return undefined
}

export function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && isLoopbackHost(url.hostname)
}

/** Whether a host is this machine by definition: localhost, *.localhost, 127.0.0.0/8 or ::1. As the URL parser writes it. */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d+){3}$/.test(name)
}

/** The URL parser turns every spelling of an IPv4 address into four decimals. */
function isPublicName(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  const isAddress = name.startsWith('[') || /^[\d.]+$/.test(name)
  return !isAddress && name.includes('.') && !isLoopbackHost(name)
}
