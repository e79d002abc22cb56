import { INJECTABLE_FAULTS, type InjectableFault } from '../../src/local/injectable.ts'
import { type IdentityDocument, type Seeded, type SeededPool, seed, serviceApi } from '../file/index.ts'
import { type TestIssuer, testIssuers } from '../server/issuers.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../server/local-mode.mjs'
import { allIssuers } from './seed-issuers.ts'

/** A fault that calls can be made to end in. Without `operations`, all operations have it. */
export interface Fault {
  code: InjectableFault
  message: string
  operations?: readonly string[]
}

/** What the next calls of an operation are to end in. */
export interface FaultRequest {
  /** Such as `GetId`. */
  operation: string
  code: InjectableFault
  /** How many calls; 1 unless told. SDKs repeat what they take for passing. */
  times?: number
}

/** A test double, as one account of it sees it. */
export interface IdentityAccount {
  /** Address of the service. */
  endpoint: string
  /** Twelve digits, which are the id of the account's access key too. The secret of every such key is `test`. */
  account: string
  region: string
  /** Variables that lead AWS's SDKs and tools to the service, for Cognito, STS and IAM alone. */
  env: Readonly<Record<string, string>>
  /** The pools of the seed, by their names in it. */
  pools: Readonly<Record<string, SeededPool>>
  /** Issuers that sign ID tokens: by name those of the seed's providers that sign tokens, and `test`. */
  issuers: Readonly<Record<string, TestIssuer>>
  /** Takes the account back to its seed: same pools, identities and ids, and nothing else. */
  reset(): Promise<void>
  /** Lets the next calls of an operation to this account end in a fault of AWS's. `reset` forgets what was not used. */
  fault(request: FaultRequest): Promise<void>
  /** The faults that `fault` has. */
  faults: readonly Fault[]
}

export interface AccountOptions {
  endpoint: string
  account?: string | undefined
  seed?: IdentityDocument | undefined
  /** For what the seed has in variables. */
  env?: Readonly<Record<string, string | undefined>> | undefined
}

/** What an account was brought to, in the note that the service keeps of it. */
interface Note {
  run: string
  seeded: Seeded
}

/** Brings an account to a seed, beside what it has, and keeps it so. */
export async function seedAccount(options: AccountOptions): Promise<IdentityAccount> {
  const seeded = await seededBy(options)
  await callsOf(options)('KeepAccount', {})
  return handleOf(options, seeded)
}

/**
 * Brings an account to a seed and to nothing else. In one `run` an account is seeded once: whoever comes later finds it as
 * the seed made it.
 */
export async function freshAccount(options: AccountOptions & { run: string }): Promise<IdentityAccount> {
  const call = callsOf(options)
  const { Note } = await call('ResetAccount', {})
  const known: Note | undefined = Note ? JSON.parse(Note) : undefined
  if (known?.run === options.run) return handleOf(options, known.seeded)
  await call('ResetAccount', { ForgetKept: true })
  const note: Note = { run: options.run, seeded: await seededBy(options) }
  await call('KeepAccount', { Note: JSON.stringify(note) })
  return handleOf(options, note.seeded)
}

async function seededBy(options: AccountOptions): Promise<Seeded> {
  const { account = LOCAL_ACCOUNT, endpoint, env = {}, seed: document } = options
  if (!document) return { account, region: LOCAL_REGION, pools: {} }
  return seed(document, { endpoint, credentials: keyOf(account), env })
}

/** Calls of what this service has beyond AWS's API. */
function callsOf({ account = LOCAL_ACCOUNT, endpoint }: AccountOptions) {
  return serviceApi({ endpoint, credentials: keyOf(account), region: LOCAL_REGION }).own
}

const keyOf = (account: string) => ({ accessKeyId: account, secretAccessKey: 'test' })

function handleOf(options: AccountOptions, { account, pools, region }: Seeded): IdentityAccount {
  const { endpoint } = options
  const call = callsOf(options)
  return {
    endpoint,
    account,
    region,
    env: environmentOf(endpoint, account, region),
    pools,
    issuers: testIssuers(endpoint, allIssuers(endpoint, options.seed)),
    faults: FAULTS,
    reset: async () => {
      await call('ResetAccount', {})
    },
    fault: async ({ code, operation, times = 1 }) => {
      await call('InjectFault', { Operation: operation, Code: code, Times: times })
    },
  }
}

function environmentOf(endpoint: string, account: string, region: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_COGNITO_IDENTITY: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ENDPOINT_URL_IAM: endpoint,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  }
}

const FAULTS: readonly Fault[] = Object.entries(INJECTABLE_FAULTS).map(([code, fault]) => ({
  code: code as InjectableFault,
  ...fault,
}))
