import { gzipSync } from 'node:zlib'
import { auditRecord } from '../../src/audit/record.ts'
import { generator, hex, pick, uuid } from './random.ts'

/** Records of one file, as many as compress well. */
const RECORDS = 1000

/** Bytes of a renewal's record, and of its trace event in a gzipped file of Logpush. Ids and addresses are by chance. */
export function recordSizes(seed: number): { record: number; event: number; stored: number } {
  const next = generator(seed)
  const records = Array.from({ length: RECORDS }, () => renewal(next))
  const events = records.map((record) => traceEvent(record, next))
  const file = events.join('')
  const bytes = (text: string) => Buffer.byteLength(text)
  return {
    record: bytes(records.join('')) / RECORDS,
    event: bytes(file) / RECORDS,
    stored: gzipSync(file).byteLength / RECORDS,
  }
}

/** GetCredentialsForIdentity of a user with one login, as the service records it. */
function renewal(next: () => number): string {
  const pool = `us-east-1:${uuid(next)}`
  const identity = `us-east-1:${uuid(next)}`
  const provider = 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Ab12Cd34E'
  const release = 1100 + pick(next, 65)
  const role = 'arn:aws:iam::111122223333:role/edge-identity/app-user'
  return auditRecord(
    {
      requestId: uuid(next),
      eventId: uuid(next),
      time: Date.UTC(2026, 10, 26) + next() * 30_000,
      service: 'cognito-identity',
      operation: 'GetCredentialsForIdentity',
      readOnly: false,
      management: false,
      sourceAddress: [256, 256, 256, 256].map((parts) => pick(next, parts)).join('.'),
      userAgent: `aws-sdk-js/3.${release}.0 ua/2.1 os/iOS#26.${pick(next, 5)} lang/js md/rn api/cognito-identity#3.${release}.0 m/N,E,e`,
    },
    {
      account: '111122223333',
      region: 'us-east-1',
      request: { identityId: identity, logins: { [provider]: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      response: {
        identityId: identity,
        credentials: { accessKeyId: `ASIA${hex(next, 16)}`, expiration: '2026-11-26T01:00:00Z' },
      },
      decision: {
        pool,
        logins: [{ provider, accepted: true }],
        identity,
        guest: false,
        role,
        roleChosen: { by: 'default', role: 'authenticated', custom: false },
        tagKeys: [],
        broker: 'embedded',
      },
    },
    undefined,
  )
}

function traceEvent(record: string, next: () => number): string {
  const time = Date.UTC(2026, 10, 26) + Math.floor(next() * 30_000)
  const message = `{"level":"info","event":"audit",${record.slice(1)}`
  const Logs = [{ Level: 'log', Message: [message], TimestampMs: time }]
  return `${JSON.stringify({ EventTimestampMs: time, Outcome: 'ok', Exceptions: [], Logs })}\n`
}
