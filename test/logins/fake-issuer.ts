import { base64url, exportJWK, generateKeyPair, type JWK } from 'jose'

/** A key as an issuer holds it: the private half to sign with, and what it publishes. */
export interface IssuerKey {
  privateKey: CryptoKey
  jwk: JWK
}

export async function issuerKey(kid: string, alg = 'RS256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

/** Signs whatever it is told to, with any header, as a careless or hostile issuer would. */
export async function sign(
  header: Record<string, unknown>,
  claims: Record<string, unknown>,
  key: CryptoKey,
): Promise<string> {
  const input = `${json(header)}.${json(claims)}`
  const hash = `SHA-${String(header.alg).slice(-3)}`
  const algorithm = key.algorithm.name === 'ECDSA' ? { name: 'ECDSA', hash } : key.algorithm.name
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(input))
  return `${input}.${base64url.encode(new Uint8Array(signature))}`
}

export function json(value: unknown): string {
  return base64url.encode(JSON.stringify(value))
}

export type Answer = (init: RequestInit) => Response | Promise<Response>

/** The network, as far as it answers: by exact URL or by host. An address nobody planned for fails to connect. */
export class FakeNetwork {
  readonly asked: string[] = []
  readonly #answers = new Map<string, Answer>()
  readonly #hosts = new Map<string, (request: Request) => Promise<Response>>()

  answer(url: string, answer: Answer): void {
    this.#answers.set(url, answer)
  }

  /** Has every other URL of an origin answered by `api`. */
  host(origin: string, api: (request: Request) => Promise<Response>): void {
    this.#hosts.set(origin, api)
  }

  serve(url: string, document: unknown, headers: Record<string, string> = {}): void {
    this.answer(url, () => Response.json(document, { headers }))
  }

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    this.asked.push(url)
    const api = this.#hosts.get(new URL(url).origin)
    const answer = this.#answers.get(url) ?? (api && (() => api(new Request(url, init))))
    if (!answer) throw new TypeError('connection refused')
    return answer(init)
  }
}
