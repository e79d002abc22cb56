/**
 * Completes package-lock.json. Packages with native parts list one optional package per platform, and npm leaves those
 * out of the lock that the registry in use does not carry; `npm ci` then calls the lock out of sync, on every platform.
 * This adds them, and drops registry addresses so that any registry serves. To be run after each change of a
 * dependency; a second run changes nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const lockFile = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'package-lock.json')
const before = readFileSync(lockFile, 'utf8')
const lock = JSON.parse(before)

let added = 0
for (const [path, owner] of Object.entries(lock.packages)) {
  delete owner.resolved
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    if (seenFrom(path, name)) continue
    lock.packages[besideOf(path, name)] = platformEntry(name, version, owner)
    added++
  }
}

/** @type {(a: [string, unknown], b: [string, unknown]) => number} */
const byPath = ([left], [right]) => left.localeCompare(right, 'en')
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPath))
const after = `${JSON.stringify(lock, null, 2)}\n`
if (after !== before) writeFileSync(lockFile, after)
console.log(
  after === before ? 'package-lock.json is complete.' : `package-lock.json: repaired, ${added} entries added.`,
)

/**
 * Whether Node's resolution finds `name` from the package at `path`: in its own node_modules, or in one above.
 *
 * @param {string} path
 * @param {string} name
 */
function seenFrom(path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[`${folder && `${folder}/`}node_modules/${name}`]) return true
    if (folder === '') return false
  }
}

/**
 * @param {string} path
 * @param {string} name
 */
function besideOf(path, name) {
  return `${path.slice(0, path.lastIndexOf('node_modules/'))}node_modules/${name}`
}

/**
 * What npm would have written, without the integrity: only a registry that has the package knows that.
 *
 * @param {string} name
 * @param {string} version
 * @param {{ dev?: boolean, license: string, engines: object }} owner
 */
function platformEntry(name, version, owner) {
  const [, os, cpu, libc] = /-(android|darwin|linux|win32|windows)-(64|x64|arm64)(-musl)?$/.exec(name) ?? []
  if (!os || !/^\d/.test(version)) throw new Error(`No platform and exact version in ${name}@${version}`)
  return {
    version,
    cpu: [cpu === '64' ? 'x64' : cpu],
    ...(owner.dev && { dev: true }),
    ...(libc && { libc: ['musl'] }),
    license: owner.license,
    optional: true,
    os: [os === 'windows' ? 'win32' : os],
    engines: owner.engines,
  }
}
