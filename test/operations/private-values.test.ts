import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { allOperations, type Operation } from '../../src/operations/index.ts'
import type { Shape, StructureShape } from '../../src/protocol/index.ts'
import { OTHER_ACCOUNT_KEY } from '../support/access-keys.ts'
import { type CallOptions, call, expectFault, LOCAL_ACCOUNT, query, speaksJson } from '../support/client.ts'
import { type CapturedLog, captureLog } from './support/audit.ts'
import { createDeveloperPool, DEVELOPER } from './support/developers.ts'
import { getId } from './support/pools.ts'
import { ALL_PROVIDERS, GOOGLE, OIDC, startProviders } from './support/providers.ts'

const MARKER = 'pr1vate'

type Bounds = { min?: number; max?: number }

/** What a private value is in one round of calls: as good as can be, or such that validation refuses it and says why. */
const VALUES = {
  'a text': ({ min = 0 }) => MARKER.padEnd(min, 'x'),
  'a text like a token': () => `${MARKER}eyJhbGciOiJSUzI1NiJ9.${MARKER}.${MARKER}`,
  'a consumer key and secret': () => `key;${MARKER}`,
  'a text with a character that few members take': () => `${MARKER} \u0001<`,
  'a long text': ({ max = 0 }) => MARKER.padEnd(Math.max(max - 1, 10), 'x'),
  'a text that is too long': ({ max = 100 }) => MARKER.padEnd(max + 1, 'x'),
} satisfies Record<string, (shape: Bounds) => string>

let log: CapturedLog
let known: ReadonlyMap<string, unknown>
beforeAll(async () => {
  await startProviders()
})
beforeEach(async () => {
  const pool = await createDeveloperPool(ALL_PROVIDERS)
  known = new Map<string, unknown>([
    ['IdentityPoolId', pool],
    ['IdentityId', await getId(pool)],
    ['ResourceArn', `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${pool}`],
    ['DeveloperProviderName', DEVELOPER],
    ['SAMLProviderArn', `arn:aws:iam::${LOCAL_ACCOUNT}:saml-provider/known`],
    ['RoleArn', `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`],
    ['IdentityPoolName', 'pool'],
    ['AllowUnauthenticatedIdentities', true],
    ['LoginsToRemove', [GOOGLE]],
    ['RequestId', '5c8b0a52-0000-4000-8000-000000000000'],
  ])
  log = captureLog()
})
afterEach(() => log.restore())

const withPrivateMembers = allOperations.filter(({ input }) => isPrivate(input))
/** The owner, another account, and nobody. Public operations are not signed, whoever calls. */
const CALLERS: readonly CallOptions[] = [{}, { signed: OTHER_ACCOUNT_KEY }, { signed: false }]
const callersOf = ({ auth }: Operation) => (auth === 'public' ? [{}] : CALLERS)

describe('no line of the log holds a token, a secret or the name of a person', () => {
  it.each(withPrivateMembers.map((operation) => [`${operation.service}:${operation.name}`, operation] as const))(
    'that is given to %s',
    async (_, operation) => {
      for (const value of Object.values(VALUES))
        for (const input of inputsOf(operation.input, value))
          for (const caller of callersOf(operation)) {
            expect(JSON.stringify(input)).toContain(MARKER)
            await send(operation, input, caller)
          }
      expect(log.lines().length).toBeGreaterThanOrEqual(Object.keys(VALUES).length)
      expect(log.lines().filter((line) => line.includes(MARKER))).toEqual([])
    },
  )

  it('whereby these calls get as far as validation, as permissions, and as what an operation does', async () => {
    for (const operation of withPrivateMembers)
      for (const value of [VALUES['a text'], VALUES['a text that is too long']])
        for (const input of inputsOf(operation.input, value)) await send(operation, input, {})
    const outcomes = log.records().map(({ eventName, errorCode = 'done' }) => `${eventName}: ${errorCode}`)
    expect(outcomes).toEqual(
      expect.arrayContaining([
        'AssumeRoleWithWebIdentity: InvalidIdentityToken',
        'CreateIdentityPool: done',
        'CreateSAMLProvider: InvalidInput',
        'GetCredentialsForIdentity: NotAuthorizedException',
        'GetId: NotAuthorizedException',
        'GetOpenIdToken: NotAuthorizedException',
        'GetOpenIdTokenForDeveloperIdentity: done',
        'ListIdentities: InvalidParameterException',
        'ListIdentityPools: InvalidParameterException',
        'SimulateLogin: ValidationException',
        'UnlinkIdentity: NotAuthorizedException',
        'UpdateIdentityPool: done',
        'UpdateSAMLProvider: InvalidInput',
      ]),
    )
    const validated = withPrivateMembers.map(({ name, service }) =>
      speaksJson(service) ? `${name}: ValidationException` : `${name}: ValidationError`,
    )
    expect(outcomes).toEqual(expect.arrayContaining(validated))
  })
})

describe('the record of a request about a user of a backend whom nobody knows', () => {
  it.each<[string, object]>([
    ['LookupDeveloperIdentity', { DeveloperUserIdentifier: MARKER }],
    ['MergeDeveloperIdentities', { SourceUserIdentifier: MARKER, DestinationUserIdentifier: 'ann' }],
    ['UnlinkDeveloperIdentity', { DeveloperUserIdentifier: MARKER }],
  ])('does not name the user, whom the answer names: %s', async (operation, input) => {
    const [IdentityPoolId, IdentityId] = [known.get('IdentityPoolId'), known.get('IdentityId')]
    const named = { IdentityPoolId, ...(operation === 'UnlinkDeveloperIdentity' && { IdentityId }) }
    const answer = await call(operation, { ...named, DeveloperProviderName: DEVELOPER, ...input })
    expectFault(answer, 'ResourceNotFoundException', `Developer user '${MARKER}' not found.`)
    expect(log.records()).toEqual([expect.objectContaining({ errorMessage: 'Developer user not found.' })])
    expect(log.lines().join()).not.toContain(MARKER)
  })
})

/** Inputs with every private member or with just one, for each way to name the keys of a `Logins` map. */
function inputsOf(shape: StructureShape, value: (shape: Bounds) => string): Record<string, unknown>[] {
  const names = Object.keys(shape.members).filter((name) => isPrivate(shape.members[name]?.shape ?? shape))
  // Few operations have a map of logins; all keys are the same to the others.
  const each = new Map(KEYS.map((key) => [JSON.stringify(filled(shape, key, value)), key]))
  return [...each.values()].flatMap((key) => {
    const all = filled(shape, key, value) as Record<string, unknown>
    const rest = (kept: string) =>
      Object.entries(all).filter(([name]) => name === kept || shape.members[name]?.required || !names.includes(name))
    return [all, ...(names.length > 1 ? names.map((kept) => Object.fromEntries(rest(kept))) : [])]
  })
}

const KEYS = [DEVELOPER, OIDC, 'cognito-identity.amazonaws.com', 'api.twitter.com']

function filled(shape: Shape, key: string, value: (shape: Bounds) => string): unknown {
  switch (shape.type) {
    case 'string':
      return shape.sensitive || shape.unrecorded ? value(shape) : 'app'
    case 'list':
      return [filled(shape.member, key, value)]
    case 'map':
      return { [key]: filled(shape.value, key, value) }
    case 'structure':
      return Object.fromEntries(
        Object.entries(shape.members)
          .filter(([, member]) => member.required || isPrivate(member.shape))
          .map(([name, { shape }]) => [
            name,
            (isPrivate(shape) ? undefined : known.get(name)) ?? filled(shape, key, value),
          ]),
      )
    case 'integer':
      return shape.min ?? 1
    case 'boolean':
      return true
  }
}

function isPrivate(shape: Shape): boolean {
  switch (shape.type) {
    case 'string':
      return Boolean(shape.sensitive || shape.unrecorded)
    case 'list':
      return isPrivate(shape.member)
    case 'map':
      return isPrivate(shape.key) || isPrivate(shape.value)
    case 'structure':
      return Object.values(shape.members).some((member) => isPrivate(member.shape))
    default:
      return false
  }
}

async function send({ name, service }: Operation, input: Record<string, unknown>, caller: CallOptions) {
  if (speaksJson(service)) await call(name, input, { service, ...caller })
  else await query(service, { Action: name, ...(input as Record<string, string>) }, caller)
}
