import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Cloudflare Access as far as the service asks it, on loopback: its keys, and what it says of who came through it. */
export interface Access {
  issuer: string
  audience: string
  assertion(email: string): Promise<string>
  stop(): Promise<void>
}

export async function startAccess(): Promise<Access> {
  const audience = 'application-tag'
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'access', alg: 'RS256', use: 'sig' }]
  const server: Server = createServer(({ url }, answer) => {
    answer.writeHead(url === '/cdn-cgi/access/certs' ? 200 : 404, { 'content-type': 'application/json' })
    answer.end(JSON.stringify({ keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  return {
    issuer,
    audience,
    assertion: (email) =>
      new SignJWT({ email, email_verified: true })
        .setProtectedHeader({ alg: 'RS256', kid: 'access' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(email)
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
