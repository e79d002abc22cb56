import type { World } from '../../src/base/world.ts'
import {
  type AssumeRequest,
  askRemoteSts,
  STS_PROFILES,
  type StsProfileName,
  type TokenForm,
} from '../../src/credentials/index.ts'
import { assumeRequest, testWorld } from './support.ts'

export const STORE = 'https://store.example.com:9000/'
export const TOKEN = 'header.payload.signature+/='

export interface Sent {
  url: string
  method: string | undefined
  headers: Record<string, string>
  redirect: string | undefined
  body: string
}

type Answer = (signal: AbortSignal) => Response | Promise<Response>

/** A network with one STS in it, which answers in turn. */
export function network(...answers: Answer[]): { fetch: World['fetch']; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: World['fetch'] = async (url, { method, headers, redirect, body, signal } = {}) => {
    sent.push({ url, method, headers: Object.fromEntries(new Headers(headers)), redirect, body: String(body) })
    const answer = answers[sent.length - 1]
    if (!answer || !signal) throw new Error('one request too many, or one without a time limit')
    return answer(signal)
  }
  return { fetch, sent }
}

export const xml = (body: BodyInit, status = 200, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { 'content-type': 'text/xml', ...headers } })

export const dropped: Answer = () => Promise.reject(new Error('Network connection lost.'))

export const silent: Answer = (signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))

/** Asks for a role at AWS, or at a store of the given make; `tokens` are the forms of the tokens that were signed. */
export async function assume(
  fetch: World['fetch'],
  profile: StsProfileName,
  change: Partial<AssumeRequest> = {},
  random?: World['random'],
) {
  const tokens: TokenForm[] = []
  const mintToken = async (form: TokenForm) => {
    tokens.push(form)
    return TOKEN
  }
  const world = testWorld(fetch)
  const endpoint = profile === 'aws' ? 'aws' : STORE
  const sts = { endpoint, profile: STS_PROFILES[profile], mintToken, world: random ? { ...world, random } : world }
  return { result: await askRemoteSts(assumeRequest(change), sts), tokens, records: world.records }
}
