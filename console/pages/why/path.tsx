import { addressOf, Id, Moment, reasonOf, type Step } from '../../parts/index.ts'
import { type AuditRecord, type Decision, endOf, type Stage, stagesOf } from './record.ts'
import { RoleText, StsText, stsName } from './role.tsx'
import { WhyNot } from './why-not.tsx'

/** The way of a request through the service, up to where it ended. */
export function pathOf(record: AuditRecord): Step[] {
  const stages = stagesOf(record)
  const end = endOf(record)
  const decision = record.additionalEventData ?? {}
  const steps = stages.flatMap((stage, index) => {
    const isAfterEnd = end !== undefined && index > stages.indexOf(end)
    if (isAfterEnd || !isReached(stage, record, end)) return [skipped(stage)]
    return stage === 'logins' ? loginSteps(decision) : [stepAt(stage, decision, stage === end)]
  })
  return [requestStep(record), ...steps, outcomeStep(record, end === undefined)]
}

const TITLES: Readonly<Record<Stage, string>> = {
  pool: 'Identity pool',
  logins: 'Logins',
  identity: 'Identity',
  role: 'Role',
  sts: 'Credentials',
}

const skipped = (stage: Stage): Step => ({ title: TITLES[stage], tone: 'skipped', aside: 'not reached' })

function isReached(stage: Stage, { additionalEventData, errorCode }: AuditRecord, end: Stage | undefined): boolean {
  if (end !== undefined || errorCode === undefined) return true
  const { broker, identity, logins, pool, role } = additionalEventData ?? {}
  return { pool, logins, identity, role, sts: broker }[stage] !== undefined
}

function requestStep({ awsRegion, eventName, eventTime, requestParameters, sourceIPAddress, ...record }: AuditRecord) {
  const { userAgent, userIdentity } = record
  const custom = requestParameters?.customRoleArn
  return {
    title: eventName,
    tone: 'plain',
    aside: <Moment at={eventTime} />,
    children: (
      <p>
        {callerText(userIdentity)} called from{' '}
        {(sourceIPAddress ?? 'local') === 'local' ? 'an unknown address' : <code>{sourceIPAddress}</code>}
        {awsRegion && ` in ${awsRegion}`}
        {userAgent && (
          <>
            , with <code>{userAgent}</code>
          </>
        )}
        {typeof custom === 'string' && (
          <>
            , and asked for the role <code>{custom}</code>
          </>
        )}
        .
      </p>
    ),
  } as const
}

function callerText(caller: AuditRecord['userIdentity']) {
  if (caller?.arn) return <code>{caller.arn}</code>
  return caller?.type === 'WebIdentityUser' ? 'The holder of a token of an identity' : 'An app without a signature'
}

function stepAt(stage: Exclude<Stage, 'logins'>, decision: Decision, isEnd: boolean): Step {
  const title = stage === 'sts' ? stsName(decision.broker) : TITLES[stage]
  return {
    title,
    tone: isEnd ? 'bad' : 'good',
    children: (
      <>
        {textAt(stage, decision)}
        {isEnd && decision.reason && <WhyNot reason={decision.reason} of="request" entry={decision} />}
      </>
    ),
  }
}

function textAt(stage: Exclude<Stage, 'logins'>, decision: Decision) {
  const { identity, pool } = decision
  switch (stage) {
    case 'pool':
      return pool && <PoolText pool={pool} />
    case 'identity':
      return identity && <IdentityText {...decision} identity={identity} />
    case 'role':
      return <RoleText decision={decision} />
    case 'sts':
      return <StsText decision={decision} />
  }
}

function PoolText({ pool }: { pool: string }) {
  return (
    <p>
      <a href={addressOf(['pool', pool, 'overview'])}>{pool}</a>
    </p>
  )
}

function IdentityText({ guest, identity, pool }: Decision & { identity: string }) {
  return (
    <p>
      {pool ? <a href={addressOf(['identity', pool, identity])}>{identity}</a> : <Id of={identity} />}
      {guest !== undefined && (guest ? ', a guest' : ', a user who signed in')}
    </p>
  )
}

function loginSteps({ guest, logins = [] }: Decision): Step[] {
  if (logins.length === 0)
    return [
      {
        title: 'Logins',
        tone: 'plain',
        children: (
          <p>{guest === false ? 'None had to be judged.' : 'None were sent: without a login one is a guest.'}</p>
        ),
      },
    ]
  return logins.map((login) => ({
    title: <>Login of {login.provider}</>,
    tone: login.accepted ? 'good' : 'bad',
    children: login.accepted ? (
      <p>The proof is true, for a client that the pool lists.</p>
    ) : (
      <WhyNot reason={login.reason ?? 'refused'} of="login" entry={login} />
    ),
  }))
}

function outcomeStep(record: AuditRecord, isFirstToTell: boolean): Step {
  const { errorCode, errorMessage } = record
  if (errorCode === undefined) return { title: 'Granted', tone: 'good', children: <Given record={record} /> }
  const { reason } = record.additionalEventData ?? {}
  return {
    title: 'Refused',
    tone: 'bad',
    children: (
      <>
        <p>
          The client was told: <code>{errorCode}</code> {errorMessage}
        </p>
        {isFirstToTell && reason && <WhyNot reason={reason} of="request" entry={record.additionalEventData ?? {}} />}
        {isFirstToTell && !reason && <p>{hintFor(errorCode)}</p>}
      </>
    ),
  }
}

/** Of refusals that no decision stands behind: the message has everything. */
function hintFor(code: string): string {
  if (/^(?:AccessDenied|NotAuthorized)/.test(code))
    return 'The message says which permission or which proof is missing.'
  if (/^(?:Validation|InvalidParameter|Serialization)/.test(code)) return 'The request itself was wrong: mend the call.'
  if (/^(?:ResourceNotFound|NoSuchEntity)/.test(code))
    return 'What the request names is not there, or in another account.'
  return reasonOf(code, 'request')?.todo ?? 'The message has everything that is known.'
}

function Given({ record: { additionalEventData, responseElements } }: { record: AuditRecord }) {
  const credentials = responseElements?.credentials as { accessKeyId?: string; expiration?: string } | undefined
  const { warning } = additionalEventData ?? {}
  return (
    <>
      {credentials ? (
        <p>
          Credentials with the access key <code>{credentials.accessKeyId}</code>, which end{' '}
          <Moment at={credentials.expiration} />.
        </p>
      ) : (
        <p>The request was served.</p>
      )}
      {typeof warning === 'string' && <p class="notice">Warning: {warning}</p>}
    </>
  )
}
