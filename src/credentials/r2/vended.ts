import { parseArn } from '../../base/arn.ts'
import { ok, type Result } from '../../base/result.ts'
import { ID_CLAIMS } from '../issuer-claims.ts'
import type { RoleRecord } from '../types.ts'
import { invalid, permittedIn, type R2Grant, type R2GrantInvalid } from './grant.ts'
import { parseTagPath } from './path-template.ts'

/** The tag by which a role says what whoever assumes it gets. */
export const VENDS_TAG = 'edge-identity:vends'

/** A session of the embedded STS, as without the tag; or a grant of R2, which so has a trust policy. */
export type Vends = { kind: 'session' } | { kind: 'grant'; grant: R2Grant }

/**
 * Reads the value of that tag: `session`, or `r2/<bucket>/<what>/<path>`. Bucket and what are those of the ARN of a grant. In the path,
 * each segment that begins with `@` is a variable, because values of tags may have no braces. `account`: that of the role, whose
 * R2 access key signs. `why` is for the author of the tag.
 */
export function parseVends(value: string, account: string): Result<Vends, R2GrantInvalid> {
  if (value === 'session') return ok({ kind: 'session' })
  const [target, bucket, what, ...rest] = value.split('/')
  if (target !== 'r2' || bucket === undefined || what === undefined || rest.length === 0)
    return invalid('must be session, or r2/<bucket>/<what>/<path>')
  const permitted = permittedIn(bucket, what)
  if (!permitted.ok) return permitted
  const path = parseTagPath(rest.join('/'), ID_CLAIMS)
  if (!path.ok) return invalid(path.error)
  const arn = `arn:aws:r2::${account}:grant/${value.slice('r2/'.length)}`
  return ok({ kind: 'grant', grant: { arn, account, bucket, permitted: permitted.value, path: path.value } })
}

/** What a role vends. A tag that cannot be read might have said less than a session has. */
export function vendsOf({ arn, tags }: Pick<RoleRecord, 'arn' | 'tags'>): Result<Vends, R2GrantInvalid> {
  const said = tags.find(([key]) => key.toLowerCase() === VENDS_TAG)
  return said ? parseVends(said[1], parseArn(arn)?.account ?? '') : ok({ kind: 'session' })
}
