/** The service as workerd is told of it, in the text form of its configuration. */
import { relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * A Worker that was built, and what it is to be given.
 *
 * @typedef {object} BuiltWorker
 * @property {string} script file of its one ES module
 * @property {string} compatibilityDate
 * @property {readonly string[]} compatibilityFlags
 * @property {Readonly<Record<string, string>>} objects names of classes by the name of their binding
 * @property {string} kv name of the binding of its key-value namespace
 * @property {string} name what the names of its objects' databases begin with
 * @property {string} [assets] folder of the files that it serves
 */

/**
 * @typedef {object} Serving
 * @property {BuiltWorker} worker
 * @property {string} host address to listen on
 * @property {number} port
 * @property {string} stateDir folder of the objects' databases
 * @property {Readonly<Record<string, string>>} settings
 * @property {TestIssuers} [issuers]
 */

/**
 * The Worker of test issuers, which then stands in front of the service.
 *
 * @typedef {object} TestIssuers
 * @property {string} script file of its one ES module
 * @property {readonly import('./issuer-config.mjs').IssuerConfig[]} configs
 */

const SHIMS = new URL('workers/', import.meta.url)

/** The names of databases, and below which folder they are, are those of `wrangler dev`: what it stored is found again. */
export const DATABASES = ['v3', 'do']

/**
 * @param {Serving} serving
 * @param {string} databases folder of the objects' databases
 * @returns {string} for a file in the folder of state, since it names other files as seen from there
 */
export function workerdConfig(serving, databases) {
  const { host, issuers, port, stateDir, worker } = serving
  /** @param {string} file */
  const embedded = (file) => text(relative(stateDir, file).split(sep).join('/'))
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "kv", worker = .kv),
    (name = "cache", worker = .cache),${assets(worker)}${issuers ? '\n    (name = "issuers", worker = .issuers),' : ''}
    (name = "databases", disk = (path = ${text(databases)}, writable = true)),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = ${text(addressOf(host, port))}, http = (), service = "${issuers ? 'issuers' : 'main'}")],
  logging = (structuredLogging = true),
);

const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${embedded(worker.script)})],
${mainWorker(serving)}
);

const kv :Workerd.Worker = (
  modules = [(name = "kv.js", esModule = embed ${embedded(shim('kv.js'))})],
  compatibilityDate = ${text(worker.compatibilityDate)},
  bindings = [(name = "NAMESPACE", durableObjectNamespace = "Namespace")],
  durableObjectNamespaces = [${namespace('Namespace', `${worker.name}-kv`)}],
  durableObjectStorage = (localDisk = "databases"),
);

const cache :Workerd.Worker = (
  modules = [(name = "no-cache.js", esModule = embed ${embedded(shim('no-cache.js'))})],
  compatibilityDate = ${text(worker.compatibilityDate)},
);
${issuers ? issuersWorker(serving, issuers, embedded(issuers.script)) : ''}`
}

/**
 * @param {Serving} serving
 * @param {TestIssuers} issuers
 * @param {string} script
 */
function issuersWorker({ settings, worker }, { configs }, script) {
  return `
const issuers :Workerd.Worker = (
  modules = [(name = "issuers.js", esModule = embed ${script})],
  compatibilityDate = ${text(worker.compatibilityDate)},
  bindings = [
    (name = "ISSUERS", text = ${text(JSON.stringify(configs))}),
    (name = "LOCAL_HOSTS", text = ${text(settings.LOCAL_HOSTS ?? '')}),
    (name = "ISSUER_OBJECT", durableObjectNamespace = "Issuer"),
    (name = "SERVICE", service = "main"),
  ],
  durableObjectNamespaces = [${namespace('Issuer', `${worker.name}-issuers`)}],
  durableObjectStorage = (localDisk = "databases"),
);
`
}

/**
 * What the Worker is given, besides its module.
 *
 * @param {Serving} serving
 */
function mainWorker({
  settings,
  worker: { assets: files, compatibilityDate, compatibilityFlags, kv, name: owner, objects },
}) {
  const bindings = [
    ...Object.entries(settings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...Object.entries(objects).map(
      ([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`,
    ),
    `(name = ${text(kv)}, kvNamespace = "kv")`,
    ...(files === undefined ? [] : ['(name = "ASSETS", service = "assets")']),
  ]
  const namespaces = Object.values(objects).map((className) => namespace(className, `${owner}-${className}`))
  return `  compatibilityDate = ${text(compatibilityDate)},
  compatibilityFlags = [${compatibilityFlags.map(text).join(', ')}],
  bindings = [
    ${bindings.join(',\n    ')},
  ],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "databases"),
  cacheApiOutbound = "cache",`
}

/** @param {BuiltWorker} worker */
function assets({ assets }) {
  return assets === undefined ? '' : `\n    (name = "assets", disk = (path = ${text(resolve(assets))})),`
}

/** @param {string} file */
const shim = (file) => fileURLToPath(new URL(file, SHIMS))

/**
 * @param {string} className
 * @param {string} uniqueKey
 */
function namespace(className, uniqueKey) {
  return `(className = ${text(className)}, uniqueKey = ${text(uniqueKey)}, enableSql = true)`
}

/**
 * @param {string} host
 * @param {number} port
 */
function addressOf(host, port) {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/**
 * A text literal of Cap'n Proto. It is read as bytes, so anything but plain ASCII is given as its bytes.
 *
 * @param {string} value
 */
function text(value) {
  const bytes = [...Buffer.from(value)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, '0')}`
      : String.fromCharCode(byte),
  )
  return `"${bytes.join('')}"`
}
