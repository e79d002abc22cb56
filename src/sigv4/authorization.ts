import { sha256, utf8 } from '../base/bytes.ts'
import { ok, type Result } from '../base/result.ts'
import { MAX_AUTHORIZATION_CHARS } from './limits.ts'
import { type Refusal, rejected, type SignatureRejected } from './rejected.ts'
import type { SignedRequest } from './request.ts'

/** What the caller claims, as written. */
export interface Authorization {
  algorithm: string
  /** Access key id and scope. */
  credential: string
  /** Header names, joined by semicolons. */
  signedHeaders: string
  signature: string
  /** `X-Amz-Date`, or else `Date`. */
  date: string
}

const PARAMETERS = ['Credential', 'Signature', 'SignedHeaders'] as const

/**
 * Reads the `Authorization` header and finds the date. Of a header that cannot be read the refusal tells the SHA-256
 * in base64, as AWS's newer front ends do, where older ones repeated the header.
 */
export async function readAuthorization({
  url,
  headers,
}: SignedRequest): Promise<Result<Authorization, SignatureRejected>> {
  const header = headers.get('authorization')
  if (header !== null && url.searchParams.has('X-Amz-Algorithm'))
    return rejected(
      'invalid',
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )
  if (!header?.startsWith('AWS4-')) return rejected('missing', 'Missing Authentication Token')
  if (header.length > MAX_AUTHORIZATION_CHARS)
    return rejected('incomplete', `Authorization header is longer than ${MAX_AUTHORIZATION_CHARS} characters.`)

  const [algorithm = '', ...rest] = header.split(' ')
  const elements = rest.join(' ').split(',')
  const pairs = elements.filter((element) => element.trim() !== '').map(splitAtEqualSign)
  if (!pairs.every((pair) => pair !== undefined)) return noEqualSign(header)
  const parameters = new Map(pairs)
  const [credential = '', signature = '', signedHeaders = ''] = PARAMETERS.map((name) => parameters.get(name))
  const date = headers.get('x-amz-date') ?? headers.get('date') ?? ''
  if (!credential || !signature || !signedHeaders || !date) return missingParts(header, parameters, date)
  return ok({ algorithm, credential, signedHeaders, signature, date })
}

function splitAtEqualSign(element: string): readonly [string, string] | undefined {
  const at = element.indexOf('=')
  return at < 0 ? undefined : [element.slice(0, at).trim(), element.slice(at + 1).trim()]
}

async function noEqualSign(header: string): Promise<Refusal> {
  const hash = await hashOf(header)
  return rejected(
    'incomplete',
    `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
  )
}

async function missingParts(header: string, found: ReadonlyMap<string, string>, date: string): Promise<Refusal> {
  const missing = PARAMETERS.filter((name) => !found.get(name))
  const sentences = missing.map((name) => `Authorization header requires '${name}' parameter. `)
  if (!date) sentences.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
  const hash = await hashOf(header)
  return rejected(
    'incomplete',
    `${sentences.join('')}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
  )
}

async function hashOf(header: string): Promise<string> {
  return (await sha256(utf8(header))).toBase64()
}
