import { DOMParser, type Element, onErrorStopParsing } from '@xmldom/xmldom'
import { err, ok, type Result } from '../base/result.ts'
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

/**
 * The credentials in a successful answer of AssumeRoleWithWebIdentity. Only these are required, because STS-compatible
 * services leave out most else; MinIO and Ceph write `AssumeRoleId` for `AssumedRoleId`. `now` is in epoch seconds.
 */
export function readStsAnswer(xml: string, now: number): Result<StsAnswer, AssumeRejected> {
  const document = parseXml(xml)
  if (!document) return err({ reason: 'sts_bad_answer', why: 'not_xml' })
  const result = at(rootNamed('AssumeRoleWithWebIdentityResponse', document), 'AssumeRoleWithWebIdentityResult')
  const credentials = at(result, 'Credentials')
  const accessKeyId = textAt(credentials, 'AccessKeyId')
  const secretAccessKey = textAt(credentials, 'SecretAccessKey')
  const sessionToken = textAt(credentials, 'SessionToken')
  if (!accessKeyId || !secretAccessKey || !sessionToken) return err({ reason: 'sts_bad_answer', why: 'no_credentials' })
  const expiration = epochSeconds(textAt(credentials, 'Expiration'))
  if (expiration === undefined || expiration <= now) return err({ reason: 'sts_bad_answer', why: 'expiration' })
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

/** A document type is refused before the parser sees it; without one, nothing in a document expands. */
function parseXml(xml: string): Element | undefined {
  if (/<!doctype/i.test(xml)) return undefined
  try {
    const parser = new DOMParser({ locator: false, onError: onErrorStopParsing })
    return parser.parseFromString(xml, 'text/xml').documentElement ?? undefined
  } catch {
    return undefined
  }
}

function rootNamed(name: string, root: Element | undefined): Element | undefined {
  return root?.localName === name ? root : undefined
}

/** The child of that name, whatever its namespace, if there is exactly one: services differ in their namespaces. */
function at(parent: Element | undefined, name: string): Element | undefined {
  const [child, ...others] = [...(parent?.childNodes ?? [])].filter(
    (node): node is Element => node.nodeType === ELEMENT && node.localName === name,
  )
  return others.length === 0 ? child : undefined
}

const ELEMENT = 1

const PLAIN = /^[\w+/=.~:@,-]+$/

function textAt(parent: Element | undefined, name: string): string | undefined {
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
