import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { allOperations, type Operation } from '../../src/operations/index.ts'
import { call, expectFault, LOCAL_ACCOUNT, query, speaksJson } from '../support/client.ts'
import { type Boundary, boundaries, sampleStructure } from './boundaries.ts'
import { expectedMessage } from './expected-findings.ts'

type Input = Record<string, unknown>

/** What the Worker said, without what differs from call to call. */
interface Said {
  status: number
  code: string
  message: string
}

const NO_FAULT: Said = { status: 200, code: '', message: '' }
const INVALID = /^(\d+ validation errors? detected: |The value at '.*' is not )/

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

/** What sets a whole account back looks at each of its pools, so it comes before those of the others. */
const OF_ALL_POOLS = ['KeepAccount', 'ResetAccount']
const inOrder = [
  ...allOperations.filter(({ name }) => OF_ALL_POOLS.includes(name)),
  ...allOperations.filter(({ name }) => !OF_ALL_POOLS.includes(name)),
]

describe('every operation, at the boundaries of what it declares', () => {
  it.each(inOrder.map((operation) => [`${operation.service}:${operation.name}`, operation] as const))(
    '%s takes what is within and refuses what is not, in the words of AWS',
    async (_, operation) => {
      const known = await knownThings()
      const wrong: string[] = []
      for (const { what, input, expected } of casesOf(operation, known)) {
        const said = await ask(operation, input)
        if (!holds(said, expected)) wrong.push(`${what}: ${told(said)}, not ${expected ? told(expected) : 'accepted'}`)
      }
      expect(wrong).toEqual([])
    },
  )
})

const POOL = 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10'
const IDENTITY = 'us-east-1:9f3c2a71-0000-8d1e-b2c4-6a0f5e7d9c10'
const ROLE = 'arn:aws:iam::000000000000:role/app'
const sixtyOneIds = Array.from({ length: 61 }, () => IDENTITY)

describe('known answers of Amazon Cognito', () => {
  it.each<[string, string, object, string]>([
    [
      'the id of a user pool',
      'GetId',
      { IdentityPoolId: 'us-east-1_xxxx' },
      "Value 'us-east-1_xxxx' at 'identityPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+:[0-9a-f-]+",
    ],
    [
      'a bad name of a pool',
      'CreateIdentityPool',
      { IdentityPoolName: 'a!', AllowUnauthenticatedIdentities: false },
      "Value 'a!' at 'identityPoolName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w\\s+=,.@-]+",
    ],
    ['no pool', 'GetId', {}, "Value null at 'identityPoolId' failed to satisfy constraint: Member must not be null"],
    [
      'a page of 61',
      'ListIdentityPools',
      { MaxResults: 61 },
      "Value '61' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 60",
    ],
    [
      'a token of no duration',
      'GetOpenIdTokenForDeveloperIdentity',
      { IdentityPoolId: POOL, Logins: {}, TokenDuration: 0 },
      "Value '0' at 'tokenDuration' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'an unknown type of role mapping',
      'SetIdentityPoolRoles',
      { IdentityPoolId: POOL, Roles: {}, RoleMappings: { 'accounts.google.com': { Type: 'X' } } },
      "Value 'X' at 'roleMappings.accounts.google.com.member.type' failed to satisfy constraint: Member must satisfy enum value set: [Token, Rules]",
    ],
    [
      'an unknown kind of role',
      'SetIdentityPoolRoles',
      { IdentityPoolId: POOL, Roles: { admin: ROLE } },
      `Value '{admin=${ROLE}}' at 'roles' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (un)?authenticated]`,
    ],
    [
      'too many ids',
      'DeleteIdentities',
      { IdentityIdsToDelete: sixtyOneIds },
      `Value '[${sixtyOneIds.join(', ')}]' at 'identityIdsToDelete' failed to satisfy constraint: Member must have length less than or equal to 60`,
    ],
    [
      'a token too long for any provider, which is not repeated',
      'GetId',
      { IdentityPoolId: POOL, Logins: { 'accounts.google.com': 'x'.repeat(50_001) } },
      "Value '{accounts.google.com=}' at 'logins' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater than or equal to 1]",
    ],
  ])('%s', async (_, operation, input, finding) => {
    expectFault(await call(operation, input), 'ValidationException', `1 validation error detected: ${finding}`)
  })

  it('keeps a long message whole in the body, and a kilobyte of it in the header', async () => {
    const answer = await call('GetId', { IdentityPoolId: 'é'.repeat(2000) })
    expect(answer.text.length).toBeGreaterThan(4000)
    expect(answer.headers.get('x-amzn-ErrorMessage')).toMatch(/^2 validation errors detected: Value '\?{900,}$/)
    expect(answer.headers.get('x-amzn-ErrorMessage')).toHaveLength(1024)
  })

  it('repeats no web identity token', async () => {
    const { xml } = await query('sts', {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: ROLE,
      RoleSessionName: 'app',
      WebIdentityToken: 'x'.repeat(20_001),
    })
    expect(xml).toContain(
      'Value at &apos;webIdentityToken&apos; failed to satisfy constraint: Member must have length less',
    )
    expect(xml).not.toContain('xxx')
  })
})

interface Case {
  what: string
  input: Input
  /** The refusal, or `undefined` when the input is for the operation itself to judge. */
  expected: Omit<Said, 'status'> | undefined
}

function casesOf(operation: Operation, known: Input): Case[] {
  const { members } = operation.input
  const valid = (names: (entry: [string, { required: boolean }]) => boolean): Input => ({
    ...sampleStructure(members, names),
    ...Object.fromEntries(Object.entries(known).filter(([name]) => name in members)),
  })
  const least = valid(([, member]) => member.required)
  const input = (what: string, changed: Input, mistyped?: string): Case => ({
    what,
    input: changed,
    expected: expectation(operation, changed, mistyped),
  })
  return [
    input('the least', least),
    input(
      'all members',
      valid(() => true),
    ),
    input('nothing', {}),
    input('a member nobody declared', { ...least, Surprise: { a: [1] }, constructor: 'x' }),
    ...Object.entries(members).flatMap(([name, member]) => [
      input(`no ${name}`, Object.fromEntries(Object.entries(least).filter(([other]) => other !== name))),
      input(`null for ${name}`, { ...least, [name]: null }),
      ...forProtocol(operation, boundaries(member.shape)).map((at) =>
        input(`${name}: ${at.what}`, { ...least, [name]: at.value }, at.mistyped),
      ),
    ]),
  ]
}

function expectation(operation: Operation, input: Input, mistyped?: string): Case['expected'] {
  if (mistyped !== undefined) return { code: 'SerializationException', message: mistyped }
  const message = expectedMessage(operation.input, input)
  const code = speaksJson(operation.service) ? 'ValidationException' : 'ValidationError'
  return message === undefined ? undefined : { code, message }
}

function holds(said: Said, expected: Case['expected']): boolean {
  if (expected) return said.status === 400 && said.code === expected.code && said.message === expected.message
  return said.status < 500 && said.code !== 'SerializationException' && !INVALID.test(said.message)
}

/** A form has no types, no empty structures and no half characters. */
function forProtocol(operation: Operation, cases: Boundary[]): Boundary[] {
  if (speaksJson(operation.service)) return cases
  return cases.filter(({ mistyped, value }) => mistyped === undefined && !/\{\}|\\ud800/.test(JSON.stringify(value)))
}

async function ask(operation: Operation, input: Input): Promise<Said> {
  const { service } = operation
  if (speaksJson(service)) {
    const { status, body } = await call<Input | undefined>(operation.name, input, { service })
    return { status, code: String(body?.__type ?? ''), message: String(body?.message ?? body?.Message ?? '') }
  }
  const params = Object.fromEntries(inForm('', input))
  const { parsed, status } = await query(service, { Action: operation.name, ...params })
  const fault = parsed.ErrorResponse?.Error
  return fault ? { status, code: fault.Code, message: fault.Message } : { ...NO_FAULT, status }
}

function inForm(name: string, value: unknown): [string, string][] {
  const below = name === '' ? '' : `${name}.`
  if (value === null || value === undefined) return []
  if (Array.isArray(value))
    return value.length === 0 ? [[name, '']] : value.flatMap((item, i) => inForm(`${below}member.${i + 1}`, item))
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, item]) => inForm(below + key, item))
  return [[name, String(value)]]
}

/** A pool and a guest of it, so that what passes validation meets something that exists. */
async function knownThings(): Promise<Input> {
  const pool = { IdentityPoolName: 'boundaries', AllowUnauthenticatedIdentities: true }
  const { body } = await call<{ IdentityPoolId: string }>('CreateIdentityPool', pool)
  const guest = await call<{ IdentityId: string }>('GetId', body)
  const { IdentityPoolId } = body
  return {
    IdentityPoolId,
    IdentityId: guest.body.IdentityId,
    ResourceArn: `arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${IdentityPoolId}`,
    RoleArn: `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`,
    OpenIDConnectProviderArn: `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/idp.example`,
  }
}

const told = (said: Partial<Said>) => JSON.stringify(said).slice(0, 400)
