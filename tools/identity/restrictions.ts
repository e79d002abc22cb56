import type { Given } from '../../package/server/options.mjs'
import { BadOption } from '../lib/bootstrap.mjs'
import { isNotFound, type Own, whenNotBusy } from '../lib/operator.ts'

interface Restricted {
  IdentityId: string
  BlockedUntil?: number
  TokensValidFrom?: number
  CredentialsUntil?: number
  TokensUntil?: number
  StillValidUntil?: number
  DenyStatement?: string
}

type Values = Given['values']

/** The exit code for an identity that there is not. */
const NOT_FOUND = 3

/** What stops users, by the action that asks for it. */
const RESTRICTIONS = {
  block: { operation: 'BlockIdentity', sentence: blocked },
  unblock: { operation: 'UnblockIdentity', sentence: unblocked },
  revoke: { operation: 'RevokeSessions', sentence: revoked },
} as const

type Action = keyof typeof RESTRICTIONS

export function isRestriction(action: string): action is Action {
  return Object.hasOwn(RESTRICTIONS, action)
}

export function restrictionInput({ identity, reason, until }: Values): object {
  if (identity === undefined) throw new BadOption('Name the identity: --identity <id>')
  return { IdentityId: identity, Until: until === undefined ? undefined : timeFrom(until), Reason: reason }
}

/** Stops a user, and prints what is still valid, with the statement for AWS. */
export async function restrict(action: Action, input: object, json: boolean, own: Own): Promise<void> {
  const { operation, sentence } = RESTRICTIONS[action]
  try {
    const restricted = (await whenNotBusy(() => own(operation, input))) as Restricted
    const lines = [sentence(restricted), ...stillValid(restricted)]
    console.log(json ? JSON.stringify(restricted, null, 2) : lines.join('\n'))
  } catch (error) {
    if (!isNotFound(error)) throw error
    console.error(error.message)
    process.exitCode = NOT_FOUND
  }
}

/** A time in any form that tells a time zone, or a day, in the form of the service. */
function timeFrom(until: string): string {
  const time = /^\d{4}-\d\d-\d\d($|T.*(Z|[+-]\d\d:\d\d)$)/.test(until) ? Date.parse(until) : Number.NaN
  if (Number.isNaN(time)) throw new BadOption(`--until ${until} is no time such as 2030-01-31T12:00:00Z, and no day`)
  return `${new Date(time).toISOString().slice(0, 19)}Z`
}

function blocked({ BlockedUntil, IdentityId }: Restricted): string {
  const end = BlockedUntil === undefined ? 'until it is unblocked' : `until ${textOf(BlockedUntil)}`
  return `Nobody signs in as ${IdentityId} ${end}.`
}

function unblocked({ IdentityId }: Restricted): string {
  return `${IdentityId} is not blocked.`
}

function revoked({ IdentityId, TokensValidFrom = 0 }: Restricted): string {
  return `Tokens of ${IdentityId} that were signed before ${textOf(TokensValidFrom)} count no more.`
}

function stillValid({ CredentialsUntil, DenyStatement, StillValidUntil, TokensUntil }: Restricted): string[] {
  if (CredentialsUntil === undefined || StillValidUntil === undefined) return []
  return [
    `Credentials that were given out are valid until ${textOf(CredentialsUntil)}.`,
    ...(TokensUntil === undefined
      ? []
      : [
          `Tokens that were given out are valid elsewhere until ${textOf(TokensUntil)}, and sessions that an STS gives for them until ${textOf(StillValidUntil)}.`,
        ]),
    'At AWS, this statement in the policy of the role ends them:',
    DenyStatement ?? '',
  ]
}

/** Seconds since the epoch as a time of day in UTC. */
function textOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}
