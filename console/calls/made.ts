import { signal } from '@preact/signals'

/** A call that the console made, for operators who want to make it themselves. */
export interface MadeCall {
  service: string
  operation: string
  region: string
  /** Without tokens. */
  input: Readonly<Record<string, unknown>>
  isPublic: boolean
  /** Milliseconds until the answer; nothing while it is awaited. */
  took?: number
  /** `ok`, or the name of the error. */
  outcome?: string
  requestId?: string | undefined
}

const KEPT = 30

/** The calls of the page that is shown, the first one first. */
export const madeCalls = signal<readonly MadeCall[]>([])

/** Puts a call on the list; the answer tells how it ended. */
export function noteCall(
  call: MadeCall,
): (end: Required<Pick<MadeCall, 'took' | 'outcome'>> & { requestId: string | undefined }) => void {
  let shown: MadeCall = { ...call, input: withoutTokens(call.input) as MadeCall['input'] }
  madeCalls.value = [...madeCalls.value.slice(1 - KEPT), shown]
  return (end) => {
    const ended = { ...shown, ...end }
    madeCalls.value = madeCalls.value.map((one) => (one === shown ? ended : one))
    shown = ended
  }
}

/** Members whose values are secrets or tokens, by the names that the API has for them. */
const SECRET = /^(?:IdToken|WebIdentityToken|Nonce|Token|LoginToken|SamlAssertion|Assertion|Pass|GuestPass|Proof)$/

/** The app of a pool at X, whose secret stands behind its consumer key. */
const X = 'api.twitter.com'

function withoutTokens(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutTokens(item, name))
  if (name === X && typeof value === 'string') return value.replace(/;.*/s, ';$SECRET')
  if (typeof value !== 'object' || value === null) return SECRET.test(name) ? '$TOKEN' : value
  const given = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(
    given.map(([key, item]) => [key, name === 'Logins' ? '$TOKEN' : withoutTokens(item, key)] as const),
  )
}
