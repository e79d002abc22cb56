import { XMLParser } from 'fast-xml-parser'
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
  const result = at(document, 'AssumeRoleWithWebIdentityResponse', 'AssumeRoleWithWebIdentityResult')
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
  const error = at(document, 'ErrorResponse', 'Error') ?? at(document, 'Error')
  const code = textAt(error, 'Code')
  return code !== undefined && /^[A-Za-z.]{1,64}$/.test(code) ? code : undefined
}

/** Entities stay as written: no value that is used contains one, and one that does is refused with the rest of its kind. */
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, processEntities: false })

function parseXml(xml: string): unknown {
  if (/<!doctype/i.test(xml)) return undefined
  try {
    return parser.parse(xml, true)
  } catch {
    return undefined
  }
}

function at(node: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((parent, name) => (isElement(parent) ? parent[name] : undefined), node)
}

function isElement(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

const PLAIN = /^[\w+/=.~:@,-]+$/

function textAt(node: unknown, name: string): string | undefined {
  const text = at(node, name)
  return typeof text === 'string' && PLAIN.test(text) ? text : undefined
}

const ISO_8601 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/

function epochSeconds(text: string | undefined): number | undefined {
  const [, time, zone] = ISO_8601.exec(text ?? '') ?? []
  const milliseconds = Date.parse(`${time}${zone}`)
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}
