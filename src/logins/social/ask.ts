import { outboundUrl } from '../../base/outbound-url.ts'
import { err, type Result } from '../../base/result.ts'
import type { World } from '../../base/world.ts'
import type { ProviderHosts } from '../catalogue.ts'
import { askJson, type JsonAnswer } from '../fetch-json.ts'
import { MAX_SOCIAL_ANSWER_BYTES } from '../limits.ts'
import type { LoginRejected, Misconfigured } from '../login.ts'

export interface SocialDeps {
  world: World
  hosts: ProviderHosts
  localMode: boolean
  facebookAppSecrets?: ReadonlyMap<string, string>
}

/** The user whom a provider names as the owner of a token that was made for the pool's app. */
export interface FoundUser {
  /** As the provider wrote it; not yet checked. */
  id: unknown
  /** For how long the answer may stand in for the next question. */
  rememberSeconds: number
}

/** Asks a provider one question, by GET. Any status is an answer, except for a redirect. */
export async function askProvider(
  provider: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  { world, localMode }: SocialDeps,
): Promise<Result<JsonAnswer, LoginRejected>> {
  const address = outboundUrl(url, localMode)
  if (!address) return err(misconfigured(provider, 'bad_url'))
  const question = { headers: { accept: 'application/json', ...headers }, maxBytes: MAX_SOCIAL_ANSWER_BYTES }
  const answer = await askJson(world, address, question)
  return answer.ok ? answer : err({ reason: 'provider_unreachable', provider, detail: answer.error })
}

export function misconfigured(provider: string, detail: Misconfigured): LoginRejected {
  return { reason: 'provider_misconfigured', provider, detail }
}

/** The refusal for an answer that is neither a yes nor a no. */
export function noAnswer(provider: string, status: number): LoginRejected {
  if (status === 429) return { reason: 'provider_rate_limited', provider }
  return { reason: 'provider_unreachable', provider, detail: status === 200 ? 'bad_answer' : 'status' }
}
