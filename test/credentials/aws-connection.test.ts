import { describe, expect, it } from 'vitest'
import { partitionOf } from '../../src/base/arn.ts'
import type { WebIdentity } from '../../src/credentials/index.ts'
import { checkTrust } from '../../src/credentials/trust.ts'
import { parsePolicy } from '../../src/policy/index.ts'
import { cloudFormationTemplate, MAX_POOLS, readConnection, type Wish } from '../../tools/connect/aws-connection.ts'
import { guest, ISSUER, member, NOW, POOL_ID } from './support.ts'

const ACCOUNT = '123456789012'
const OTHER_POOL = POOL_ID.replace('9f3c2a71', '8f3c2a71')
const TAGS = { Team: 'red' }

const wish = (change: Partial<Wish> = {}): Wish => ({
  issuer: ISSUER,
  pools: [POOL_ID],
  namePrefix: 'edge-identity',
  tags: false,
  existingProvider: false,
  ...change,
})

function templateFor(change: Partial<Wish>) {
  const connection = readConnection(wish(change))
  if (!connection.ok) throw new Error(connection.error)
  return cloudFormationTemplate(connection.value)
}

/** The trust policy that CloudFormation would make of a role of the template, in `ACCOUNT` of the pool's partition. */
function trustPolicyOf(role: 'Authenticated' | 'Guest', pool: string, change: Partial<Wish> = {}): unknown {
  const [, region = '', tag] = /^(.*):(\w{8})-/.exec(pool) ?? []
  const partition = partitionOf(region)
  const provider = `arn:${partition}:iam::${ACCOUNT}:oidc-provider/${wish(change).issuer.replace('https://', '')}`
  const policy = templateFor(change).Resources[`${role}Role${tag}`]?.Properties.AssumeRolePolicyDocument
  return JSON.parse(JSON.stringify(policy), (_key, value) => {
    if (value?.Ref === 'IdentityProvider') return provider
    const text: string | undefined = value?.['Fn::Sub']
    return text?.replace(/\$\{AWS::Partition\}/, partition).replace(/\$\{AWS::AccountId\}/, ACCOUNT) ?? value
  })
}

function isTrusted(policy: unknown, identity: WebIdentity, { issuer = ISSUER, account = ACCOUNT } = {}): boolean {
  const parsed = parsePolicy(policy, 'trust')
  if (!parsed.ok) throw new Error(parsed.error.detail)
  const role = { partition: partitionOf(identity.audience), account, tags: [] }
  return checkTrust(parsed.value, { identity, role, sessionName: 'session-1', issuer, now: NOW }).ok
}

describe.each([
  ['https://id.example.com', POOL_ID],
  ['https://id.example.com/edge', POOL_ID],
  ['https://id.example.com/Tenant/one', POOL_ID.replace('eu-west-1', 'cn-north-1')],
  ['https://edge-identity.someone.workers.dev', POOL_ID.replace('eu-west-1', 'us-gov-east-1')],
])('the roles for %s and the pool %s', (issuer, pool) => {
  const user = { ...member, audience: pool }
  const visitor = { ...guest, audience: pool }
  const tagged = { ...user, principalTags: TAGS }
  const users = trustPolicyOf('Authenticated', pool, { issuer, pools: [pool] })
  const guests = trustPolicyOf('Guest', pool, { issuer, pools: [pool] })
  const usersWithTags = trustPolicyOf('Authenticated', pool, { issuer, pools: [pool], tags: true })
  const guestsBesideTags = trustPolicyOf('Guest', pool, { issuer, pools: [pool], tags: true })

  it.each([
    ['lets its user into the role of users', users, user, true],
    ['lets its guest into the role of guests', guests, visitor, true],
    ['keeps its guest out of the role of users', users, visitor, false],
    ['keeps its user out of the role of guests', guests, user, false],
    ['keeps users of another pool out', users, { ...user, audience: OTHER_POOL }, false],
    ['keeps guests of another pool out', guests, { ...visitor, audience: OTHER_POOL }, false],
    ['keeps session tags out unless asked for', users, tagged, false],
    ['lets session tags in when asked for', usersWithTags, tagged, true],
    ['lets users without tags in all the same', usersWithTags, user, true],
    ['lets no guest bring tags', guestsBesideTags, { ...visitor, principalTags: TAGS }, false],
  ])('%s', (_claim, policy, identity, trusted) => {
    expect(isTrusted(policy, identity, { issuer })).toBe(trusted)
  })

  it('keep out the tokens of another issuer, and of the same issuer by a provider of another account', () => {
    for (const other of ['https://id.example.org', `${issuer}/other`, 'https://id.example.com/Edge'])
      expect(isTrusted(users, user, { issuer: other })).toBe(false)
    expect(isTrusted(users, user, { issuer, account: '999999999999' })).toBe(false)
  })

  it('trust the same, whether the provider comes along or is there already', () => {
    const there = { issuer, pools: [pool], existingProvider: true }
    expect(trustPolicyOf('Authenticated', pool, there)).toEqual(users)
    expect(trustPolicyOf('Guest', pool, there)).toEqual(guests)
  })
})

it('gives each of several pools two roles of its own and one provider to share', () => {
  const both = { pools: [POOL_ID, OTHER_POOL] }
  const { Outputs, Resources } = templateFor(both)
  expect(Object.entries(Resources).map(([id, { Properties }]) => [id, Properties.RoleName ?? Properties])).toEqual([
    ['IdentityProvider', { Url: ISSUER, ClientIdList: [POOL_ID, OTHER_POOL] }],
    ['AuthenticatedRole9f3c2a71', 'edge-identity-9f3c2a71-authenticated'],
    ['GuestRole9f3c2a71', 'edge-identity-9f3c2a71-guest'],
    ['AuthenticatedRole8f3c2a71', 'edge-identity-8f3c2a71-authenticated'],
    ['GuestRole8f3c2a71', 'edge-identity-8f3c2a71-guest'],
  ])
  expect(Object.keys(Outputs)).toEqual([
    'AuthenticatedRole9f3c2a71Arn',
    'GuestRole9f3c2a71Arn',
    'SetIdentityPoolRoles9f3c2a71',
    'AuthenticatedRole8f3c2a71Arn',
    'GuestRole8f3c2a71Arn',
    'SetIdentityPoolRoles8f3c2a71',
  ])
  expect(isTrusted(trustPolicyOf('Authenticated', OTHER_POOL, both), { ...member, audience: OTHER_POOL })).toBe(true)
  expect(isTrusted(trustPolicyOf('Authenticated', OTHER_POOL, both), member)).toBe(false)
})

it('leaves the longest session to IAM unless told', () => {
  const durations = (change: Partial<Wish>) =>
    Object.values(templateFor(change).Resources).map(({ Properties }) => Properties.MaxSessionDuration)
  expect(durations({})).toEqual([undefined, undefined, undefined])
  expect(durations({ maxSessionDuration: 43_200 })).toEqual([undefined, 43_200, 43_200])
})

describe('refuses', () => {
  const pools = (count: number) =>
    Array.from({ length: count }, (_, i) => `eu-west-1:${10_000_000 + i}${POOL_ID.slice(18)}`)

  it.each<[string, Partial<Wish>, string]>([
    ['an http issuer', { issuer: 'http://id.example.com' }, 'must be an https URL.'],
    ['an issuer with a slash at its end', { issuer: `${ISSUER}/` }, 'must not end with a slash.'],
    ['an issuer with a port', { issuer: 'https://id.example.com:8443' }, 'must not name a port'],
    ['an issuer with a query', { issuer: `${ISSUER}?tenant=1` }, 'without query'],
    ['an issuer with an empty query', { issuer: `${ISSUER}?` }, 'without query'],
    ['an issuer of 256 characters', { issuer: `${ISSUER}/`.padEnd(256, 'x') }, 'at most 255 characters'],
    [
      'an issuer that is written otherwise',
      { issuer: 'https://ID.example.com' },
      'must be written https://id.example.com',
    ],
    ...['localhost', '127.0.0.1', '10.0.0.8', 'intranet', 'id.localhost', '[::1]'].map(
      (host): [string, Partial<Wish>, string] => [
        `an issuer on ${host}`,
        { issuer: `https://${host}` },
        'must have a public host name',
      ],
    ),
    ...['id.local', 'id.corp.internal'].map((host): [string, Partial<Wish>, string] => [
      `an issuer on ${host}`,
      { issuer: `https://${host}` },
      `The issuer https://${host} is not on a public host name, and AWS must reach it from the internet.`,
    ]),
    [
      'what is no pool id',
      { pools: [POOL_ID, POOL_ID.toUpperCase()] },
      `${POOL_ID.toUpperCase()} is not a pool id: <region>:<UUID>, in lower case.`,
    ],
    [
      'a pool twice',
      { pools: [POOL_ID, POOL_ID] },
      'Two of the pool ids begin with 9f3c2a71, and no two pools of a service do.',
    ],
    [
      'pools of two partitions',
      { pools: [POOL_ID, OTHER_POOL.replace('eu-west-1', 'cn-north-1')] },
      'These pools need a run each, for accounts in aws and aws-cn: an account belongs to one partition.',
    ],
    [
      'more pools than a stack has outputs for',
      { pools: pools(MAX_POOLS + 1) },
      '61 pools are too many for one run: at most 60.',
    ],
    ['an account that is not twelve digits', { account: '1234' }, 'The account 1234 is not twelve digits.'],
    [
      'a prefix that would make role names too long',
      { namePrefix: 'x'.repeat(42) },
      `The name prefix ${'x'.repeat(42)} is not 1 to 41 letters, digits, hyphens, dots and underscores.`,
    ],
    [
      'sessions longer than IAM allows',
      { maxSessionDuration: 43_201 },
      'The maximum session duration 43201 is not a number of seconds from 3600 to 43200.',
    ],
    ['a prefix that a shell would read', { namePrefix: 'a,b' }, 'The name prefix a,b is not 1 to 41 letters'],
  ])('%s', (_what, change, sentence) => {
    expect(readConnection(wish(change))).toEqual({ ok: false, error: expect.stringContaining(sentence) })
  })

  it('nothing at the limits', () => {
    const issuer = `${ISSUER}/`.padEnd(255, 'x')
    expect(
      readConnection(wish({ issuer, pools: pools(MAX_POOLS), account: ACCOUNT, namePrefix: 'x'.repeat(41) })).ok,
    ).toBe(true)
  })
})
