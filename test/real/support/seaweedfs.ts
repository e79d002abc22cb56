import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../../tools/lib/local-service.ts'
import { goProgram } from './go-programs.ts'
import { type Program, runProgram, startProgram, waitUntil } from './programs.ts'

/** The program; `undefined` where it is not installed. */
export const weed = goProgram('weed')

/** Why no store can be started here; `undefined` where one can. */
export const missing = weed === undefined ? 'the program weed is not installed' : undefined

/** Keys of the store itself, besides those that its STS makes. */
export const ADMIN = { accessKeyId: 'weedadmin', secretAccessKey: 'weedadminsecret' }
const KEYS = {
  identities: [
    {
      name: 'admin',
      credentials: [{ accessKey: ADMIN.accessKeyId, secretKey: ADMIN.secretAccessKey }],
      actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
    },
  ],
}

/** What is behind gateways: master, volume server and filer. */
export interface Cluster {
  folder: string
  filer: string
  stop(): Promise<unknown>
}

/** Starts what is behind gateways, each part on free ports of this machine. */
export async function startCluster(folder: string): Promise<Cluster> {
  const parts: Program[] = []
  const stop = () => Promise.all(parts.map((part) => part.stop()))
  const started = async (name: string, options: string[], readyAt: string) => {
    const [port, grpc] = [await freePort(), await freePort()]
    const part = startWeed(folder, [name, `-port=${port}`, `-port.grpc=${grpc}`, '-ip=127.0.0.1', ...options])
    parts.push(part)
    await waitUntil(async () => (await fetch(`http://127.0.0.1:${port}${readyAt}`)).ok, part, `weed ${name}`)
    return `127.0.0.1:${port}.${grpc}`
  }
  try {
    const master = await started('master', ['-mdir=.', '-telemetry=false'], '/cluster/healthz')
    await started('volume', ['-dir=.', '-max=8', `-master=${master}`], '/healthz')
    const store = ['-defaultStoreDir=.', '-localSocket=filer.sock']
    return { folder, stop, filer: await started('filer', [`-master=${master}`, ...store], '/healthz') }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts an S3 gateway with this file for `-iam.config`, or without one. */
export async function startGateway({ filer, folder }: Cluster, port: number, iamConfig?: object): Promise<Program> {
  const place = await mkdtemp(join(folder, 'gateway-'))
  await writeFile(join(place, 'keys.json'), JSON.stringify(KEYS))
  if (iamConfig) await writeFile(join(place, 'iam.json'), JSON.stringify(iamConfig))
  const iam = iamConfig ? ['-iam.config=iam.json'] : []
  const ports = [`-port=${port}`, `-port.grpc=${await freePort()}`, '-port.iceberg=0', '-port.lance=0']
  const where = ['-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-localSocket=s3.sock']
  const gateway = startWeed(place, ['-v=1', 's3', `-filer=${filer}`, ...ports, ...where, '-config=keys.json', ...iam])
  await waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/status`)).ok, gateway, 'weed s3')
  return gateway
}

/** Its settings are those of the command alone: it would read files of the home and of `/etc`. */
function startWeed(cwd: string, args: string[]): Program {
  if (weed === undefined) throw new Error('weed is not installed.')
  const env = { PATH: process.env.PATH, HOME: cwd, TMPDIR: cwd }
  return startProgram(weed, ['-logtostderr=true', `-config_dir=${cwd}`, ...args], { cwd, env })
}

/** Name and version as the program says them. */
export async function versionOf(program: string): Promise<string> {
  const said = await runProgram(program, ['version'])
  return `SeaweedFS ${/version \S+ (\S+)/.exec(said)?.[1] ?? 'of an unknown version'}`
}
