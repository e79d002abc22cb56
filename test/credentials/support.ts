import type { LogFields } from '../../src/base/log.ts'
import type { World } from '../../src/base/world.ts'
import type { AssumeRequest, RoleRecord, WebIdentity } from '../../src/credentials/index.ts'

export const NOW = Date.UTC(2030, 0, 2, 3, 4, 5)
export const NOW_SECONDS = NOW / 1000
export const ISSUER = 'https://id.example.com/edge'
export const POOL_ID = 'eu-west-1:9f3c2a71-1111-4222-8333-444455556666'
export const IDENTITY_ID = 'eu-west-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10'
export const ROLE_ARN = 'arn:aws:iam::123456789012:role/apps/Reader'
export const SESSION_KEY_BYTES = new Uint8Array(32).fill(7)
export const SESSION_KEY = await sessionKeyOf(SESSION_KEY_BYTES)

export function sessionKeyOf(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

type Fetch = World['fetch']

/** A world at `NOW` whose random bytes count up from zero; it has no network unless one is given. */
export function testWorld(fetch: Fetch = offline): World & { records: { event: string; fields?: LogFields }[] } {
  const records: { event: string; fields?: LogFields }[] = []
  const record = (event: string, fields?: LogFields) => void records.push(fields ? { event, fields } : { event })
  return {
    now: () => NOW,
    random: (length) => Uint8Array.from({ length }, (_, index) => index),
    uuid: () => '00000000-0000-4000-8000-000000000000',
    fetch,
    log: { info: record, text: (event: string) => record(event), warn: record, error: record },
    records,
  }
}

async function offline(url: string): Promise<Response> {
  throw new Error(`no network in this test: ${url}`)
}

export const guest: WebIdentity = { subject: IDENTITY_ID, audience: POOL_ID, amr: ['unauthenticated'] }
export const member: WebIdentity = {
  subject: IDENTITY_ID,
  audience: POOL_ID,
  amr: ['authenticated', 'accounts.google.com', 'accounts.google.com:client-1:1234'],
}

export function assumeRequest(change: Partial<AssumeRequest> = {}): AssumeRequest {
  return {
    identity: member,
    roleArn: ROLE_ARN,
    sessionName: 'CognitoIdentityCredentials',
    durationSeconds: 3600,
    region: 'eu-west-1',
    narrowing: { kind: 'none' },
    ...change,
  }
}

interface Statement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal: unknown
  Action: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

export const ALIAS = 'cognito-identity.amazonaws.com'

/** The trust policy that AWS's console writes for signed-in users, with anything changed. */
export function statement(change: Partial<Statement> = {}): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: ALIAS },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${ALIAS}:aud`]: POOL_ID },
      'ForAnyValue:StringLike': { [`${ALIAS}:amr`]: 'authenticated' },
    },
    ...change,
  }
}

export function trustPolicy(...statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

export function roleRecord(change: Partial<RoleRecord> = {}): RoleRecord {
  return {
    arn: ROLE_ARN,
    id: 'AROAEXAMPLEEXAMPLEEXA',
    trustPolicy: trustPolicy(statement()),
    maxSessionDuration: 3600,
    tags: [],
    ...change,
  }
}
