import { DAY_MS, textOfDay } from '../../base/days.ts'
import { type IdentityId, type PoolId, parseIdentityId } from '../../base/ids.ts'
import { isJsonObject } from '../../base/json.ts'
import { type BackupIdentity, tooManyLogins, WITHOUT_END } from '../../pools/index.ts'
import { MAX_BACKUP_TEXT_CHARS } from './limits.ts'

/** The lines of a backup, one an identity: docs/backup.md has the format. */

const STATES = { guest: 'guest', user: 'member', disabled: 'disabled' } as const satisfies Record<
  string,
  BackupIdentity['state']
>
const NAMES = new Map(Object.entries(STATES).map(([name, state]) => [state as string, name]))

/** Latest time that a date can have. */
const LAST_TIME = 8_640_000_000_000_000

const timeText = (milliseconds: number) => new Date(Math.min(milliseconds, LAST_TIME)).toISOString()

/** An identity as a line has it, without what it does not have. */
export function lineOf(identity: BackupIdentity, region: string): string {
  const { blockReason, blockedUntil, createdAt, forward, logins, modifiedAt, notBefore, source, state, usedDay, uuid } =
    identity
  return JSON.stringify({
    id: `${region}:${uuid}`,
    state: NAMES.get(state),
    created: timeText(createdAt),
    changed: timeText(modifiedAt),
    logins: logins.map(({ developer, linkedDay, provider, subject }) => ({
      provider,
      subject,
      ...(developer && { developer }),
      linked: linkedDay === undefined ? undefined : textOfDay(linkedDay),
    })),
    forward: forward && `${region}:${forward}`,
    used: usedDay === undefined ? undefined : textOfDay(usedDay),
    blocked: blockedUntil === undefined ? undefined : blockOf(blockedUntil, blockReason),
    notBefore: notBefore === undefined ? undefined : timeText(notBefore * 1_000),
    source,
  })
}

function blockOf(until: number, reason: string | undefined): object {
  return { until: until === WITHOUT_END ? undefined : timeText(until), reason }
}

/** Why a line is none, in plain words. `recorded`: the same without what may say who somebody is. */
export class BadLine extends Error {
  readonly recorded: string

  constructor(message: string, recorded = message) {
    super(message)
    this.recorded = recorded
  }
}

interface Given {
  [name: string]: unknown
}

const MEMBERS = ['id', 'state', 'created', 'changed', 'logins', 'forward', 'used', 'blocked', 'notBefore', 'source']

/** The identity of a line of a backup of this pool, under an id of another or the same; throws `BadLine`. */
export function readLine(text: string, from: PoolId, to: PoolId): BackupIdentity {
  const line = objectIn(parsed(text), 'the line', MEMBERS)
  const idOf = (value: unknown, what: string) => uuidIn(identityIn(value, from, what), to)
  const uuid = idOf(line.id, 'id')
  const state = STATES[line.state as keyof typeof STATES]
  if (typeof line.state !== 'string' || !Object.hasOwn(STATES, line.state))
    throw new BadLine('state is none of guest, user and disabled')
  const logins = loginsIn(line.logins)
  if ((state === 'member') !== logins.length > 0)
    throw new BadLine(state === 'member' ? 'a user has no login' : `an identity that is ${line.state} has logins`)
  const forward = line.forward === undefined ? undefined : idOf(line.forward, 'forward')
  if (forward !== undefined && state !== 'disabled') throw new BadLine('an identity that is not disabled forwards')
  const blocked = optionally(line.blocked, (value) => objectIn(value, 'blocked', ['until', 'reason']))
  return {
    ...{ uuid, state, logins, forward },
    createdAt: timeIn(line.created, 'created'),
    modifiedAt: timeIn(line.changed, 'changed'),
    usedDay: optionally(line.used, (value) => dayIn(value, 'used')),
    blockedUntil: blocked && (optionally(blocked.until, (value) => timeIn(value, 'blocked.until')) ?? WITHOUT_END),
    blockReason: optionally(blocked?.reason, (value) => textIn(value, 'blocked.reason')),
    notBefore: optionally(line.notBefore, (value) => Math.floor(timeIn(value, 'notBefore') / 1_000)),
    source: optionally(line.source, (value) => textIn(value, 'source')),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadLine('it is not JSON')
  }
}

function objectIn(value: unknown, what: string, members: readonly string[]): Given {
  if (!isJsonObject(value)) throw new BadLine(`${what} is not an object`)
  if (Object.keys(value).some((name) => !members.includes(name)))
    throw new BadLine(`${what} has a member that is none of ${members.join(', ')}`)
  return value
}

function identityIn(value: unknown, from: PoolId, what: string): IdentityId {
  const id = typeof value === 'string' ? parseIdentityId(value) : undefined
  if (id?.tag !== from.tag || id.region !== from.region)
    throw new BadLine(`${what} is not the id of an identity of the pool that the first line names`)
  return id
}

/** The same identity in another pool has the same id but for region and tag: so its forwards are known, and its order stays. */
function uuidIn({ region, text }: IdentityId, to: PoolId): string {
  return to.tag + text.slice(region.length + 1 + to.tag.length)
}

function loginsIn(value: unknown): BackupIdentity['logins'] {
  if (!Array.isArray(value)) throw new BadLine('logins is not a list')
  const logins = value.map((one: unknown) => {
    const { developer, linked, provider, subject } = objectIn(one, 'a login', [
      ...['provider', 'subject', 'developer', 'linked'],
    ])
    if (developer !== undefined && typeof developer !== 'boolean')
      throw new BadLine('developer of a login is neither true nor false')
    return {
      provider: textIn(provider, 'provider of a login', 128),
      subject: textIn(subject, 'subject of a login', 1_024),
      developer: developer ?? false,
      linkedDay: optionally(linked, (day) => dayIn(day, 'linked of a login')),
    }
  })
  const refused = tooManyLogins(logins)
  if (refused?.kind === 'too_many_logins') throw new BadLine('an identity has more than 20 logins')
  if (refused) throw new BadLine(`an identity has two logins of ${refused.provider}`, 'two logins of one provider')
  const keys = logins.map(({ developer, provider, subject }) => JSON.stringify([developer, provider, subject]))
  if (new Set(keys).size < keys.length) throw new BadLine('an identity has the same login twice')
  return logins
}

function optionally<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : read(value)
}

function textIn(value: unknown, what: string, max = MAX_BACKUP_TEXT_CHARS): string {
  if (typeof value !== 'string' || value === '' || value.length > max)
    throw new BadLine(`${what} is not a text of 1 to ${max} characters`)
  // Storage keeps no half of a character, so that two texts might become one.
  if (!value.isWellFormed()) throw new BadLine(`${what} is not Unicode: it has half a surrogate pair`)
  return value
}

function timeIn(value: unknown, what: string): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time) || timeText(time) !== value)
    throw new BadLine(`${what} is not a time such as 2026-11-27T00:00:00.000Z`)
  return time
}

function dayIn(value: unknown, what: string): number {
  const time = typeof value === 'string' ? Date.parse(`${value}T00:00:00.000Z`) : Number.NaN
  if (Number.isNaN(time) || timeText(time).slice(0, 10) !== value)
    throw new BadLine(`${what} is not a day such as 2026-11-27`)
  return time / DAY_MS
}
