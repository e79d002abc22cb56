import { err, ok, type Result } from '../base/result.ts'
import { parseDocument, type XmlElement } from '../base/xml.ts'
import { MAX_REQUEST_ID_CHARS } from './limits.ts'
import type { AssumeRejected } from './types.ts'

export interface StsAnswer {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** Epoch seconds. */
  expiration: number
  /** Absent when the service does not say, as MinIO and SeaweedFS. */
  assumedRoleArn: string | undefined
  assumedRoleId: string | undefined
}

type BadAnswer = Extract<AssumeRejected, { reason: 'sts_bad_answer' }>['why']

/**
 * The credentials in a successful answer of AssumeRoleWithWebIdentity. Only these are required, because STS-compatible
 * services leave out most else; MinIO and Ceph write `AssumeRoleId` for `AssumedRoleId`. `now` is in epoch seconds.
 */
export function readStsAnswer(xml: string, now: number): Result<StsAnswer, BadAnswer> {
  const document = parseXml(xml)
  if (!document) return err('not_xml')
  const result = at(rootNamed('AssumeRoleWithWebIdentityResponse', document), 'AssumeRoleWithWebIdentityResult')
  const credentials = at(result, 'Credentials')
  const accessKeyId = textAt(credentials, 'AccessKeyId')
  const secretAccessKey = textAt(credentials, 'SecretAccessKey')
  const sessionToken = textAt(credentials, 'SessionToken')
  if (!accessKeyId || !secretAccessKey || !sessionToken) return err('no_credentials')
  const expiration = epochSeconds(textAt(credentials, 'Expiration'))
  if (expiration === undefined || expiration <= now) return err('expiration')
  const user = at(result, 'AssumedRoleUser')
  const assumedRoleId = textAt(user, 'AssumedRoleId') ?? textAt(user, 'AssumeRoleId')
  const assumedRoleArn = textAt(user, 'Arn')
  return ok({ accessKeyId, secretAccessKey, sessionToken, expiration, assumedRoleArn, assumedRoleId })
}

/** The error code in an error answer, in the envelope of STS or the bare one of S3; `undefined` if none looks like one. */
export function readErrorCode(xml: string): string | undefined {
  const document = parseXml(xml)
  const error = at(rootNamed('ErrorResponse', document), 'Error') ?? rootNamed('Error', document)
  const code = textAt(error, 'Code')
  return code !== undefined && /^[A-Za-z.]{1,64}$/.test(code) ? code : undefined
}

/**
 * The service's name for the exchange: from the headers of AWS or of S3, else from the answer, be it a success or an
 * error. `undefined` for what does not look like one.
 */
export function readRequestId(headers: Headers, xml: string): string | undefined {
  for (const name of ['x-amzn-requestid', 'x-amz-request-id']) {
    const id = plainId(headers.get(name))
    if (id !== undefined) return id
  }
  const root = parseXml(xml)
  return plainId(textAt(at(root, 'ResponseMetadata') ?? root, 'RequestId'))
}

function plainId(text: string | null | undefined): string | undefined {
  return text && text.length <= MAX_REQUEST_ID_CHARS && /^[\w.:-]+$/.test(text) ? text : undefined
}

/** A document type is refused before the parser sees it; without one, nothing in a document expands. */
function parseXml(xml: string): XmlElement | undefined {
  return /<!doctype/i.test(xml) ? undefined : parseDocument(xml, { strict: false })
}

function rootNamed(name: string, root: XmlElement | undefined): XmlElement | undefined {
  return root?.localName === name ? root : undefined
}

/** The child of that name, whatever its namespace, if there is exactly one: services differ in their namespaces. */
function at(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  const [child, ...others] = [...(parent?.childNodes ?? [])].filter(
    (node): node is XmlElement => node.nodeType === ELEMENT && node.localName === name,
  )
  return others.length === 0 ? child : undefined
}

const ELEMENT = 1

const PLAIN = /^[\w+/=.~:@,-]+$/

function textAt(parent: XmlElement | undefined, name: string): string | undefined {
  const element = at(parent, name)
  const text = [...(element?.childNodes ?? [])].some((node) => node.nodeType === ELEMENT)
    ? undefined
    : element?.textContent?.trim()
  return text !== undefined && PLAIN.test(text) ? text : undefined
}

const ISO_8601 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/

function epochSeconds(text: string | undefined): number | undefined {
  const [, time, zone] = ISO_8601.exec(text ?? '') ?? []
  const milliseconds = Date.parse(`${time}${zone}`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}
