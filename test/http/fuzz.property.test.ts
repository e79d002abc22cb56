import { exports } from 'cloudflare:workers'
import fc from 'fast-check'
import { XMLValidator } from 'fast-xml-parser'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { allOperations, type Operation } from '../../src/operations/index.ts'
import type { Shape } from '../../src/protocol/index.ts'
import { call, LOCAL_ACCOUNT, newAddress, post, REQUEST_ID, speaksJson, TARGETS } from '../support/client.ts'

const JSON_TYPE = 'application/x-amz-json-1.1'
const FORM_TYPE = 'application/x-www-form-urlencoded'

beforeEach(() => {
  for (const method of ['log', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => {})
})
afterEach(() => vi.restoreAllMocks())

describe('no request', () => {
  it('of any bytes, type and headers makes the service fail', async () => {
    const outcomes = new Set<number>()
    await fc.assert(
      fc.asyncProperty(anyHeaders, anyBody, anyPath, async (headers, body, path) => {
        const request = new Request(`http://localhost${path}`, { method: 'POST', headers, body })
        const response = await exports.default.fetch(request)
        await expectAnAnswer(response)
        outcomes.add(response.status)
      }),
      { numRuns: 800 },
    )
    expect([...outcomes].sort()).toEqual(expect.arrayContaining([400, 404]))
  })

  it('of a known operation with any input makes the service fail', async () => {
    const outcomes = new Set<number>()
    const values = anyValue(await knownTexts())
    const anyCall = fc
      .constantFrom(...allOperations)
      .chain((operation) => fc.tuple(fc.constant(operation), anyStructure(operation.input, values)))
    await fc.assert(
      fc.asyncProperty(anyCall, async ([operation, input]) => {
        const response = await send(operation, input as object)
        await expectAnAnswer(response)
        outcomes.add(response.status)
      }),
      { numRuns: 500 },
    )
    expect([...outcomes].sort()).toEqual(expect.arrayContaining([200, 400]))
  })
})

/** An answer that a client can read: no failure of ours, an id, and a body that is what its type says. */
async function expectAnAnswer(response: Response): Promise<void> {
  const text = await response.text()
  expect(response.status, text).toBeLessThan(500)
  expect(response.headers.get('x-amzn-RequestId')).toMatch(REQUEST_ID)
  const type = response.headers.get('content-type')
  if (type === JSON_TYPE) expect(text === '' || typeof JSON.parse(text)).toBeTruthy()
  else expect([type, XMLValidator.validate(text)]).toEqual([expect.stringMatching(/^(text|application)\/xml$/), true])
}

function send(operation: Operation, input: object): Promise<Response> {
  const signed = operation.auth === 'signed'
  if (speaksJson(operation.service)) {
    const headers = { 'content-type': JSON_TYPE, 'x-amz-target': `${TARGETS[operation.service]}.${operation.name}` }
    return post(JSON.stringify(input), headers, operation.service, { signed })
  }
  const version = operation.service === 'sts' ? '2011-06-15' : '2010-05-08'
  const form = new URLSearchParams([['Action', operation.name], ['Version', version], ...inForm('', input)])
  return post(form.toString(), { 'content-type': FORM_TYPE }, operation.service, { signed })
}

function inForm(name: string, value: unknown): [string, string][] {
  const below = name === '' ? '' : `${name}.`
  if (Array.isArray(value)) return value.flatMap((item, i) => inForm(`${below}member.${i + 1}`, item))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => inForm(below + key, item))
  return [[name, String(value)]]
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', 'null', '__proto__', 'constructor', '\ud800', '\u0000', '%', "'; DROP TABLE pool; --", 'a:b'),
  fc.constantFrom(100, 3000, 60_000).map((length) => 'x'.repeat(length)),
)

const anyHeaderText = fc.string({ unit: fc.constantFrom(...printable()), maxLength: 60 })

function printable(): string[] {
  return Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
}

const anyTarget = fc.oneof(
  fc
    .tuple(fc.constantFrom(...Object.values(TARGETS)), fc.constantFrom(...allOperations))
    .map(([service, { name }]) => `${service}.${name}`),
  anyHeaderText,
)

/** What tells the protocol: one of the two, or neither, or both. */
const anyProtocol = fc.oneof(
  fc.record({ 'content-type': fc.constant(JSON_TYPE), 'x-amz-target': anyTarget }),
  fc.record({ 'content-type': fc.constant(FORM_TYPE) }),
  fc.record({ 'content-type': anyContentType(), 'x-amz-target': anyTarget }, { requiredKeys: [] }),
)

function anyContentType() {
  const odd = ['application/json', 'text/plain', `${JSON_TYPE};charset=x`, 'multipart/form-data', FORM_TYPE]
  return fc.oneof(fc.constantFrom(...odd), anyHeaderText)
}

const anyAuthorization = fc.oneof(
  anyHeaderText,
  anyHeaderText.map((text) => `AWS4-HMAC-SHA256 ${text}`),
  fc
    .tuple(anyHeaderText, anyHeaderText, anyHeaderText)
    .map(([a, b, c]) => `AWS4-HMAC-SHA256 Credential=${a}, SignedHeaders=${b}, Signature=${c}`),
  fc
    .constantFrom('cognito-identity', 'edge-identity', 'sts', 'iam')
    .map(
      (service) =>
        `AWS4-HMAC-SHA256 Credential=test/${today()}/us-east-1/${service}/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target;x-amz-security-token, Signature=00`,
    ),
)

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '')

const anyOtherHeaders = fc.record(
  {
    authorization: anyAuthorization,
    'x-amz-date': fc.oneof(anyHeaderText, fc.constant(undefined).map(basicNow)),
    'x-amz-security-token': anyHeaderText,
    origin: fc.oneof(anyHeaderText, fc.constantFrom('null', 'https://app.example', 'http://localhost')),
    'content-encoding': fc.constantFrom('identity', 'aws-chunked'),
  },
  { requiredKeys: [] },
)

function basicNow(): string {
  return new Date().toISOString().replace(/[:-]|\.\d+/g, '')
}

const anyHeaders = fc.tuple(anyProtocol, anyOtherHeaders).map(
  ([protocol, others]): Record<string, string> => ({
    host: 'localhost',
    'cf-connecting-ip': newAddress(),
    ...protocol,
    ...others,
  }),
)

const anyAction = fc.oneof(fc.constantFrom(...allOperations.map(({ name }) => name)), anyText)
const anyVersion = fc.constantFrom('2011-06-15', '2010-05-08', '', 'x')

const anyForm = fc
  .tuple(anyAction, anyVersion, fc.array(fc.tuple(fc.oneof(anyText, anyFieldName()), anyText), { maxLength: 8 }))
  .map(([action, version, fields]) =>
    new URLSearchParams([['Action', action], ['Version', version], ...fields]).toString(),
  )

function anyFieldName() {
  const names = allOperations.flatMap(({ input }) => Object.keys(input.members))
  return fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom('', '.member', '.member.1', '.member.1.Key', '.member.0', '.', '.1'),
    )
    .map(([name, rest]) => name + rest)
}

const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
  fc.json(),
  anyForm,
  anyText,
  fc
    .dictionary(fc.constantFrom('IdentityPoolId', 'IdentityId', 'Logins', 'MaxResults'), fc.jsonValue())
    .map((value) => JSON.stringify(value)),
)

const anyPath = fc.oneof(
  { weight: 6, arbitrary: fc.constant('/') },
  fc.webQueryParameters().map((search) => `/?${search}`),
  anyForm.map((search) => `/?${search}`),
)

/** Texts that name what exists, by member, so that many calls get far. */
async function knownTexts(): Promise<Known> {
  const created = await call<{ IdentityPoolId: string }>('CreateIdentityPool', {
    IdentityPoolName: 'fuzz',
    AllowUnauthenticatedIdentities: true,
    DeveloperProviderName: 'login.fuzz',
    SupportedLoginProviders: { 'accounts.google.com': 'client' },
  })
  const { IdentityPoolId } = created.body
  const guest = await call<{ IdentityId: string }>('GetId', { IdentityPoolId })
  const roleArn = `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`
  return new Map(
    Object.entries({
      IdentityPoolId: [IdentityPoolId],
      IdentityId: [guest.body.IdentityId],
      ResourceArn: [`arn:aws:cognito-identity:us-east-1:${LOCAL_ACCOUNT}:identitypool/${IdentityPoolId}`],
      DeveloperProviderName: ['login.fuzz'],
      Logins: [
        'login.fuzz',
        'accounts.google.com',
        'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhY2NvdW50cy5nb29nbGUuY29tIn0.AAAA',
      ],
      IdentityProviderName: ['accounts.google.com'],
      RoleArn: [roleArn],
      RoleName: ['app'],
      Roles: ['authenticated', 'unauthenticated', roleArn],
      RoleMappings: ['accounts.google.com', roleArn],
      Url: ['https://idp.example/path'],
      OpenIDConnectProviderArn: [`arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/idp.example/path`],
      AssumeRolePolicyDocument: [TRUST_POLICY],
      PolicyDocument: [TRUST_POLICY, '{"Version":"2012-10-17","Statement":[]}'],
    }),
  )
}

const TRUST_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${LOCAL_ACCOUNT}:root` },
      Action: 'sts:AssumeRole',
    },
  ],
})

type Known = ReadonlyMap<string, readonly string[]>
/** A value of a shape, within the member of that name. */
type AnyValue = (shape: Shape, within: string) => fc.Arbitrary<unknown>

/** Mostly what a shape asks for, with known and odd texts, and now and then anything at all. */
function anyValue(known: Known): AnyValue {
  const textWithin = (name: string) =>
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...(known.get(name) ?? ['app', '0'])) }, anyText)
  const ofShape: AnyValue = (shape, within) => {
    switch (shape.type) {
      case 'string':
        return shape.values
          ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...shape.values) }, anyText)
          : textWithin(within)
      case 'integer':
        return fc.oneof(fc.integer({ min: shape.min ?? 0, max: shape.max ?? 100 }), fc.double(), fc.maxSafeInteger())
      case 'boolean':
        return fc.boolean()
      case 'list':
        return fc.array(value(shape.member, within), { maxLength: 4 })
      case 'map':
        return fc.dictionary(textWithin(within), value(shape.value, within), { maxKeys: 3 })
      case 'structure':
        return anyStructure(shape, value, within)
    }
  }
  const value: AnyValue = (shape, within) =>
    fc.oneof({ weight: 40, arbitrary: ofShape(shape, within) }, fc.jsonValue({ maxDepth: 2 }), fc.constant(null))
  return value
}

function anyStructure(
  shape: Extract<Shape, { type: 'structure' }>,
  value: AnyValue,
  within?: string,
): fc.Arbitrary<object> {
  const members = Object.fromEntries(
    Object.entries(shape.members).map(([name, member]) => [name, value(member.shape, within ?? name)]),
  )
  const requiredKeys = Object.keys(members).filter((name) => shape.members[name]?.required)
  return fc.oneof(
    { weight: 10, arbitrary: fc.record(members, { requiredKeys }) },
    fc.record(members, { requiredKeys: [] }),
  )
}
