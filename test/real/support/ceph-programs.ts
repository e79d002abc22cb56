import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isExecutable, pathOf } from '../../conformance/support/is-on-path.ts'

/** Programs that a cluster of one node needs. `ceph` is a script of Python. */
const NAMES = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'] as const
export type CephProgram = (typeof NAMES)[number]

export interface Command {
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
}

/** Where Ceph's programs are, and how they are called there. */
export interface CephPrograms {
  call(program: CephProgram, args: readonly string[]): Command
  /** Settings that say where its plug-ins are. */
  settings: Readonly<Record<string, string>>
}

const MISSING = 'CEPH_ROOT is not set, and the PATH has not all of'

/** Those of the folder that `CEPH_ROOT` names, else those of the PATH; or why there are none. */
export function findCeph(root = process.env.CEPH_ROOT): CephPrograms | string {
  if (root) return inRoot(root)
  if (NAMES.some((name) => pathOf(name) === undefined)) return `${MISSING} ${NAMES.join(', ')}`
  return {
    call: (program, args) => ({ command: program, args: [...args], env: { PATH: process.env.PATH } }),
    settings: {},
  }
}

/**
 * Programs below a folder into which packages of Debian were unpacked. They run with the loader and the libraries of that
 * folder, so they may be of another release of Debian than this machine, and nobody needs to be root.
 */
function inRoot(root: string): CephPrograms {
  const programOf = (name: string) => existing(join(root, 'usr', 'bin', name))
  for (const name of NAMES) programOf(name)
  const libraries = join(root, 'usr', 'lib', multiarch(root))
  const loader = loaderOf(root)
  const paths = [
    libraries,
    join(root, 'lib', multiarch(root)),
    join(libraries, 'ceph'),
    join(root, 'usr', 'lib', 'ceph'),
  ]
  const python = { PYTHONHOME: join(root, 'usr'), PYTHONPATH: join(root, 'usr', 'lib', 'python3', 'dist-packages') }
  return {
    call(program, args) {
      const called = program === 'ceph' ? [programOf('python3'), programOf(program)] : [programOf(program)]
      return {
        command: loader,
        args: ['--library-path', paths.join(':'), ...called, ...args],
        env: { PATH: process.env.PATH, ...python },
      }
    },
    settings: {
      'plugin dir': join(libraries, 'ceph'),
      'erasure code dir': join(libraries, 'ceph', 'erasure-code'),
      'osd class dir': join(libraries, 'rados-classes'),
    },
  }
}

function existing(path: string): string {
  if (!existsSync(path)) throw new Error(`CEPH_ROOT has no ${path}.`)
  return path
}

function multiarch(root: string): string {
  const name = readdirSync(join(root, 'usr', 'lib')).find((entry) => entry.endsWith('-linux-gnu'))
  if (name === undefined) throw new Error('CEPH_ROOT has no folder of libraries.')
  return name
}

function loaderOf(root: string): string {
  const folders = ['usr/lib64', 'lib64', 'usr/lib', 'lib'].map((folder) => join(root, folder)).filter(existsSync)
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => ({ folder, name })))
  const found = files
    .filter(({ name }) => /^ld-linux.*\.so\.\d$/.test(name))
    .map(({ folder, name }) => join(folder, name))
  const loader = found.find(isExecutable)
  if (loader === undefined) throw new Error('CEPH_ROOT has no loader of programs.')
  return loader
}
