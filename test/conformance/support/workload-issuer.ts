import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** An issuer of tokens for workloads, on a loopback address, which signs whatever it is told to. */
export interface WorkloadIssuer {
  url: string
  /** The issuer without its scheme. */
  name: string
  token(claims: Record<string, unknown>): Promise<string>
  stop(): Promise<void>
}

export async function startWorkloadIssuer(): Promise<WorkloadIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] }
  const server = createServer((request, response) => {
    const documents = new Map<string, object>([
      ['/.well-known/openid-configuration', { issuer: url, jwks_uri: `${url}/keys` }],
      ['/keys', keys],
    ])
    const document = documents.get(request.url ?? '')
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `http://${name}`
  return {
    url,
    name,
    token: (claims) =>
      new SignJWT({ iss: url, iat: now(), exp: now() + 300, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
        .sign(privateKey),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const now = () => Math.floor(Date.now() / 1000)
