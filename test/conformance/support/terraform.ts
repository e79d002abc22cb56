import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAwsProvider } from './aws-provider.ts'

/**
 * Folder in the layout of a Terraform filesystem mirror, with the AWS provider in it: the one that TF_PLUGIN_DIR names, or
 * the first that is found where such folders are kept.
 */
const PLUGINS = process.env.TF_PLUGIN_DIR ?? mirrorsBelow([join(homedir(), '.terraform.d'), '/usr/local/share', '/opt'])

/** Whether this machine has Terraform and a mirror to take the AWS provider from; nothing is ever downloaded. */
export const hasTerraform =
  existsSync(PLUGINS) && spawnSync('terraform', ['version'], { env: environment() }).status === 0

export interface Ran {
  code: number
  /** What Terraform wrote, to either stream. */
  text: string
}

export interface Workspace {
  /** Runs a command to its end. */
  run(command: string, ...args: string[]): Promise<Ran>
  /** Adds a file to the configuration. */
  write(name: string, text: string): Promise<void>
  /** Loses the state, so that Terraform knows of nothing it has made. */
  forget(): Promise<void>
  delete(): Promise<void>
}

/** A copy of the folder with this configuration, initialised. Variables are for every command. */
export async function startWorkspace(config: URL, variables: Record<string, string>): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-identity-terraform-'))
  const cliConfig = join(folder, 'cli.tfrc')
  await writeFile(cliConfig, `provider_installation { filesystem_mirror { path = ${JSON.stringify(PLUGINS)} } }\n`)
  await cp(config, folder, { recursive: true })
  const variableSettings = Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, value])
  const env = { ...environment(), ...Object.fromEntries(variableSettings), HOME: folder, TF_CLI_CONFIG_FILE: cliConfig }
  const { code, text } = await terraform(folder, env, ['init', '-no-color'])
  if (code !== 0) throw new Error(text)
  const provider = await startAwsProvider(folder, env)
  return {
    run: (command, ...args) => terraform(folder, { ...env, ...provider?.settings }, [command, ...args]),
    write: (name, text) => writeFile(join(folder, name), text),
    forget: () => rm(join(folder, 'terraform.tfstate')),
    async delete() {
      await provider?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** This process's environment without what would change how Terraform or the AWS provider behaves. */
function environment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|TF)_/.test(name))
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: 'true',
    CHECKPOINT_DISABLE: '1',
    // The AWS provider spends most of a command on building its schema, and a third of that on collecting garbage.
    GOGC: '400',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
  }
}

function terraform(cwd: string, env: Record<string, string | undefined>, args: string[]): Promise<Ran> {
  const child = spawn('terraform', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => written.push(String(chunk)))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, text: written.join('') }))
  })
}

function mirrorsBelow(parents: readonly string[]): string {
  const folders = parents
    .filter((parent) => existsSync(parent))
    .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
  return folders.find((folder) => existsSync(join(folder, 'registry.terraform.io', 'hashicorp', 'aws'))) ?? ''
}
