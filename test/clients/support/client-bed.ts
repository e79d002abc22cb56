import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SetIdentityPoolRolesCommand } from '@aws-sdk/client-cognito-identity'
import { GUEST_ROLE, type SdkPool, startSdkPool, USER_ROLE } from '../../conformance/support/sdk-pool.ts'
import { LOCAL_CLIENT, LOCAL_REGION } from '../../conformance/support/service.ts'
import { build, type Client, run } from './toolchain.ts'

/** What a client prints. */
export interface Report {
  runtime: string
  /** The packages of the SDK, with their versions. */
  sdk: string[]
  /** What GetCallerIdentity told the example of docs/clients.md, as a guest and as a user. */
  callers: string[]
  guest: Renewal
  user: Renewal
  /** The identity that the same login found from the start. */
  sameUser: string
  webIdentity: Renewal
  /** Of the identity of the user, as the operator is told it. */
  created: string
  errors: Record<string, unknown>
}

export interface Renewal {
  identityId?: string
  /** What the cache of the SDK gave for two calls, far from the end of a session. */
  kept: Session[]
  /** The same, near the end. */
  renewed: Session[]
}

interface Session {
  accessKeyId: string
  expires: string
  arn: string
}

/** A client that was built, and a service for it. */
export interface ClientBed {
  /** Runs the client; with an offset such as `-1h`, its clock is wrong by so much. */
  report(clock?: string): Promise<Report>
  stop(): Promise<unknown>
}

export const UNKNOWN_POOL = `${LOCAL_REGION}:00000000-0000-4000-8000-000000000000`
/** The shortest that a pool may set. */
export const SESSION_SECONDS = 900

export async function startClientBed(client: Client): Promise<ClientBed> {
  const into = await build(client)
  const bed = await startSdkPool()
  const folder = join(into, 'home')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  const variables = await settingsOf(bed, folder)
  return {
    report: async (clock) => JSON.parse(await run(client, into, variables, clock)),
    stop: () => Promise.all([bed.stop(), rm(folder, { recursive: true, force: true })]),
  }
}

/** The variables that a client reads, or its SDK. */
async function settingsOf(bed: SdkPool, folder: string): Promise<Record<string, string>> {
  const tags = { 'edge-identity:session-seconds': String(SESSION_SECONDS) }
  const pool = await bed.createPool({ OpenIdConnectProviderARNs: [bed.providerArn], IdentityPoolTags: tags })
  const Roles = { authenticated: USER_ROLE, unauthenticated: GUEST_ROLE }
  await bed.client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles }))
  const token = await bed.provider.idToken('ada')
  return {
    AWS_ENDPOINT_URL_COGNITO_IDENTITY: bed.service.url,
    AWS_ENDPOINT_URL_STS: bed.service.url,
    AWS_REGION: LOCAL_REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    POOL: pool,
    UNKNOWN_POOL,
    LOGIN: bed.provider.name,
    LOGIN_TOKEN: token,
    FORGED_TOKEN: `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(342)}`,
    USER_ROLE,
    OPERATOR_KEY: LOCAL_CLIENT.credentials.accessKeyId,
    OPERATOR_SECRET: LOCAL_CLIENT.credentials.secretAccessKey,
    FOLDER: folder,
  }
}
