import { encodeBareXmlFault } from '../protocol/index.ts'
import { type Envelope, respond } from './answers.ts'

const GREETING = 'Edge Identity: identity pools at the edge. Point an AWS SDK at this address.'

/** What an SDK sends of its own accord: a signature, or who it is. */
export const SDK_HEADERS = [
  'authorization',
  'amz-sdk-invocation-id',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-user-agent',
]

/**
 * Says what this is to whoever opens the address, or asks whether it is alive. To the SDK of a service that is not served
 * here `GET /` is an operation, such as ListBuckets of Amazon S3, so an SDK gets the same words as an error: it would take
 * status 200 for a success.
 */
export function greet({ headers, url }: Request, envelope: Envelope): Response {
  if (new URL(url).search === '' && !SDK_HEADERS.some((name) => headers.has(name)))
    return respond(`${GREETING}\n`, envelope, { 'content-type': 'text/plain;charset=UTF-8' })
  const code = 'UnknownOperationException'
  const message = `${GREETING} It serves Amazon Cognito identity pools, and what they need of AWS STS and IAM, but not this operation.`
  const answer = { 'content-type': 'application/xml', 'x-amzn-ErrorType': `${code}:` }
  return respond(encodeBareXmlFault(code, message, envelope.requestId), envelope, answer, 404)
}
