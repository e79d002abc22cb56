import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './bootstrap.mjs'

/** wrangler itself, to be run by Node: its `bin` is a wrapper that leaves the real process behind when killed. */
export const wranglerCli = join(root, 'node_modules', 'wrangler', 'wrangler-dist', 'cli.js')

/** An environment in which wrangler asks nothing, reports nothing, fetches nothing by itself and leaves no log files. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CI: '1',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    FORCE_COLOR: undefined,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    WRANGLER_WRITE_LOGS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    X_LOCAL_EXPLORER: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
  }
}

export interface Ended {
  ok: boolean
  stdout: string
  /** Both streams, as a person would have seen them. */
  output: string
}

/** Runs a wrangler command that ends by itself. */
export function wrangler(args: readonly string[]): Ended {
  const options: SpawnSyncOptionsWithStringEncoding = {
    cwd: root,
    env: quietEnvironment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [wranglerCli, ...args], options)
  return { ok: status === 0, stdout, output: stripVTControlCharacters(`${stdout}${stderr}`).trim() }
}
