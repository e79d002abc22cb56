import { VERSION } from '../base/version.ts'
import { type Envelope, respond } from './answers.ts'

/** The console: static files, and what they must know of the deployment. */
export interface Console {
  /** The only host name at which it is served; any, in local mode. */
  host: string | undefined
  /** Has its files, below `/console/`. */
  assets: Pick<Fetcher, 'fetch'>
  /** Whether the access keys of local mode open it. */
  local: boolean
  /** The issuer of this deployment, whose tokens the console explains. */
  issuer: string
  /** Where operators sign in, if they do: their provider, or Cloudflare Access in front of the console. */
  signIn: { kind: 'oidc'; issuer: string; clientId: string } | { kind: 'access' } | undefined
}

const HOME = '/console'
const SETTINGS = 'settings.json'
const PAGE = 'index.html'

/** The build names scripts and styles by their content. */
const NAMED_BY_CONTENT = /^[a-z]{1,20}-[0-9A-Z]{8}\.(?:css|js)$/

const TYPES: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css;charset=UTF-8'],
  ['html', 'text/html;charset=UTF-8'],
  ['js', 'text/javascript;charset=UTF-8'],
])

/** What the console has at this address; `undefined` if that is nothing, or if there is no console at this host. */
export async function consoleAnswer(
  { url }: Request,
  envelope: Envelope,
  { console: served }: { console: Console | undefined },
): Promise<Response | undefined> {
  const { hostname, pathname } = new URL(url)
  if (!served || (served.host !== undefined && served.host !== hostname)) return undefined
  if (pathname === '/') return served.host ? respond(null, envelope, { location: HOME }, 302, {}) : undefined
  if (pathname === HOME || pathname === `${HOME}/`) return file(PAGE, 'no-cache', envelope, served)
  const name = pathname.startsWith(`${HOME}/`) ? pathname.slice(HOME.length + 1) : ''
  if (name === SETTINGS) return settings(envelope, served)
  return NAMED_BY_CONTENT.test(name) ? file(name, 'public, max-age=31536000, immutable', envelope, served) : undefined
}

async function file(name: string, caching: string, envelope: Envelope, served: Console): Promise<Response> {
  const found = await served.assets.fetch(`https://assets${HOME}/${name}`)
  if (!found.ok)
    return respond('This file of the console is not there.\n', envelope, headersOf(served, 'no-store'), 404, {})
  const type = TYPES.get(name.slice(name.lastIndexOf('.') + 1)) ?? 'application/octet-stream'
  return respond(found.body, envelope, { ...headersOf(served, caching), 'content-type': type }, 200, {})
}

/** Nothing of it is secret: whoever opens the page may know where to sign in. */
function settings(envelope: Envelope, served: Console): Response {
  const { issuer, local, signIn } = served
  const body = JSON.stringify({ version: VERSION, local, issuer, signIn })
  const headers = { ...headersOf(served, 'no-store'), 'content-type': 'application/json' }
  return respond(body, envelope, headers, 200, {})
}

/** For every file: scripts come from here alone, no text becomes markup, and nobody frames the page. */
function headersOf({ local, signIn }: Console, caching: string): Readonly<Record<string, string>> {
  const provider = signIn?.kind === 'oidc' ? ` ${new URL(signIn.issuer).origin}` : ''
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${provider}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return {
    'content-security-policy': policy,
    'cache-control': caching,
    'content-type': 'text/plain;charset=UTF-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(!local && { 'strict-transport-security': 'max-age=31536000' }),
  }
}
