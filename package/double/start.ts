import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type IdentityDocument, readIdentityFile } from '../file/index.ts'
import { type IdentityAccount, seedAccount } from './account.ts'
import { type HostOptions, startHost, Unstartable } from './host.ts'

export interface StartOptions extends Omit<HostOptions, 'document'> {
  /** An identity.yaml to begin with. */
  seed?: string | URL | undefined
  /** The account of the seed and of everything that is done with it: twelve digits. */
  account?: string | undefined
  /** For what the seed has in variables; those of this process unless told. */
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/** A test double that was started here. */
export interface EdgeIdentity extends IdentityAccount {
  /** Process of the service. */
  pid: number | undefined
  /** Where it keeps what it has: the folder of `persist`, or a temporary one. */
  folder: string
  /** Resolves when the service has ended, by whatever. */
  ended: Promise<void>
  /** Ends the service. Without `persist` nothing stays behind. */
  close(): Promise<void>
}

/**
 * Starts a service of its own, in local mode, and brings it to the seed. It ends with this process at the latest. Throws
 * `FileProblems` for a seed that cannot be used, and other errors with words for the person who started it.
 */
export async function startEdgeIdentity(options: StartOptions = {}): Promise<EdgeIdentity> {
  const { account, env = process.env, seed } = options
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new Unstartable(`${account} is no account of twelve digits.`)
  const document = seed === undefined ? undefined : readSeed(seed)
  const { close, ended, endpoint, folder, pid } = await startHost({ ...options, document })
  try {
    return { ...(await seedAccount({ endpoint, account, seed: document, env })), pid, folder, ended, close }
  } catch (error) {
    await close()
    throw error
  }
}

function readSeed(seed: string | URL): IdentityDocument {
  const path = seed instanceof URL ? fileURLToPath(seed) : seed
  if (!existsSync(path)) throw new Unstartable(`There is no file ${path}.`)
  return readIdentityFile(path)
}
