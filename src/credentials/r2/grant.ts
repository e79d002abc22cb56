import { type Arn, parseArn } from '../../base/arn.ts'
import { IsolateCache } from '../../base/memory.ts'
import { err, ok, type Result } from '../../base/result.ts'
import { MAX_ROLE_ARN_CHARS } from '../limits.ts'
import type { AssumeRejected } from '../types.ts'
import { type PathTemplate, parsePathTemplate } from './path-template.ts'

/** What a pool lets each of its users do in Cloudflare R2: something, below a prefix of the user's own. */
export interface R2Grant {
  arn: string
  /** 12 digits: the account whose R2 access key signs. */
  account: string
  bucket: string
  permitted: Permitted
  path: PathTemplate
}

/** As R2's tokens name it: a preset or a list of S3 operations. */
export type Permitted = { scope: Scope } | { actions: readonly string[] }

type Scope = 'object-read-only' | 'object-read-write'

export type R2GrantInvalid = Extract<AssumeRejected, { reason: 'r2_grant_invalid' }>

/**
 * Reads the ARN of an R2 grant: `arn:aws:r2::<account>:grant/<bucket>/<what>/<path template>`. `undefined` for text that is
 * not an ARN of R2's at all; `why` is for the author of the grant.
 *
 * A grant has no trust policy: that it stands in a pool's settings is the permission. So use only one that does, in a pool
 * of the same account, and never one that a caller or a claim names.
 */
export function parseR2Grant(text: string): Result<R2Grant, R2GrantInvalid> | undefined {
  if (!IS_OF_R2.test(text)) return undefined
  const known = read.get(text)
  if (known) return known
  const arn = parseArn(text)
  if (!arn) return undefined
  const grant = readGrant(text, arn)
  // A claim of a token may say anything, at any length: what is no grant is not worth remembering.
  if (!grant.ok) return grant
  read.set(text, grant)
  return grant
}

/** Most ARNs that are asked about are of roles, and need not be taken apart for it. */
const IS_OF_R2 = /^arn:[^:]+:r2:/

/** Grants by their ARNs: a request looks at the same one several times. */
const read = new IsolateCache<string, { ok: true; value: R2Grant }>('r2Grants')

function readGrant(text: string, arn: Arn): Result<R2Grant, R2GrantInvalid> {
  if (text.length > MAX_ROLE_ARN_CHARS) return invalid(`the ARN must have at most ${MAX_ROLE_ARN_CHARS} characters`)
  if (arn.partition !== 'aws' || arn.region !== '' || !/^\d{12}$/.test(arn.account))
    return invalid('the ARN must begin with arn:aws:r2::<account of 12 digits>:')
  const [kind, bucket, what, ...rest] = arn.resource.split('/')
  if (kind !== 'grant' || bucket === undefined || what === undefined || rest.length === 0)
    return invalid('the ARN must end in grant/<bucket>/<what>/<path>')
  const permitted = permittedIn(bucket, what)
  if (!permitted.ok) return permitted
  const path = parsePathTemplate(rest.join('/'))
  if (!path.ok) return invalid(path.error)
  return ok({ arn: text, account: arn.account, bucket, permitted: permitted.value, path: path.value })
}

/** What may be done in a bucket, or why one of the two is none. */
export function permittedIn(bucket: string, what: string): Result<Permitted, R2GrantInvalid> {
  if (!BUCKET.test(bucket)) return invalid('the bucket must have 3 to 63 lower-case letters, digits and hyphens')
  const permitted = permittedOf(what)
  return permitted.ok ? permitted : invalid(permitted.error)
}

/** R2's own rule (Cloudflare R2 documentation, "Error codes", InvalidBucketName). */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/

/** S3 operations that a token may list (Cloudflare R2 documentation, "Temporary credentials"). */
const ACTIONS: ReadonlySet<string> = new Set([
  'HeadObject',
  'GetObject',
  'GetBucketLocation',
  'ListObjectsV1',
  'ListObjectsV2',
  'ListMultipartUploads',
  'ListParts',
  'PutObject',
  'DeleteObject',
  'DeleteObjects',
  'CopyObject',
  'CreateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
])

function permittedOf(what: string): Result<Permitted, string> {
  if (what === 'object-read-only' || what === 'object-read-write') return ok({ scope: what })
  if (what.startsWith('admin-')) return err('admin permissions reach the whole bucket, and a grant is for one prefix')
  const actions = what.split('+')
  const unknown = actions.find((action) => !ACTIONS.has(action))
  if (unknown !== undefined)
    return err(
      `${JSON.stringify(unknown.slice(0, 40))} is neither object-read-only, object-read-write nor an action of R2`,
    )
  return new Set(actions).size === actions.length ? ok({ actions }) : err('an action is named twice')
}

export function invalid(why: string): { ok: false; error: R2GrantInvalid } {
  return err({ reason: 'r2_grant_invalid', why })
}
