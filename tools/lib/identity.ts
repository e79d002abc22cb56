import type { Given } from '../../package/server/options.mjs'
import { backupWork, isBackup } from '../identity/backup.ts'
import { change, changeInput, isChange } from '../identity/changes.ts'
import { erase, erasureInput } from '../identity/erase.ts'
import { isRestriction, restrict, restrictionInput } from '../identity/restrictions.ts'
import { printStatistics } from '../identity/statistics.ts'
import { BadOption } from './bootstrap.mjs'
import { givenToken } from './given-token.ts'
import { isNotFound, type Own, whenNotBusy, withService } from './operator.ts'

interface Login {
  Provider: string
  Developer: boolean
  SubjectSha256: string
  Subject?: string
  LinkedOn?: string
}

interface Identity {
  IdentityId: string
  State: string
  Logins: Login[]
  ForwardsTo?: string
  ForwardedFrom?: string[]
  CreationDate: number
  LastModifiedDate: number
  /** A day, such as 2026-11-27. */
  LastUsedOn?: string
  Blocked?: boolean
  BlockedUntil?: number
  BlockReason?: string
  TokensValidFrom?: number
}

interface Page {
  Identities: Identity[]
  NextToken?: string
}

const STATES = ['guest', 'user', 'disabled']

/** The exit code for an identity that there is not. */
const NOT_FOUND = 3

const PAGE = 1_000

/** Finds, shows, lists, changes, erases, stops or counts identities of a pool, or brings all of them into a file, and back. */
export async function main({ positionals: [action = ''], values }: Given): Promise<void> {
  const { json = false, pool, wait = false } = values
  if (pool === undefined) throw new BadOption(`Name the pool: npm run identity -- ${action} --pool <pool id>`)
  const connection = { ...values, region: values.region ?? pool.split(':')[0] }
  if (isBackup(action)) return withService(connection, backupWork(action, values))
  const input = { IdentityPoolId: pool, ...inputOf(action, values) }
  await withService(connection, async (own) => {
    if (action === 'list') return list(input, json, own)
    if (action === 'erase') return erase(input, values, own)
    if (isChange(action)) return change(action, input, json, own)
    if (isRestriction(action)) return restrict(action, input, json, own)
    if (action === 'stats') return printStatistics(input, { json, wait }, own)
    const found = await one(action === 'find' ? 'FindIdentity' : 'GetIdentityDetail', input, own)
    if (found) console.log(json ? JSON.stringify(found, null, 2) : linesOf(found).join('\n'))
  })
}

function inputOf(action: string, values: Given['values']): object {
  const { developer, identity, provider, state, subject, token } = values
  if (isChange(action)) return changeInput(action, values)
  if (isRestriction(action)) return restrictionInput(values)
  if (action === 'stats') return {}
  switch (action) {
    case 'find':
      if (token === undefined ? provider === undefined || subject === undefined : (provider ?? subject ?? developer))
        throw new BadOption('Name the login: --provider and --subject, or --token alone')
      return token === undefined
        ? { Provider: provider, Subject: subject, Developer: developer }
        : { Token: givenToken(token) }
    case 'show':
      if (identity === undefined) throw new BadOption('Name the identity: --identity <id>')
      return { IdentityId: identity }
    case 'erase':
      return erasureInput(values)
    default:
      if (state !== undefined && !STATES.includes(state))
        throw new BadOption(`--state ${state} is none of ${STATES.join(', ')}`)
      return {
        Provider: provider,
        State: state && state.charAt(0).toUpperCase() + state.slice(1),
        UnusedSince: values['unused-since'],
      }
  }
}

/** One identity; for one that there is not, the refusal is told and ends with a code of its own. */
async function one(operation: string, input: object, own: Own): Promise<Identity | undefined> {
  try {
    return (await whenNotBusy(() => own(operation, input))) as Identity
  } catch (error) {
    if (!isNotFound(error)) throw error
    console.error(error.message)
    process.exitCode = NOT_FOUND
    return undefined
  }
}

async function list(input: object, json: boolean, own: Own): Promise<void> {
  // Whoever reads may have enough, such as `head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  let NextToken: string | undefined
  let count = 0
  do {
    const asked = { ...input, MaxResults: PAGE, NextToken }
    const page = (await whenNotBusy(() => own('ListIdentityDetails', asked))) as Page
    for (const identity of page.Identities) console.log(json ? JSON.stringify(identity) : lineOf(identity))
    NextToken = page.NextToken
    count += page.Identities.length
    if (process.stderr.isTTY && !process.stdout.isTTY)
      process.stderr.write(`\r${`${count} identities`.padEnd(40)}${NextToken === undefined ? '\n' : ''}`)
  } while (NextToken !== undefined)
}

function lineOf({ CreationDate, ForwardsTo, IdentityId, Logins, State }: Identity): string {
  const parts = [IdentityId, State.padEnd(8), timeOf(CreationDate), ...Logins.map(loginOf)]
  return [...parts, ...(ForwardsTo === undefined ? [] : [`→ ${ForwardsTo}`])].join('  ').trimEnd()
}

function linesOf(identity: Identity): string[] {
  const {
    CreationDate,
    ForwardedFrom = [],
    ForwardsTo,
    IdentityId,
    LastModifiedDate,
    LastUsedOn,
    Logins,
    State,
  } = identity
  return [
    `Identity        ${IdentityId}`,
    `State           ${State}`,
    ...Logins.map((login) => `Login           ${loginOf(login)}${login.LinkedOn ? `, since ${login.LinkedOn}` : ''}`),
    ...(ForwardsTo === undefined ? [] : [`Forwards to     ${ForwardsTo}`]),
    ...ForwardedFrom.map((id) => `Forwarded from  ${id}`),
    `Created         ${timeOf(CreationDate)}`,
    `Changed         ${timeOf(LastModifiedDate)}`,
    ...(LastUsedOn === undefined ? [] : [`Last used       ${LastUsedOn}`]),
    ...restrictionLines(identity),
  ]
}

function restrictionLines({ Blocked, BlockedUntil, BlockReason, TokensValidFrom }: Identity): string[] {
  const end = BlockedUntil === undefined ? 'until it is unblocked' : `until ${timeOf(BlockedUntil)}`
  const reason = BlockReason === undefined ? '' : `: ${BlockReason}`
  return [
    ...(Blocked ? [`Blocked         ${end}${reason}`] : []),
    ...(TokensValidFrom === undefined ? [] : [`Tokens valid    from ${timeOf(TokensValidFrom)}`]),
  ]
}

function loginOf({ Developer, Provider, Subject, SubjectSha256 }: Login): string {
  return `${Provider}${Developer ? ' (backend)' : ''}=${Subject ?? `sha256:${SubjectSha256}`}`
}

/** Seconds since the epoch as a time of day in UTC. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
}
