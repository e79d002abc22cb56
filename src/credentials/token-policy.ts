import { isIpAddress } from '../base/ip.ts'
import { err, ok, type Result } from '../base/result.ts'
import { seconds } from '../base/world.ts'
import {
  evaluate,
  isTagKey,
  listsAction,
  type Malformed,
  type PolicyRequest,
  parsePolicy,
  refuseUnknownKeys,
  type Statement,
} from '../policy/index.ts'
import { claimIn } from './pool-issuer.ts'
import type { Session } from './session-token.ts'
import { mayBeAudience } from './token-audience.ts'

const GET = 'sts:GetWebIdentityToken'
const TAG = 'sts:TagGetWebIdentityToken'
const AUDIENCE = 'sts:identitytokenaudience'

/** What a session asks for, and all that the policies of its role may ask about. */
export interface TokenQuestion {
  session: Pick<Session, 'account' | 'audience' | 'claims' | 'issuedAt' | 'subject' | 'userId'>
  roleArn: string
  audiences: readonly string[]
  durationSeconds: number
  algorithm: string
  requestTags: readonly (readonly [string, string])[]
  /** URL of our issuer. */
  issuer: string
  clientAddress: string
  /** Region that the request was signed for. */
  region: string
  /** Milliseconds since the epoch. */
  now: number
}

/** `action`: what is not allowed. `audience`: for which of those that were asked for. */
export type TokenPolicyDenied =
  | Malformed
  | { reason: 'token_denied'; decision: 'explicit_deny' | 'implicit_deny'; action: string; audience?: string }

/**
 * Whether the inline policies of a role let its session have a token for these audiences, for each of them by itself. A
 * statement allows nothing here unless it names audiences: by a condition on `sts:IdentityTokenAudience` that a request has to
 * meet. If one policy cannot be read, nothing is allowed: it might deny. Statements about other actions are not looked into.
 */
export function checkTokenPolicy(
  documents: readonly string[],
  question: TokenQuestion,
): Result<void, TokenPolicyDenied> {
  const statements: Statement[] = []
  for (const document of documents) {
    const policy = parsePolicy(document, 'identity')
    const known = policy.ok
      ? refuseUnknownKeys(policy.value, { knows: (key) => isKnown(key, question), concerns })
      : policy
    if (!known.ok) return known
    statements.push(...known.value.statements)
  }
  for (const audience of question.audiences) {
    const decision = decide(
      GET,
      statements.filter((one) => one.effect === 'deny' || names(one, audience, question)),
    )
    if (decision !== 'allow') return err({ reason: 'token_denied', decision, action: GET, audience })
    const tagging = question.requestTags.length > 0 ? decide(TAG, statements) : 'allow'
    if (tagging !== 'allow') return err({ reason: 'token_denied', decision: tagging, action: TAG })

    function decide(action: string, among: readonly Statement[]) {
      return evaluate({ statements: among }, { action, context: contextOf(question, audience) })
    }
  }
  return ok(undefined)
}

const concerns = (statement: Statement) => [GET, TAG].some((action) => listsAction(statement, action))

/** Under these a key must be one of the values; the one for audiences is always there. */
const NAMING = /^(?:ForAnyValue:|ForAllValues:)?String(?:Equals(?:IgnoreCase)?|Like)(?:IfExists)?$/

/** Whether a statement says for whom it allows tokens; of an audience of AWS, letter for letter. */
function names(statement: Statement, audience: string, { issuer }: TokenQuestion): boolean {
  const mustBeWritten = mayBeAudience(audience, issuer) !== 'yes'
  return audiencesNamed(statement).some((wanted) => !mustBeWritten || wanted.includes(audience))
}

/** The values of each condition by which a statement names audiences, as they are written. */
export function audiencesNamed({ conditions }: Statement): (readonly string[])[] {
  return conditions
    .filter(({ key, operator }) => key.toLowerCase() === AUDIENCE && NAMING.test(operator))
    .map(({ wanted }) => wanted)
}

type Values = readonly string[] | undefined

function contextOf(question: TokenQuestion, audience: string): PolicyRequest['context'] {
  const known = new Map<string, Values>([[AUDIENCE, [audience]], ...requestKeys(question), ...sessionKeys(question)])
  return { get: (key) => known.get(key) ?? claimNamed(key, question) ?? tagNamed(key, question) }
}

function requestKeys(question: TokenQuestion): [string, Values][] {
  const { algorithm, clientAddress, durationSeconds, issuer, now, region, requestTags } = question
  return [
    ['sts:durationseconds', [String(durationSeconds)]],
    ['sts:signingalgorithm', [algorithm]],
    ['aws:tagkeys', requestTags.map(([key]) => key)],
    ['aws:currenttime', [new Date(now).toISOString()]],
    ['aws:epochtime', [String(seconds(now))]],
    ['aws:requestedregion', [region]],
    ['aws:securetransport', [String(issuer.startsWith('https:'))]],
    ['aws:sourceip', isIpAddress(clientAddress) ? [clientAddress] : undefined],
    ['aws:viaawsservice', ['false']],
  ]
}

function sessionKeys({ roleArn, session }: TokenQuestion): [string, Values][] {
  const { account, issuedAt = 0, userId } = session
  return [
    ['aws:principalaccount', [account]],
    ['aws:principalarn', [roleArn]],
    ['aws:principalisawsservice', ['false']],
    ['aws:principaltype', ['AssumedRole']],
    ['aws:tokenissuetime', [new Date(issuedAt * 1000).toISOString()]],
    ['aws:userid', [userId]],
  ]
}

/** The claims that a session was begun with, under our issuer and under AWS's names for it. */
function claimNamed(key: string, { issuer, session }: TokenQuestion): Values {
  switch (claimIn(key, issuer)) {
    case 'sub':
      return [session.subject]
    case 'aud':
      return [session.audience]
    case 'amr':
      return session.claims?.amr
  }
  return undefined
}

function tagNamed(key: string, { requestTags, session }: TokenQuestion): Values {
  const [, of, name = ''] = /^aws:(request|principal)tag\/(.*)$/s.exec(key) ?? []
  if (of === undefined) return undefined
  const tags = of === 'request' ? requestTags : Object.entries(session.claims?.tags ?? {})
  const values = tags.filter(([tag]) => tag.toLowerCase() === name).map(([, value]) => value)
  return values.length > 0 ? values : undefined
}

/** Keys that no such request has, at AWS neither: the session comes from a web identity, and from no network of AWS. */
const ABSENT =
  /^aws:(?:calledvia(?:first|last)?|multifactorauth(?:age|present)|source(?:account|arn|identity|vpc|vpce)|username|vpcsourceip)$/

function isKnown(key: string, question: TokenQuestion): boolean {
  if (claimIn(key, question.issuer) !== undefined)
    return ['sub', 'aud', 'amr'].includes(key.slice(key.lastIndexOf(':') + 1))
  if (key === AUDIENCE || isTagKey(key) || /^aws:principaltag\/./.test(key) || ABSENT.test(key)) return true
  return [...requestKeys(question), ...sessionKeys(question)].some(([known]) => known === key)
}
