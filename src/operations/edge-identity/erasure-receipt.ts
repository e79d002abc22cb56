import { hex, sha256, utf8 } from '../../base/bytes.ts'
import type { PoolId } from '../../base/ids.ts'
import { seconds } from '../../base/world.ts'
import type { Erasable } from '../../pools/index.ts'
import { MAX_IDS_IN_RECEIPT } from './limits.ts'

const HOUR_SECONDS = 3600
const DAY_SECONDS = 24 * HOUR_SECONDS

/** What is still somewhere after an erasure, where that is, and until when at the latest. Names and times alone: the words are in docs/erase.md. */
const REMAINS: readonly (readonly [what: string, where: string, seconds: number | undefined])[] = [
  ['point_in_time_copies', 'durable_objects', 30 * DAY_SECONDS],
  ['journal', 'durable_objects', 35 * DAY_SECONDS],
  ['decisions', 'kv', 7 * DAY_SECONDS],
  ['logs', 'workers_logs', 7 * DAY_SECONDS],
  ['login_hints', 'caches', DAY_SECONDS],
  // A token of ours lives for a day at most, and a session that an STS gives for it for twelve hours.
  ['credentials', 'holders', 36 * HOUR_SECONDS],
  ['log_exports', 'operator', undefined],
  ['exports', 'operator', undefined],
]

export interface ReceiptFacts {
  issuer: string
  jti: string
  /** Milliseconds since the epoch. */
  now: number
  reason: string | undefined
}

/** The claims of a receipt. */
export async function receiptClaims(
  { identities, logins }: Erasable,
  pool: PoolId,
  { issuer, jti, now, reason }: ReceiptFacts,
) {
  const iat = seconds(now)
  return {
    iss: issuer,
    jti,
    iat,
    pool: pool.text,
    ids: identities.slice(0, MAX_IDS_IN_RECEIPT).map((uuid) => `${pool.region}:${uuid}`),
    logins: await Promise.all(
      logins.map(async ({ developer, provider, subject }) => ({
        provider,
        ...(developer && { developer }),
        subjectSha256: hex(await sha256(utf8(subject))),
      })),
    ),
    counts: { identities: identities.length, logins: logins.length },
    ...(reason !== undefined && { reason }),
    remains: REMAINS.map(([what, where, until]) => ({
      what,
      where,
      ...(until !== undefined && { until: iat + until }),
    })),
  }
}
