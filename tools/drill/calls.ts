import {
  type CognitoIdentityClient,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from '@aws-sdk/client-cognito-identity'
import type { Issuer } from '../bench/issuer.ts'
import { subjectOf } from '../bench/subjects.ts'
import type { Login, People, User } from './people.ts'

/** What a call needs: a client of somebody, and how it is counted. */
export interface CallWays {
  poolId: string
  issuers: readonly [Issuer, Issuer]
  people: People
  /** Sends a command with somebody's client. Throws what the client throws after its retries. */
  send<Output extends Answer>(send: (client: CognitoIdentityClient) => Promise<Output>): Promise<Output>
  /** A name that no user has had. */
  newNumber(): number
  /** The answer was not what it must be. */
  wrong(what: string): void
  /** The call was tried so many times more, and each try may have made a guest of whom nobody knows. */
  mayHaveMade(guests: number): void
}

interface Answer {
  $metadata: { attempts?: number | undefined }
}

/** A call of the load. It answers `false` where there is nobody whom it could be for. */
export interface DrillCall {
  name: string
  /** Of all calls, in per cent. */
  share: number
  run(ways: CallWays): Promise<false | undefined>
}

export const CALLS: readonly DrillCall[] = [
  { name: 'GetId, known user', share: 30, run: knownUser },
  { name: 'GetId, new guest', share: 10, run: newGuest },
  { name: 'GetId, new user', share: 12, run: newUser },
  { name: 'GetCredentialsForIdentity, user', share: 15, run: credentialsOfUser },
  { name: 'GetCredentialsForIdentity, guest', share: 10, run: credentialsOfGuest },
  { name: 'GetOpenIdToken, user', share: 10, run: tokenOfUser },
  { name: 'a guest gets a login', share: 6, run: guestBecomesUser },
  { name: 'a user gets another login', share: 4, run: userGetsLogin },
  { name: 'a guest is merged into a user', share: 3, run: guestIsMerged },
]

/** The `Logins` of a call. */
export async function tokensOf(
  logins: readonly Login[],
  issuers: CallWays['issuers'],
): Promise<Record<string, string>> {
  const tokens = await Promise.all(
    logins.map(async ({ issuer, subject }) => [issuers[issuer].name, await issuers[issuer].token(subject)]),
  )
  return Object.fromEntries(tokens)
}

/** How often two devices of a new user sign in at the same moment. */
const TOGETHER = 0.2

async function knownUser(ways: CallWays): Promise<false | undefined> {
  const user = ways.people.user()
  if (!user) return false
  const login = user.logins[ways.people.happens(0.5) ? 0 : user.logins.length - 1] as Login
  const Logins = await tokensOf([login], ways.issuers)
  const { IdentityId } = await ways.send((client) =>
    client.send(new GetIdCommand({ IdentityPoolId: ways.poolId, Logins })),
  )
  same('GetId of a known user', IdentityId, user.id, ways)
  return undefined
}

export async function newGuest({ mayHaveMade, people, poolId, send }: CallWays): Promise<undefined> {
  const { $metadata, IdentityId = '' } = await send((client) =>
    client.send(new GetIdCommand({ IdentityPoolId: poolId })),
  )
  mayHaveMade(($metadata.attempts ?? 1) - 1)
  people.guests.push(IdentityId)
  people.changed.add(IdentityId)
}

export async function newUser(ways: CallWays): Promise<undefined> {
  const { people, poolId, send } = ways
  const login: Login = { issuer: 0, subject: subjectOf(ways.newNumber()) }
  const Logins = await tokensOf([login], ways.issuers)
  const signIn = () => send((client) => client.send(new GetIdCommand({ IdentityPoolId: poolId, Logins })))
  const [{ IdentityId: id = '' }, other] = await Promise.all([
    signIn(),
    people.happens(TOGETHER) ? signIn() : undefined,
  ])
  if (other) same('GetId of a new user from two devices', other.IdentityId, id, ways)
  people.users.push({ id, logins: [login] })
  people.changed.add(id)
}

async function credentialsOfUser(ways: CallWays): Promise<false | undefined> {
  const user = ways.people.user()
  if (!user) return false
  await credentials(user.id, user.logins.slice(0, 1), user.id, ways)
  return undefined
}

async function tokenOfUser(ways: CallWays): Promise<false | undefined> {
  const user = ways.people.user()
  if (!user) return false
  const Logins = await tokensOf(user.logins.slice(-1), ways.issuers)
  const { IdentityId } = await ways.send((client) =>
    client.send(new GetOpenIdTokenCommand({ IdentityId: user.id, Logins })),
  )
  same('GetOpenIdToken of a user', IdentityId, user.id, ways)
  return undefined
}

async function credentialsOfGuest(ways: CallWays): Promise<false | undefined> {
  const guest = ways.people.engageGuest()
  if (guest === undefined) return false
  await credentials(guest, [], guest, ways)
  ways.people.free(guest)
  return undefined
}

export async function guestBecomesUser(ways: CallWays): Promise<false | undefined> {
  const { people } = ways
  const guest = people.engageGuest()
  if (guest === undefined) return false
  const user: User = { id: guest, logins: [{ issuer: 0, subject: subjectOf(ways.newNumber()) }] }
  await credentials(guest, user.logins, guest, ways)
  people.noGuest(guest)
  people.users.push(user)
  people.changed.add(guest)
  people.free(guest)
  return undefined
}

export async function userGetsLogin(ways: CallWays): Promise<false | undefined> {
  const { people } = ways
  const user = people.engageUser(({ logins }) => logins.length === 1)
  if (!user) return false
  const login: Login = { issuer: 1, subject: subjectOf(ways.newNumber()) }
  await credentials(user.id, [...user.logins, login], user.id, ways)
  user.logins.push(login)
  people.changed.add(user.id)
  people.free(user.id)
  return undefined
}

/** The guest presents the login of a user, who survives. */
export async function guestIsMerged(ways: CallWays): Promise<false | undefined> {
  const { people } = ways
  const user = people.user()
  const guest = people.engageGuest()
  if (!user || guest === undefined) return false
  await credentials(guest, user.logins.slice(0, 1), user.id, ways)
  people.noGuest(guest)
  people.merged.push(guest)
  people.changed.add(guest).add(user.id)
  people.free(guest)
  return undefined
}

async function credentials(named: string, logins: readonly Login[], expected: string, ways: CallWays): Promise<void> {
  const Logins = await tokensOf(logins, ways.issuers)
  const { Credentials, IdentityId } = await ways.send((client) =>
    client.send(new GetCredentialsForIdentityCommand({ IdentityId: named, Logins })),
  )
  same('GetCredentialsForIdentity', IdentityId, expected, ways)
  if (!Credentials?.SessionToken) ways.wrong(`GetCredentialsForIdentity gave ${named} no credentials`)
}

function same(what: string, answered: string | undefined, expected: string, { wrong }: CallWays): void {
  if (answered !== expected) wrong(`${what} answered ${answered} and not ${expected}`)
}
