import type { Authorization } from './authorization.ts'
import { quote, type Refusal, rejected } from './rejected.ts'

/** CloudFront writes this header in front of a Worker; it is nobody's to sign. */
const NOT_FROM_THE_CLIENT: ReadonlySet<string> = new Set(['x-amz-cf-id'])

/** `now` in milliseconds. The window is open on both sides: a date that far off, to the second, still passes. */
export function checkDate(date: string, windowSeconds: number, now: number): Refusal | undefined {
  const time = parseBasic(date)
  if (time === undefined)
    return rejected(
      'incomplete',
      `Date must be in ISO-8601 'basic format'. Got ${quote(date)}. See http://en.wikipedia.org/wiki/ISO_8601`,
    )
  const seconds = Math.floor(now / 1000) * 1000
  const window = windowSeconds * 1000
  const minutes = windowSeconds / 60
  if (time < seconds - window)
    return rejected(
      'invalid',
      `Signature expired: ${date} is now earlier than ${basic(seconds - window)} (${basic(seconds)} - ${minutes} min.)`,
    )
  if (time > seconds + window)
    return rejected(
      'invalid',
      `Signature not yet current: ${date} is still later than ${basic(seconds + window)} (${basic(seconds)} + ${minutes} min.)`,
    )
  return undefined
}

/**
 * `host` and every `x-amz-*` header that is sent must be signed, or they could be changed on the way. AWS publishes a
 * text for `Host` only; the others are told in the same words.
 */
export function checkSignedHeaders({ signedHeaders }: Authorization, headers: Headers): Refusal | undefined {
  const signed = new Set(signedHeaders.toLowerCase().split(';'))
  const mustBe = (name: string) => rejected('invalid', `'${name}' must be a 'SignedHeader' in the AWS Authorization.`)
  if (!signed.has('host')) return mustBe('Host')
  const unsigned = [...headers.keys()].find(
    (name) => name.startsWith('x-amz-') && !NOT_FROM_THE_CLIENT.has(name) && !signed.has(name),
  )
  return unsigned === undefined ? undefined : mustBe(unsigned)
}

export function checkAlgorithm({ algorithm }: Authorization): Refusal | undefined {
  return algorithm === 'AWS4-HMAC-SHA256'
    ? undefined
    : rejected('incomplete', `Unsupported AWS 'algorithm': ${quote(algorithm)} (only AWS4-HMAC-SHA256 for now). `)
}

/** `yyyymmddThhmmssZ` in milliseconds, or `undefined` for other text and for days and hours that do not exist. */
function parseBasic(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  const time = iso === text ? Number.NaN : Date.parse(iso)
  return !Number.isNaN(time) && basic(time) === text ? time : undefined
}

function basic(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/[:-]|\.\d{3}/g, '')
}
