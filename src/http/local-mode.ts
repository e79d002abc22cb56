import { isLoopbackHost } from '../base/outbound-url.ts'
import { Fault } from '../protocol/index.ts'

/** Local mode trusts requests to this machine only: its access key is public, so it protects nothing. */
export interface LocalMode {
  /** Further host names that count as this machine, such as a container's. */
  hosts: ReadonlySet<string>
}

/** Refuses a host that is not this machine, so that a deployment left in local mode serves nobody. */
export function checkHost(host: string, local: LocalMode | undefined): void {
  if (local && !isLocal(`http://${host}`, local))
    throw new Fault('AccessDeniedException', 'Local mode serves loopback hosts only. Set LOCAL_HOSTS to name others.')
}

/** Refuses a signed call from a web page of another origin, so that no page can drive a developer's service. */
export function checkOrigin(origin: string | null, local: LocalMode | undefined): void {
  if (local && origin !== null && !isLocal(origin, local))
    throw new Fault('AccessDeniedException', 'Local mode takes signed calls from pages on loopback hosts only.')
}

function isLocal(origin: string, { hosts }: LocalMode): boolean {
  if (/^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/.test(origin)) return true
  const url = URL.parse(origin)
  return url !== null && (isLoopbackHost(url.hostname) || hosts.has(url.hostname))
}
