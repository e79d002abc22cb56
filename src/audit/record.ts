import type { LogFields, LogValue } from '../base/log.ts'
import { fitted } from './fitted.ts'
import { MAX_ERROR_MESSAGE_CHARS } from './limits.ts'

/** Who sent a request: a signer, or whoever is behind a token. A public call has neither. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'user' | 'operator' | 'session'; arn: string; account: string; userId: string; accessKeyId: string }
  | { kind: 'web_identity'; subject: string; issuer: string }

/** One request to an operation, from the outside. */
export interface Requested {
  requestId: string
  eventId: string
  /** Milliseconds since the epoch. */
  time: number
  service: string
  operation: string
  readOnly: boolean
  /** Whether it changes how the service is set up, rather than using it. */
  management: boolean
  sourceAddress: string
  userAgent: string | undefined
}

/**
 * What became known while it was served. Nothing here is a token, a secret, or what a login says of its user. `response`
 * counts only if all went well.
 */
export interface Facts {
  actor?: Actor
  region?: string | undefined
  /** Account that the pool, or the signer, belongs to. */
  account?: string | undefined
  request?: LogFields
  response?: LogFields
  /** All else that decided: pool, identity, logins, role, tags, broker, upstream, token id, reason, warning. */
  decision?: LogFields
  /** The request goes on with what another one began, which has its record: it leaves none of its own unless it is refused. */
  goesOn?: boolean
}

/** How it ended, if not well. */
export interface RecordedFault {
  code: string
  message: string
}

/**
 * One record in the form of CloudTrail's events (AWS CloudTrail User Guide, "CloudTrail record contents"), so that what
 * reads those reads these: a JSON text. `additionalEventData` has what CloudTrail does not know: the decision.
 */
export function auditRecord(requested: Requested, facts: Facts, refusal: RecordedFault | undefined): string {
  const { account, actor = { kind: 'anonymous' }, decision, region, request, response } = facts
  return fitted({
    eventVersion: '1.11',
    userIdentity: userIdentity(actor),
    eventTime: `${new Date(requested.time).toISOString().slice(0, 19)}Z`,
    eventSource: `${requested.service}.amazonaws.com`,
    eventName: requested.operation,
    awsRegion: region,
    sourceIPAddress: requested.sourceAddress,
    userAgent: requested.userAgent,
    errorCode: refusal?.code,
    errorMessage: refusal?.message.slice(0, MAX_ERROR_MESSAGE_CHARS) || undefined,
    requestParameters: request,
    responseElements: refusal ? undefined : response,
    additionalEventData: decision,
    requestID: requested.requestId,
    eventID: requested.eventId,
    readOnly: requested.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: requested.management,
    recipientAccountId: account,
    eventCategory: requested.management ? 'Management' : 'Data',
  })
}

function userIdentity(actor: Actor): LogValue {
  switch (actor.kind) {
    case 'anonymous':
      return { type: 'Unknown' }
    case 'web_identity':
      return {
        type: 'WebIdentityUser',
        principalId: `${actor.issuer}:${actor.subject}`,
        userName: actor.subject,
        identityProvider: actor.issuer,
      }
    case 'user':
    case 'operator':
    case 'session':
      return {
        type: actor.kind === 'user' ? 'IAMUser' : 'AssumedRole',
        principalId: actor.userId,
        arn: actor.arn,
        accountId: actor.account,
        accessKeyId: actor.accessKeyId,
      }
  }
}
