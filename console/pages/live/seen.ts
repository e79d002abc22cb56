import type { AuditRecord } from '../why/record.ts'

/** A record as the live page has it. */
export interface Seen {
  id: string
  /** Milliseconds since the epoch; the record has whole seconds. */
  at: number
  operation: string
  /** Why it was refused, or nothing. */
  reason: string | undefined
  /** Whether it is of an app, and so a sign-in. */
  isSignIn: boolean
  pool: string
  who: string
  address: string
  record: AuditRecord
}

export function seenOf(record: AuditRecord): Seen {
  const { additionalEventData: decision, errorCode, eventName, eventTime, requestID, userIdentity } = record
  return {
    id: requestID,
    at: Date.parse(eventTime),
    operation: eventName,
    reason: errorCode === undefined ? undefined : reasonIn(record, errorCode),
    isSignIn: !(record as { managementEvent?: boolean }).managementEvent,
    pool: String(decision?.pool ?? record.requestParameters?.identityPoolId ?? ''),
    who: String(decision?.identity ?? userIdentity?.arn?.split(/[:/]/).slice(-2).join('/') ?? ''),
    address: record.sourceIPAddress ?? '',
    record,
  }
}

/** The reason of the request, else that of its first refused login, else the name of the error. */
function reasonIn({ additionalEventData: decision }: AuditRecord, errorCode: string): string {
  const refused = decision?.logins?.find(({ accepted }) => !accepted)
  return decision?.reason ?? refused?.reason ?? errorCode
}

export interface Filters {
  outcome: string
  reason: string
  pool: string
}

export const passes =
  ({ outcome, pool, reason }: Filters) =>
  (seen: Seen): boolean =>
    (outcome === '' || (outcome === 'refused') === (seen.reason !== undefined)) &&
    (reason === '' || seen.reason === reason) &&
    (pool === '' || seen.pool === pool)
