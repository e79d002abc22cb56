import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../../tools/lib/local-service.ts'
import type { CephProgram, CephPrograms } from './ceph-programs.ts'
import { type Program, runProgram, startProgram, waitUntil } from './programs.ts'

/** Gateways of a cluster of one monitor and one object store, all on 127.0.0.1. */
export interface CephCluster {
  /** Starts a gateway with these settings besides those of docs/connect/ceph.md. */
  startGateway(port: number, settings?: Readonly<Record<string, string>>): Promise<Gateway>
  /** Runs radosgw-admin and gives what it answers. */
  admin(...args: string[]): Promise<unknown>
  stop(): Promise<void>
}

export interface Gateway extends Program {
  url: string
  /** All that it logged, a line for each thing it did. */
  log(): Promise<string>
}

/** As the gateway says it: `20.2.4`. */
export function versionOf(ceph: CephPrograms): string {
  const { args, command, env } = ceph.call('radosgw', ['--version'])
  const printed = execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const [, version] = /ceph version (\d+\.\d+\.\d+)/.exec(printed) ?? []
  if (version === undefined) throw new Error(`radosgw names no version: ${printed}`)
  return version
}

/** What docs/connect/ceph.md tells to set. */
const STS = { rgw_s3_auth_use_sts: 'true', rgw_sts_key: 'abcdefghijklmnop' }

/** Keys of the cluster: who they are, and what they may do. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'mon.': ['mon', 'allow *'],
  'client.admin': ['mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
  'osd.0': ['mon', 'allow profile osd', 'osd', 'allow *', 'mgr', 'allow profile osd'],
  'client.rgw': ['mon', 'allow rw', 'osd', 'allow rwx'],
}

/** A cluster that keeps everything in memory and in a folder. It has no manager: nothing here asks one. */
export async function startCluster(ceph: CephPrograms, folder: string): Promise<CephCluster> {
  const place = join(folder, 'ceph')
  for (const name of ['', 'mon', 'osd', 'rgw', 'run', 'log']) await mkdir(join(place, name))
  const tools = toolsOf(ceph, place)
  try {
    await startParts(tools, ceph, place)
  } catch (error) {
    await tools.stop()
    throw error
  }
  return {
    stop: tools.stop,
    async admin(...args) {
      const printed = await tools.run('radosgw-admin', ...args)
      return printed.trim() === '' ? undefined : JSON.parse(printed)
    },
    startGateway: (port, settings = {}) => startGateway(tools, place, port, settings),
  }
}

/** Ceph's programs for the cluster of a folder. */
interface Tools {
  /** Runs one to its end and gives what it printed. */
  run(program: CephProgram, ...args: string[]): Promise<string>
  /** Starts one that serves. */
  start(program: CephProgram, ...args: string[]): Program
  /** Ends all that were started. */
  stop(): Promise<void>
}

function toolsOf(ceph: CephPrograms, place: string): Tools {
  const programs: Program[] = []
  const called = (program: CephProgram, args: readonly string[]) => {
    const { args: all, command, env } = ceph.call(program, ['-c', join(place, 'ceph.conf'), ...args])
    return [command, all, { cwd: place, env: { ...env, HOME: place } }] as const
  }
  return {
    run: (program, ...args) => runProgram(...called(program, args)),
    start(program, ...args) {
      const started = startProgram(...called(program, [...args, '-f']))
      programs.push(started)
      return started
    },
    stop: async () => void (await Promise.all(programs.map((program) => program.stop()))),
  }
}

/** A monitor, and an object store in memory. */
async function startParts({ run, start }: Tools, ceph: CephPrograms, place: string): Promise<void> {
  const [fsid, disk] = [randomUUID(), randomUUID()]
  const monitor = `[v2:127.0.0.1:${await freePort()}]`
  const [keyring, monmap] = [join(place, 'keyring'), join(place, 'monmap')]
  await writeFile(join(place, 'ceph.conf'), configuration({ ceph, place, fsid, monitor }))
  await makeKeys(run, keyring)
  await run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', monitor, monmap)
  await run('ceph-mon', '-i', 'a', '--mkfs', '--keyring', keyring, '--monmap', monmap)
  start('ceph-mon', '-i', 'a')
  await run('ceph', '--connect-timeout', '30', 'osd', 'new', disk)
  await run('ceph', 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=a')
  await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk)
  start('ceph-osd', '-i', '0')
}

async function startGateway(
  { start }: Tools,
  place: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Gateway> {
  const log = join(place, 'log', `gateway-${port}.log`)
  const own = { rgw_frontends: `beast endpoint=127.0.0.1:${port}`, log_file: log, debug_rgw: '20' }
  const options = Object.entries({ ...STS, ...settings, ...own }).map(([name, value]) => `--${name}=${value}`)
  const program = start('radosgw', '-n', 'client.rgw', ...options)
  const url = `http://127.0.0.1:${port}`
  await waitUntil(async () => (await fetch(url)).ok, program, 'The gateway')
  return { ...program, url, log: () => readFile(log, 'utf8') }
}

/** One file with all keys, of which each program takes its own. */
async function makeKeys(run: Tools['run'], keyring: string) {
  await run('ceph-authtool', '--create-keyring', keyring)
  for (const [name, caps] of Object.entries(KEYS)) {
    const pairs = caps.flatMap((text, index) => (index % 2 === 0 ? ['--cap', text, caps[index + 1] ?? ''] : []))
    await run('ceph-authtool', keyring, '--gen-key', '-n', name, ...pairs)
  }
}

interface Place {
  ceph: CephPrograms
  place: string
  fsid: string
  monitor: string
}

function configuration({ ceph, fsid, monitor, place }: Place): string {
  const settings = {
    fsid,
    'mon host': monitor,
    'public addr': '127.0.0.1',
    'cluster addr': '127.0.0.1',
    'ms bind msgr1': 'false',
    keyring: join(place, 'keyring'),
    'run dir': join(place, 'run'),
    'admin socket': '',
    'log file': join(place, 'log', '$name.log'),
    'mon cluster log file': join(place, 'log', 'cluster.log'),
    'mon data': join(place, 'mon'),
    'mon data avail crit': '0',
    'mon allow pool size one': 'true',
    'osd data': join(place, 'osd'),
    'osd objectstore': 'memstore',
    'osd crush update on start': 'false',
    'osd crush chooseleaf type': '0',
    'osd pool default size': '1',
    'osd pool default min size': '1',
    'osd pool default pg num': '1',
    'osd pool default pg autoscale mode': 'off',
    'rgw data': join(place, 'rgw'),
    ...ceph.settings,
  }
  return ['[global]', ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`), ''].join('\n')
}
