/** Where a Worker would be reached. */
export interface Addresses {
  /** Name of the Worker, the first label of its workers.dev address. */
  name: string | undefined
  /** Patterns of routes, such as `id.example.com/*`. */
  routes: readonly string[]
  /** Host names of custom domains, each reached whole. */
  domains: readonly string[]
  /** Whether the Worker is reached under workers.dev as well. */
  workersDev: boolean
}

/**
 * Whether the issuer's addresses lead to the Worker: the API, which is at `/` of its host even where the issuer has a
 * path, and the issuer's documents, which are below that path.
 */
export function addressProblems(
  { name, routes, domains, workersDev }: Addresses,
  issuer: string | undefined,
): string[] {
  if (routes.length + domains.length === 0 && !workersDev)
    return ['No route: the Worker would be reached under no address.']
  const url = URL.parse(issuer ?? '')
  if (!url) return []
  if (domains.includes(url.hostname)) return []
  if (workersDev && url.hostname.startsWith(`${name}.`) && url.hostname.endsWith('.workers.dev')) return []
  const shown = [...routes, ...domains, ...(workersDev ? ['workers.dev'] : [])].join(', ')
  if (!routes.some((route) => hostMatches(route, url.hostname)))
    return [`ISSUER names ${url.hostname}, which no route covers (${shown}).`]
  const path = url.pathname.replace(/\/$/, '')
  const needed: [string, string][] = [
    ['the API', '/'],
    ["the issuer's documents", `${path}/.well-known/openid-configuration`],
    ["the issuer's documents", `${path}/.well-known/jwks.json`],
    ["the issuer's documents", `${path}/.well-known/jwks_uri`],
  ]
  const missed = needed.find(
    ([, at]) => !routes.some((route) => hostMatches(route, url.hostname) && pathMatches(route, at)),
  )
  return missed ? [`No route covers ${url.hostname}${missed[1]}, where ${missed[0]} must be reached (${shown}).`] : []
}

/** Whether the host of the console, which is served whole, leads to the Worker. */
export function consoleProblems({ domains, routes }: Addresses, host: string | undefined): string[] {
  if (host === undefined || domains.includes(host)) return []
  const covered = routes.some(
    (route) => hostMatches(route, host) && ['/', '/console'].every((at) => pathMatches(route, at)),
  )
  return covered
    ? []
    : [`CONSOLE_HOST names ${host}, which no route covers whole. Add a custom domain, or the route ${host}/*.`]
}

/** Whether a route's host part, in which a leading `*` stands for any text, matches the host. */
function hostMatches(route: string, hostname: string): boolean {
  const [host = ''] = withoutScheme(route).split('/')
  return host.startsWith('*') ? hostname.endsWith(host.slice(1)) : host === hostname
}

/** Whether a route's path part, in which a closing `*` stands for any text, matches the path. Without one it is `/`. */
function pathMatches(route: string, path: string): boolean {
  const pattern = withoutScheme(route).replace(/^[^/]*/, '') || '/'
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}

const withoutScheme = (route: string) => route.replace(/^https?:\/\//, '')
