import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { amazonApi, facebookApi, twitterApi } from '../../support/social-providers.ts'

const ID_TOKEN_SECONDS = 3600

export interface FakeProviders {
  facebook: ReturnType<typeof facebookApi>
  amazon: ReturnType<typeof amazonApi>
  twitter: ReturnType<typeof twitterApi>
  /** A token signed by the key that Facebook's Limited Login, Google and Apple all publish here. */
  idToken(issuer: string, audience: string, subject: string): Promise<string>
  /** The settings that send the service here. */
  vars: Record<string, string>
  /** Paths and queries that were asked for, in order. */
  asked: string[]
  stop(): Promise<void>
}

type Api = (request: Request) => Promise<Response>

/** Serves stand-ins for all social providers, over HTTP on a loopback address, each under a path of its own. */
export async function startFakeProviders(): Promise<FakeProviders> {
  const [facebook, amazon, twitter] = [facebookApi(), amazonApi(), twitterApi()]
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomBytes(8).toString('hex')
  const keySet = { keys: [{ ...(await exportJWK(publicKey)), use: 'sig', alg: 'RS256', kid }] }
  const keys: Api = async () => Response.json(keySet)
  const apis = new Map<string, Api>([
    ['graph', facebook.api],
    ['limited', keys],
    ['amazon', amazon.api],
    ['x', twitter.api],
    ['apple', keys],
    ['google', keys],
  ])

  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    void answer(request, response, apis)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    facebook,
    amazon,
    twitter,
    asked,
    vars: {
      FACEBOOK_GRAPH_URL: `${origin}/graph/v25.0`,
      FACEBOOK_LIMITED_URL: `${origin}/limited`,
      AMAZON_API_URL: `${origin}/amazon`,
      X_API_URL: `${origin}/x`,
      APPLE_KEYS_URL: `${origin}/apple/auth/keys`,
      GOOGLE_KEYS_URL: `${origin}/google/oauth2/v3/certs`,
    },
    idToken: (issuer, audience, subject) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(`${ID_TOKEN_SECONDS}s`)
        .sign(privateKey),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, apis: ReadonlyMap<string, Api>) {
  const { headers, method = 'GET', url = '/' } = incoming
  const sent = new Headers()
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') sent.set(name, value)
  const api = apis.get(url.split('/')[1] ?? '')
  const request = new Request(`http://${headers.host}${url}`, { method, headers: sent })
  const response = (await api?.(request)) ?? new Response('', { status: 404 })
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(await response.text())
}
