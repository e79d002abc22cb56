import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const CLIENT_ID = 'bench'
/** Makes the issuer's name about as long as a user pool's, which counts where names are stored. */
const PATH = '/issuer-with-a-name-as-long/us-east-1_AbCdEfGhI'

export interface Issuer {
  url: string
  /** The URL without its scheme. */
  name: string
  token(subject: string): Promise<string>
  stop(): Promise<void>
}

/** An issuer of login tokens on this machine, with one key. */
export async function startIssuer(algorithm: 'RS256' | 'ES256' = 'RS256'): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm)
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: algorithm, use: 'sig' }
  let url = ''
  const server = createServer((request, response) => {
    const isKeys = request.url === `${PATH}/jwks`
    const document = isKeys ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`
  url = `http://${name}`
  const token = (subject: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: algorithm, kid: 'bench' })
      .setIssuer(url)
      .setAudience(CLIENT_ID)
      .setSubject(subject)
      .setIssuedAt()
      .setExpirationTime('4 h')
      .sign(privateKey)
  const stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url, name, token, stop }
}
