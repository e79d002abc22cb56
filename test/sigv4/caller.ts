import { expect } from 'vitest'
import { authenticate, type FindKey, type SignatureRejected, type SignedRequest } from '../../src/sigv4/index.ts'
import { type SignInput, sign } from './sign.ts'

const now = Date.UTC(2026, 10, 20, 9, 30, 15, 250)
export const date = '20261120T093015Z'
const caller = {
  accessKeyId: 'test',
  secret: 'wJalrXUtnFEMI/K7',
  region: 'eu-west-1',
  service: 'cognito-identity',
  date,
}
export const json = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': 'AWSCognitoIdentityService.ListIdentityPools',
}
export const body = '{"MaxResults":10}'
export const key = { secret: caller.secret, account: '000000000000' }
export const accepted = { ok: true, value: { key, accessKeyId: 'test', region: 'eu-west-1' } }

export const oneKey: FindKey<typeof key> = async (accessKeyId, sessionToken) =>
  accessKeyId === 'test' && sessionToken === undefined
    ? { ok: true, value: key }
    : { ok: false, error: { reason: 'unknown' } }

export const check = (request: SignedRequest, findKey = oneKey, windowSeconds = 300) =>
  authenticate(request, { service: 'cognito-identity', windowSeconds, now, findKey })

export const signed = (changes: Partial<SignInput> = {}) =>
  sign({ ...caller, headers: { ...json, 'x-amz-date': date }, body, ...changes })

export function withHeaders(request: SignedRequest, headers: Readonly<Record<string, string | null>>): SignedRequest {
  const changed = new Headers(request.headers)
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) changed.delete(name)
    else changed.set(name, value)
  }
  return { ...request, headers: changed }
}

/** The request with its Authorization header edited, and so no longer signed as it says. */
export async function claiming(
  from: string | RegExp,
  to: string,
  changes: Partial<SignInput> = {},
): Promise<SignedRequest> {
  const request = await signed(changes)
  const authorization = request.headers.get('authorization') ?? ''
  const edited = authorization.replace(from, to)
  expect(edited).not.toBe(authorization)
  return withHeaders(request, { authorization: edited })
}

export const refused = (reason: SignatureRejected['reason'], message: string) => ({
  ok: false,
  error: { reason, message },
})
export const mismatch = refused(
  'invalid',
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
)
