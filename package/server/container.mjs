/**
 * The entry point of the image: serves in local mode from the folder /data until it is asked to end. It listens for other
 * containers, which is what sets it apart from `npm start`.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultIssuer } from './issuer-config.mjs'
import { LOCAL_ACCOUNT, LOCAL_KEY, localHosts } from './local-mode.mjs'
import { BadOption, helpOf, readOptions } from './options.mjs'
import { LOG_LEVELS, readable } from './refusals.mjs'
import { startService } from './service.mjs'

/** Made with the built Worker. */
const BUNDLE = new URL('../', import.meta.url)
const EVERY_ADDRESS = '0.0.0.0'
const DEFAULT_PORT = '8787'
/** Names under which other containers may reach this one without a setting, besides its own host name. */
const NAMES = 'edge-identity,host.docker.internal'

const OPTIONS = {
  var: { value: 'NAME:VALUE', multiple: true, text: 'a setting, before that of the environment; several may be given' },
  redirect: {
    value: 'URI',
    multiple: true,
    text: 'where the login page of the test issuer may send browsers back to; several may be given',
  },
  'log-level': { value: 'LEVEL', text: `what is shown: ${LOG_LEVELS.join(', ')} (refusals)` },
  version: { text: 'the version, and nothing else' },
  help: { text: 'this text' },
}
const HELP = `Edge Identity in local mode. Variables of the environment:

  PORT               port to serve on (${DEFAULT_PORT})
  STATE              folder in which everything is kept (/data)
  LOCAL_HOSTS        names to answer to, besides localhost, the container's own and ${NAMES.replace(',', ', ')}
  ISSUER and others  settings, as docs/operating.md lists them

${helpOf(OPTIONS)}`

/** @type {{ version: string, settings: string[] } & Omit<import('./workerd-config.mjs').BuiltWorker, 'script' | 'assets'>} */
const { settings: names, version, ...worker } = JSON.parse(readFileSync(new URL('worker.json', BUNDLE), 'utf8'))

try {
  const { values } = readOptions(process.argv.slice(2), OPTIONS)
  if (values.help) console.log(HELP)
  else if (values.version) console.log(version)
  else await serve(values)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof BadOption) console.error(`\n${HELP}`)
  process.exit(error instanceof BadOption ? 2 : 1)
}

/** @param {Readonly<Record<string, any>>} values */
async function serve(values) {
  const { env } = process
  const port = portFrom(env.PORT ?? DEFAULT_PORT)
  const given = { ...settingsIn(env), ...Object.fromEntries((values.var ?? []).map(settingFrom)) }
  const hosts = localHosts(EVERY_ADDRESS, [NAMES, given.LOCAL_HOSTS ?? ''].join(','))
  const shown = LOG_LEVELS.find((level) => level === (values['log-level'] ?? 'refusals'))
  if (shown === undefined) throw new BadOption(`--log-level is one of ${LOG_LEVELS.join(', ')}.`)
  /** @type {import('./service.mjs').RunningService | undefined} */
  let service
  let stopping = false
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, async () => {
      stopping = true
      await service?.stop()
      process.exit(0)
    })
  const issuer = defaultIssuer(`http://localhost:${port}`, values.redirect)
  service = await startService({
    issuers: { script: bundled('issuers.js'), configs: [issuer] },
    worker: { ...worker, script: bundled('worker.js'), assets: bundled('assets') },
    host: EVERY_ADDRESS,
    port,
    version,
    stateDir: env.STATE ?? '/data',
    settings: { ...given, LOCAL_HOSTS: hosts },
    onLog: (line) => {
      const text = readable(line, shown, undefined)
      if (text !== undefined) console.error(text)
    },
  })
  console.log(`Edge Identity ${version} serves on port ${port}, as localhost and ${hosts.replaceAll(',', ', ')}.`)
  console.log(
    `Whoever reaches it has the key ${LOCAL_KEY.accessKeyId} / ${LOCAL_KEY.secretAccessKey} of account ${LOCAL_ACCOUNT}.`,
  )
  await service.ended
  if (!stopping) throw new Error('The service ended by itself.')
}

/** @param {string} name */
function bundled(name) {
  return fileURLToPath(new URL(name, BUNDLE))
}

/** @param {string} text */
function portFrom(text) {
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536) return Number(text)
  throw new BadOption(`PORT ${text} is not a port.`)
}

/** @param {string} text */
function settingFrom(text) {
  const [, name, value] = /^([A-Za-z_]\w*):(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new BadOption(`--var ${text} is not NAME:VALUE.`)
  return [name, value]
}

/**
 * The variables that are settings; a name that ends in `_` stands for all that begin so.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
function settingsIn(env) {
  const isSetting = (/** @type {string} */ name) =>
    names.some((each) => (each.endsWith('_') ? name.startsWith(each) : name === each))
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && isSetting(name) ? [[name, value]] : [])),
  )
}
