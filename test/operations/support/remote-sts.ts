import { AWS, MINIO } from '../../credentials/answers.ts'
import type { Answer, FakeNetwork } from '../../logins/fake-issuer.ts'

export const STORE = 'https://store.example.com:9000/'
export const AWS_STS = 'https://sts.us-east-1.amazonaws.com/'
/** That of the nearest other region. */
export const NEXT_AWS_STS = 'https://sts.us-east-2.amazonaws.com/'

/** An STS of AWS and one of a store, which issue what they are asked for until told otherwise. */
export class RemoteSts {
  /** The forms that arrived, in their order. */
  readonly sent: URLSearchParams[] = []
  readonly #network: FakeNetwork

  constructor(network: FakeNetwork) {
    this.#network = network
    this.reset()
  }

  reset(): void {
    this.sent.length = 0
    this.answer(() => xml(AWS), AWS_STS)
    this.answer(() => xml(MINIO), STORE)
  }

  answer(answer: Answer, url = STORE): void {
    this.#network.answer(url, (init) => {
      this.sent.push(new URLSearchParams(String(init.body)))
      return answer(init)
    })
  }
}

export const xml = (body: string, status = 200, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { 'content-type': 'text/xml', ...headers } })
