import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_readConfig as readWranglerConfig } from 'wrangler'
import { readConfig } from '../../src/config/index.ts'
import { root } from './bootstrap.mjs'
import { wrangler } from './wrangler.mjs'

/** Settings that would do, so that each one can be judged with all others right. */
const ACCEPTABLE = { ISSUER: 'https://identity.example.com', STS_ENDPOINT: 'embedded', TOKEN_ALG: 'RS256' }
const KEY_ENCRYPTION_KEY = 'KEY_ENCRYPTION_KEY'
const ACCESS_KEY = 'ACCESS_KEY_'
const R2_ACCESS_KEY = 'R2_ACCESS_KEY_'

/**
 * Looks at what a deployment would run with: variables by the service's own rules, addresses, and the names of secrets.
 * @param {object} options those of `wrangler deploy`, with its variables in `vars` and its routes and domains in `addresses`
 * @returns {{ problems: string[], notes: string[] }} what would keep the service from working; what could not be told
 */
export function preflight(options) {
  const config = readWranglerConfig(
    { config: options.config ?? join(root, 'wrangler.toml'), env: options.env },
    { hideWarnings: true },
  )
  const vars = { ...config.vars, ...Object.fromEntries(options.vars.map(splitVar)) }
  const secrets = secretNames(options)
  return {
    problems: [
      ...variableProblems(vars),
      ...addressProblems(config, vars, options.addresses),
      ...secretProblems(secrets.names),
    ],
    notes: [...(secrets.note ? [secrets.note] : []), ...stsNotes(vars)],
  }
}

function splitVar(pair) {
  const colon = pair.indexOf(':')
  return [pair.slice(0, colon), pair.slice(colon + 1)]
}

function variableProblems(vars) {
  const problems = Object.keys(ACCEPTABLE).flatMap((name) => refusalOf({ ...ACCEPTABLE, [name]: vars[name] }))
  const { DECISIONS, STS_ENDPOINT, STS_PROFILE } = vars
  problems.push(...refusalOf({ ...ACCEPTABLE, DECISIONS }))
  if (refusalOf({ ...ACCEPTABLE, STS_ENDPOINT }).length === 0)
    problems.push(...refusalOf({ ...ACCEPTABLE, STS_ENDPOINT, STS_PROFILE }))
  if ('LOCAL_MODE' in vars) problems.push('LOCAL_MODE must not be set: it is for `npm start` alone.')
  for (const name of Object.keys(vars)) {
    if (isSecretName(name)) problems.push(`${name} must be a secret, not a variable: \`wrangler secret put ${name}\`.`)
  }
  return problems
}

function refusalOf(vars) {
  try {
    readConfig(vars)
    return []
  } catch (error) {
    return [error.message.replace(/^.*?: /, '')]
  }
}

function addressProblems(config, vars, addresses) {
  const configured = [config.route, ...(config.routes ?? [])].filter(Boolean).map((route) => route.pattern ?? route)
  const routes = [...configured, ...addresses]
  if (routes.length === 0) return config.workers_dev ? [] : ['No route: the Worker would be reached under no address.']
  const { hostname } = URL.parse(vars.ISSUER ?? '') ?? {}
  if (!hostname || routes.some((route) => covers(route, hostname))) return []
  return [`ISSUER names ${hostname}, which no route covers (${routes.join(', ')}).`]
}

/** Whether a route's host part, in which a leading `*` stands for any text, matches the host. */
function covers(route, hostname) {
  const [host] = route.replace(/^https?:\/\//, '').split('/')
  return host.startsWith('*') ? hostname.endsWith(host.slice(1)) : host === hostname
}

/** Names of the secrets that the deployed Worker has and of those that would come with this deployment. */
function secretNames(options) {
  const uploaded = options['secrets-file'] ? namesInFile(options['secrets-file']) : []
  if (options['dry-run']) return { names: uploaded.length > 0 ? uploaded : undefined }
  const flags = ['config', 'env', 'name'].flatMap((flag) => (options[flag] ? [`--${flag}`, options[flag]] : []))
  const { ok, stdout, output } = wrangler(['secret', 'list', '--format', 'json', ...flags])
  if (ok) return { names: [...uploaded, ...JSON.parse(stdout).map(({ name }) => name)] }
  if (/\b10007\b/.test(output)) return { names: uploaded }
  return { names: undefined, note: `The secrets could not be checked: ${firstSentence(output)}` }
}

function namesInFile(path) {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  if (text.trimStart().startsWith('{')) return Object.keys(JSON.parse(text))
  return [...text.matchAll(/^\s*(?:export\s+)?(\w+)\s*=/gm)].map(([, name]) => name)
}

function secretProblems(names) {
  if (names === undefined) return []
  return [
    ...(names.includes(KEY_ENCRYPTION_KEY)
      ? []
      : [`${KEY_ENCRYPTION_KEY} is missing: 32 random bytes in base64. \`wrangler secret put ${KEY_ENCRYPTION_KEY}\``]),
    ...(names.some((name) => name.startsWith(ACCESS_KEY))
      ? []
      : [`No ${ACCESS_KEY}<id>: nobody could call signed operations. \`wrangler secret put ${ACCESS_KEY}<id>\``]),
  ]
}

function stsNotes({ STS_ENDPOINT, STS_PROFILE, TOKEN_ALG }) {
  if (STS_PROFILE === 'ceph' && TOKEN_ALG === 'ES256')
    return ['TOKEN_ALG is ES256, which Ceph takes only from keys with certificates. RS256 works.']
  if (STS_ENDPOINT !== 'embedded') return []
  return ['STS_ENDPOINT is "embedded": what it vends is known to this service alone, not to AWS.']
}

function isSecretName(name) {
  return [KEY_ENCRYPTION_KEY, ACCESS_KEY, R2_ACCESS_KEY].some((prefix) => name.startsWith(prefix))
}

function firstSentence(text) {
  return text.replace(/^\W*\[?ERROR\]?\s*/, '').split(/(?<=\.)\s|\n/)[0]
}
