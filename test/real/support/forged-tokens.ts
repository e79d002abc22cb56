import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose'

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Tokens that say what a good one says, or more, and that the issuer did not sign. */
export async function forgedTokens(token: string): Promise<Record<string, string>> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims = decodeJwt(token)
  const { kid = '' } = decodeProtectedHeader(token)
  const { privateKey } = await generateKeyPair('RS256')
  return {
    'of another key': await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey),
    'with other claims': [header, encoded({ ...claims, sub: `${claims.sub}0` }), signature].join('.'),
    'without a signature': `${encoded({ alg: 'none', kid, typ: 'JWT' })}.${payload}.`,
  }
}
