import { ok, type Result } from '../base/result.ts'
import { MAX_REGION_CHARS } from './limits.ts'
import { quote, rejected, type SignatureRejected } from './rejected.ts'

export interface Scope {
  accessKeyId: string
  region: string
}

const TERMINATOR = 'aws4_request'

/**
 * Reads `<access key id>/<yyyymmdd>/<region>/<service>/aws4_request`. Every well-formed region is accepted: with an
 * endpoint of their own, clients sign for whatever region they are set to.
 */
export function readScope(credential: string, service: string, date: string): Result<Scope, SignatureRejected> {
  const parts = credential.split('/')
  if (parts.length !== 5) {
    // Who mixes up an access key id and its secret sends the secret here, and most secrets have a slash.
    const message = 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term'
    return rejected('incomplete', `${message}, got ${quote(credential)}`, message)
  }
  const [accessKeyId = '', day = '', region = '', scopedTo = '', terminator = ''] = parts
  const wrong: string[] = []
  if (!/^[a-z0-9-]+$/.test(region) || region.length > MAX_REGION_CHARS)
    wrong.push(`Credential should be scoped to a valid region, not ${quote(region)}.`)
  if (scopedTo !== service) wrong.push(`Credential should be scoped to correct service: '${service}'.`)
  if (terminator !== TERMINATOR)
    wrong.push(`Credential should be scoped with a valid terminator: '${TERMINATOR}', not ${quote(terminator)}.`)
  if (day !== date.slice(0, 8))
    wrong.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${quote(day)} != '${date.slice(0, 8)}', from '${date}'.`,
    )
  return wrong.length > 0 ? rejected('invalid', wrong.join(' ')) : ok({ accessKeyId, region })
}
