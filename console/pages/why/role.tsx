import type { Decision } from './record.ts'

/** The role, and what chose it. */
export function RoleText({ decision: { role, roleChosen, tagKeys = [] } }: { decision: Decision }) {
  return (
    <>
      {role && (
        <p>
          <code>{role}</code>
        </p>
      )}
      {roleChosen && <p>{whyRole(roleChosen)}</p>}
      {tagKeys.length > 0 && (
        <p>
          Session tags: <code>{tagKeys.join(', ')}</code>
        </p>
      )}
    </>
  )
}

function whyRole({ by, mappingKey, role, rule }: NonNullable<Decision['roleChosen']>) {
  const mapping = <code>{String(mappingKey)}</code>
  switch (by) {
    case 'default':
      return `It is the role of the pool for ${role === 'unauthenticated' ? 'guests' : 'users who signed in'}.`
    case 'rule':
      return (
        <>
          Rule {String(rule)} in the role mapping of {mapping} is the first that fits the claims.
        </>
      )
    case 'token':
      return <>The token names it, as the role mapping of {mapping} allows.</>
    case 'custom':
      return 'The app asked for it, and the login offers it.'
  }
}

/** Who makes the credentials, as people call it. */
export function stsName(broker: string | undefined): string {
  switch (broker) {
    case undefined:
      return 'Credentials'
    case 'embedded':
      return 'Embedded STS'
    case 'aws':
      return 'AWS STS'
    case 'r2':
      return 'Cloudflare R2'
    default:
      return `STS at ${URL.parse(broker)?.host ?? broker}`
  }
}

export function StsText({ decision: { upstream } }: { decision: Decision }) {
  if (!upstream) return null
  const { code, endpoint, requestId, status } = upstream
  return (
    <p>
      {endpoint && (
        <>
          Asked last: <code>{endpoint}</code>
        </>
      )}
      {requestId && (
        <>
          , under the id <code>{requestId}</code>
        </>
      )}
      {code && (
        <>
          , which said <code>{code}</code>
        </>
      )}
      {status && (
        <>
          , which answered with status <code>{status}</code>
        </>
      )}
    </p>
  )
}
