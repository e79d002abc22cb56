import { setTimeout as sleep } from 'node:timers/promises'
import type { Given } from '../../package/server/options.mjs'
import { Refused } from './client.ts'
import { type Own, withService } from './operator.ts'

/** An audit record, as far as a line tells of it. */
interface AuditRecord {
  eventTime: string
  eventName: string
  sourceIPAddress?: string
  errorCode?: string
  requestID: string
  userIdentity?: { arn?: string }
  requestParameters?: { identityPoolId?: string }
  additionalEventData?: {
    pool?: string
    identity?: string
    reason?: string
    logins?: { accepted: boolean; reason?: string }[]
  }
}

interface Answer {
  Cursor: string
  Records: AuditRecord[]
  Missed: number
  Began: boolean
  AskAgainAfterSeconds: number
}

/** What passes by itself: the service is asked again after so long. */
const TRANSIENT = /^(?:InternalError|InternalFailure|ServiceUnavailable|TooManyRequests|Throttling)/
const AFTER_FAILURE_MS = 5_000

/** Shows records as they happen, until this process is interrupted or the operator is refused. */
export async function main({ values }: Given): Promise<void> {
  await withService(values, async (own) => {
    let cursor: string | undefined
    for (;;) {
      const answer = await asked(own, cursor)
      if (!answer) continue
      // On standard error: a silent command looks like one that hangs, and standard output has records alone.
      if (cursor === undefined) console.error('Watching what happens from now on. Ctrl-C ends it.')
      else if (answer.Began) console.error('The watch began anew: what happened in between is missing.')
      if (answer.Missed > 0) console.error(`Records that are missing: ${answer.Missed}`)
      cursor = answer.Cursor
      for (const record of answer.Records)
        if (isWanted(record, values)) console.log(values.json ? JSON.stringify(record) : lineOf(record))
      await sleep(answer.AskAgainAfterSeconds * 1000)
    }
  })
}

/** The next answer; nothing, after a pause, where the service could not give one just now. */
async function asked(own: Own, cursor: string | undefined): Promise<Answer | undefined> {
  try {
    return (await own('WatchDecisions', { Cursor: cursor })) as Answer
  } catch (error) {
    if (!(error instanceof Refused) || !TRANSIENT.test(error.code)) throw error
    console.error(`${error.message} Asking again.`)
    await sleep(AFTER_FAILURE_MS)
    return undefined
  }
}

function isWanted(record: AuditRecord, { pool, refused }: Given['values']): boolean {
  return (!refused || record.errorCode !== undefined) && (pool === undefined || poolOf(record) === pool)
}

const poolOf = ({ additionalEventData, requestParameters }: AuditRecord) =>
  additionalEventData?.pool ?? requestParameters?.identityPoolId

function lineOf(record: AuditRecord): string {
  const { additionalEventData, eventName, eventTime, requestID, sourceIPAddress, userIdentity } = record
  const who = additionalEventData?.identity ?? userIdentity?.arn
  return [eventTime, reasonOf(record), eventName, poolOf(record), who, sourceIPAddress, requestID]
    .map((part) => printable(part ?? '-'))
    .join('  ')
}

/** The reason of the request, else that of its first refused login, else the name of the error. */
function reasonOf({ additionalEventData: decision, errorCode }: AuditRecord): string {
  if (errorCode === undefined) return 'ok'
  return decision?.reason ?? decision?.logins?.find(({ accepted }) => !accepted)?.reason ?? errorCode
}

/** A terminal may obey control characters. */
const printable = (text: string) => text.replaceAll(/\p{Cc}/gu, '\uFFFD')
