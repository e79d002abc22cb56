// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies are written this way
import { describe, expect, it } from 'vitest'
import type { WebIdentity } from '../../src/credentials/index.ts'
import { checkTrust, explainTrust, type TrustQuestion } from '../../src/credentials/trust.ts'
import { trustPolicyOf } from '../../src/credentials/trust-policy.ts'
import { parsePolicy } from '../../src/policy/index.ts'
import { ALIAS, guest, ISSUER, member, NOW, NOW_SECONDS, POOL_ID, statement, trustPolicy } from './support.ts'

const OURS = 'id.example.com/edge'
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${OURS}`
const ASSUME = 'sts:AssumeRoleWithWebIdentity'
const TAG_ACTIONS = [ASSUME, 'sts:TagSession']
const tagged: WebIdentity = { ...member, principalTags: { Team: 'red', site: 'north' } }
const ADDRESS = '192.0.2.1'
const ROLE_TAGS = [['Level', 'admin']] as const

const amr = (operator: string, value: string) => ({ Condition: { [operator]: { [`${ALIAS}:amr`]: value } } })
const when = (Condition: Record<string, Record<string, string | string[]>>) => ({ Condition })

type Statements = Parameters<typeof trustPolicy>

function documentOf(...statements: Statements) {
  const policy = parsePolicy(trustPolicy(...statements), 'trust')
  if (!policy.ok) throw new Error(policy.error.detail)
  return policy.value
}

function question(identity: WebIdentity, change: Partial<TrustQuestion> = {}): TrustQuestion {
  const role = { partition: 'aws', account: '123456789012', tags: ROLE_TAGS }
  return { identity, role, sessionName: 'session-1', issuer: ISSUER, clientAddress: ADDRESS, now: NOW, ...change }
}

function ask(identity: WebIdentity, ...statements: Statements) {
  return checkTrust(documentOf(...statements), question(identity))
}

const allowed = { ok: true, value: undefined }
const denied = (...failed: string[]) => ({ ok: false, error: { reason: 'trust_denied', failed } })
const tagsDenied = (...failed: string[]) => ({ ok: false, error: { reason: 'tag_session_denied', failed } })

const AUD = `StringEquals ${ALIAS}:aud`
const AMR = `ForAnyValue:StringLike ${ALIAS}:amr`

describe('a trust policy', () => {
  it.each([
    ['for users lets a user in', member, statement(), allowed],
    ['for users keeps a guest out', guest, statement(), denied(`statement 1: ${AMR}`)],
    ['for guests lets a guest in', guest, statement(amr('ForAnyValue:StringLike', 'unauthenticated')), allowed],
    [
      'for guests keeps a user out',
      member,
      statement(amr('ForAnyValue:StringLike', 'unauthenticated')),
      denied(`statement 1: ${AMR}`),
    ],
    ['for one provider lets its user in', member, statement(amr('ForAnyValue:StringLike', 'accounts.*')), allowed],
    [
      'for one provider keeps others out',
      member,
      statement(amr('ForAnyValue:StringLike', 'graph.facebook.com')),
      denied(`statement 1: ${AMR}`),
    ],
    [
      'for one pool keeps another out',
      { ...member, audience: POOL_ID.replace('9f', '8f') },
      statement(),
      denied(`statement 1: ${AUD}`),
    ],
    ['that names our provider lets a user in', member, statement({ Principal: { Federated: PROVIDER } }), allowed],
    [
      'that names our provider in another account keeps everybody out',
      member,
      statement({ Principal: { Federated: PROVIDER.replace('123456789012', '999999999999') } }),
      denied('statement 1: principal'),
    ],
    [
      'that names another provider keeps everybody out',
      member,
      statement({ Principal: { Federated: `${PROVIDER}-not` } }),
      denied('statement 1: principal'),
    ],
    [
      'for an AWS principal keeps everybody out',
      member,
      statement({ Principal: { AWS: PROVIDER } }),
      denied('statement 1: principal'),
    ],
    [
      'for another action keeps everybody out',
      member,
      statement({ Action: 'sts:AssumeRole' }),
      denied('statement 1: action'),
    ],
    ['without TagSession keeps tags out', tagged, statement(), tagsDenied('statement 1: action')],
    ['with TagSession lets tags in', tagged, statement({ Action: TAG_ACTIONS }), allowed],
    [
      'with only TagSession keeps everybody out',
      tagged,
      statement({ Action: 'sts:TagSession' }),
      denied('statement 1: action'),
    ],
    ['without TagSession lets an untagged user in', { ...member, principalTags: {} }, statement(), allowed],
  ])('%s', (_, identity, rule, answer) => {
    expect(ask(identity, rule)).toEqual(answer)
  })

  it('keeps a user out by an explicit Deny, whatever else it allows', () => {
    const answer = denied('statement 2: explicit deny')
    expect(ask(member, statement(), statement({ Effect: 'Deny' }))).toEqual(answer)
  })

  it('keeps tags out by an explicit Deny of TagSession alone', () => {
    const deny = statement({ Effect: 'Deny', Action: 'sts:TagSession', Condition: {} })
    expect(ask(tagged, statement({ Action: TAG_ACTIONS }), deny)).toEqual(tagsDenied('statement 2: explicit deny'))
    expect(ask(member, statement({ Action: TAG_ACTIONS }), deny)).toEqual(allowed)
  })
})

describe('a condition of a trust policy', () => {
  const any = statement(when({}))
  it.each([
    [{ StringEquals: { [`${ALIAS}:aud`]: POOL_ID, [`${ALIAS}:oaud`]: POOL_ID, [`${ALIAS}:sub`]: member.subject } }],
    [{ StringEquals: { [`${OURS}:aud`]: POOL_ID, [`${OURS}:oaud`]: POOL_ID, [`${OURS}:sub`]: member.subject } }],
    [{ StringEquals: { [`${OURS.toUpperCase()}:SUB`]: '${cognito-identity.amazonaws.com:sub}' } }],
    [{ 'ForAnyValue:StringLike': { [`${OURS}:amr`]: 'authenticated' } }],
    [{ 'ForAnyValue:StringEquals': { [`${ALIAS}:amr`]: ['graph.facebook.com', 'accounts.google.com'] } }],
    [{ 'ForAllValues:StringLike': { [`${ALIAS}:amr`]: ['authenticated', 'accounts.*'] } }],
    [{ 'ForAllValues:StringNotEquals': { [`${ALIAS}:amr`]: 'unauthenticated' } }],
    [{ StringEquals: { 'sts:RoleSessionName': 'session-1' } }],
    [{ StringLike: { 'sts:RoleSessionName': 'session-?' } }],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2029-01-01T00:00:00Z' } }],
    [{ DateEquals: { 'aws:EpochTime': String(NOW_SECONDS) } }],
    [{ NumericLessThanEquals: { 'aws:EpochTime': String(NOW_SECONDS) } }],
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }],
    [{ Bool: { 'aws:SecureTransport': 'true' } }],
    [{ Null: { 'aws:TagKeys': 'true', 'aws:RequestTag/team': 'true', 'sts:TransitiveTagKeys': 'true' } }],
    [{ Null: { 'sts:SourceIdentity': 'true', 'sts:DurationSeconds': 'true', [`${ALIAS}:aud`]: 'false' } }],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'Team', 'sts:TransitiveTagKeys': 'Team' } }],
    [{ StringEqualsIfExists: { 'sts:SourceIdentity': 'ann', [`${ALIAS}:aud`]: POOL_ID } }],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true', 'aws:SecureTransport': 'true' } }],
    [{ 'ForAnyValue:StringLikeIfExists': { 'sts:TransitiveTagKeys': 'Team' } }],
    [{ StringNotEquals: { 'sts:SourceIdentity': 'ann' } }],
  ])('is met by a user: %j', (condition) => {
    expect(ask(member, { ...any, Condition: condition } as typeof any)).toEqual(allowed)
  })

  it.each([
    ['StringEquals', `${ALIAS}:sub`, 'somebody'],
    ['StringEqualsIfExists', `${ALIAS}:sub`, 'somebody'],
    ['StringNotEquals', `${OURS}:aud`, POOL_ID],
    ['StringNotEqualsIfExists', `${OURS}:oaud`, POOL_ID],
    ['ForAnyValue:StringEquals', `${ALIAS}:amr`, 'accounts'],
    ['ForAnyValue:StringEqualsIfExists', `${OURS}:amr`, 'unauthenticated'],
    ['ForAllValues:StringEquals', `${ALIAS}:amr`, 'authenticated'],
    ['ForAllValues:StringEqualsIfExists', `${ALIAS}:amr`, 'authenticated'],
    ['ForAnyValue:StringEquals', 'aws:TagKeys', 'Team'],
    ['StringEquals', 'other.example.com:aud', POOL_ID],
    ['StringLike', 'sts:RoleSessionName', 'app-*'],
    ['DateGreaterThan', 'aws:CurrentTime', '2031-01-01T00:00:00Z'],
    ['DateLessThan', 'aws:EpochTime', '2030-01-01T00:00:00Z'],
    ['NotIpAddress', 'aws:SourceIp', '192.0.2.0/24'],
    ['IpAddressIfExists', 'aws:SourceIp', '198.51.100.0/24'],
    ['Bool', 'aws:SecureTransport', 'false'],
    ['BoolIfExists', 'aws:SecureTransport', 'false'],
    ['Bool', 'aws:MultiFactorAuthPresent', 'true'],
    ['Null', `${ALIAS}:aud`, 'true'],
    ['Null', 'sts:TransitiveTagKeys', 'false'],
    ['StringEquals', 'sts:SourceIdentity', 'ann'],
  ])('is not met by a user: %s %s %s', (operator, key, value) => {
    const answer = denied(`statement 1: ${operator} ${key}`)
    expect(ask(member, { ...any, Condition: { [operator]: { [key]: value } } })).toEqual(answer)
  })

  it.each([
    ['is met', { StringEquals: { 'aws:RequestTag/team': 'red', 'aws:requesttag/SITE': 'north' } }, undefined],
    ['is met', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team', 'site'] } }, undefined],
    ['is met', { Null: { 'aws:TagKeys': 'false', 'sts:TransitiveTagKeys': 'true' } }, undefined],
    ['is not met', { StringEquals: { 'aws:RequestTag/team': 'Red' } }, 'StringEquals aws:RequestTag/team'],
    [
      'is not met',
      { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] } },
      'ForAllValues:StringEquals aws:TagKeys',
    ],
    ['is not met', { Null: { 'aws:TagKeys': 'true' } }, 'Null aws:TagKeys'],
  ])('%s by a user with tags: %j', (_, condition, failed) => {
    const onTags = { ...statement({ Action: 'sts:TagSession' }), Condition: condition } as typeof any
    const answer = failed === undefined ? allowed : tagsDenied('statement 1: action', `statement 2: ${failed}`)
    expect(ask(tagged, statement(), onTags)).toEqual(answer)
  })

  it.each([
    ['an IPv4 address', '192.0.2.1', allowed],
    ['an IPv6 address', '2001:db8::1', allowed],
    ['no address', undefined, denied('statement 1: Null aws:SourceIp')],
    ['what is no address', 'local', denied('statement 1: Null aws:SourceIp')],
  ])('sees %s of a client', (_, clientAddress, answer) => {
    const policy = documentOf(statement(when({ Null: { 'aws:SourceIp': 'false' } })))
    expect(checkTrust(policy, question(member, { clientAddress }))).toEqual(answer)
  })

  it('sees a deployment without TLS', () => {
    const policy = documentOf(statement(when({ Bool: { 'aws:SecureTransport': 'false' } })))
    expect(checkTrust(policy, question(member, { issuer: 'http://localhost:8787' }))).toEqual(allowed)
  })
})

describe('the refusal of a trust policy', () => {
  it('names every statement that could have allowed, with all that was not met', () => {
    const answer = ask(
      guest,
      statement({ Sid: 'Users' }),
      statement({ Effect: 'Deny', Action: 'sts:TagSession' }),
      statement({ Principal: { Federated: 'accounts.google.com' }, Action: 'sts:AssumeRole' }),
    )
    expect(answer).toEqual(denied(`statement 1 (Users): ${AMR}`, `statement 3: principal, action, ${AMR}`))
  })

  it('names each explicit Deny and nothing else', () => {
    const deny = statement({ Effect: 'Deny', Condition: {} })
    const answer = ask(member, { ...deny, Sid: 'Never' }, statement({ Action: 'sts:AssumeRole' }), statement(), deny)
    expect(answer).toEqual(denied('statement 1 (Never): explicit deny', 'statement 4: explicit deny'))
  })

  it('says that a policy of Deny statements allows nobody', () => {
    const deny = statement({ Effect: 'Deny', Action: 'sts:TagSession' })
    expect(ask(member, deny)).toEqual(denied('no statement allows anything'))
  })

  it('shows no value, neither of the policy nor of the identity', () => {
    const identity = { ...tagged, subject: 'secret-sub', amr: ['authenticated', 'secret-provider:user'] }
    const keys = { [`${ALIAS}:sub`]: 'wanted', [`${ALIAS}:amr`]: 'wanted', 'aws:RequestTag/Team': 'wanted' }
    const answer = ask(identity, statement(when({ StringEquals: keys })))
    const texts = Object.keys(keys).map((key) => `StringEquals ${key}`)
    expect(answer).toEqual(denied(`statement 1: ${texts.join(', ')}`))
  })

  it('stays short, whatever the policy', () => {
    const long = statement(when({ StringEquals: { [`a:${'k'.repeat(1000)}`]: 'x' } }))
    const answer = ask(member, ...Array<typeof long>(12).fill(long))
    const texts = Array.from({ length: 10 }, (_, n) => `${`statement ${n + 1}: StringEquals a:`.padEnd(300, 'k')}…`)
    expect(answer).toEqual(denied(...texts, 'and 2 more'))
  })
})

describe('an explained trust policy', () => {
  it('shows an operator what a refused login would have needed', () => {
    const deny = statement({ Sid: 'Never', Effect: 'Deny', Condition: { StringEquals: { [`${OURS}:sub`]: 'ann' } } })
    expect(explainTrust(documentOf(statement(), deny), question(guest))).toEqual({
      action: ASSUME,
      decision: 'implicit_deny',
      statements: [
        {
          sid: '',
          effect: 'allow',
          unmet: [
            {
              element: 'condition',
              operator: 'ForAnyValue:StringLike',
              key: `${ALIAS}:amr`,
              wanted: ['authenticated'],
              found: ['unauthenticated'],
            },
          ],
        },
        {
          sid: 'Never',
          effect: 'deny',
          unmet: [
            {
              element: 'condition',
              operator: 'StringEquals',
              key: `${OURS}:sub`,
              wanted: ['ann'],
              found: [guest.subject],
            },
          ],
        },
      ],
    })
  })

  it.each([
    ['a login that is let in', member, statement(), ASSUME, 'allow'],
    ['a login that is let in with its tags', tagged, statement({ Action: TAG_ACTIONS }), ASSUME, 'allow'],
    ['a login that is kept out', tagged, statement({ Action: 'sts:TagSession' }), ASSUME, 'implicit_deny'],
    ['tags that are kept out', tagged, statement(), 'sts:TagSession', 'implicit_deny'],
  ])('is about the action that decided: %s', (_, identity, rule, action, decision) => {
    expect(explainTrust(documentOf(rule), question(identity))).toMatchObject({ action, decision })
  })
})

describe('the trust policy of a record', () => {
  const record = (trustPolicyText: string) => ({
    arn: 'arn:aws:iam::123456789012:role/app',
    id: 'AROA',
    trustPolicy: trustPolicyText,
    maxSessionDuration: 3600,
    tags: [],
  })
  const long = trustPolicy(statement(when({ StringLike: { [`${ALIAS}:sub`]: 'x'.repeat(130_000) } })))

  it.each([
    ['parsed once, whichever record has it', trustPolicy(statement()), true],
    ['not kept as parsed if it is so long that hardly another one would fit', long, false],
  ])('is %s', (_, text, kept) => {
    const first = trustPolicyOf(record(text), ISSUER)
    const second = trustPolicyOf(record(text), ISSUER)
    expect(second).toEqual({ ok: true, value: { statements: [expect.anything()] } })
    expect(second === first).toBe(kept)
  })

  it('is the one of its own record, not of an earlier one of the role', () => {
    const [before, after] = [record(trustPolicy(statement())), record(trustPolicy(statement({ Effect: 'Deny' })))]
    const decision = (role: typeof before) => {
      const policy = trustPolicyOf(role, ISSUER)
      return policy.ok && checkTrust(policy.value, question(member)).ok
    }
    expect([before, after].map(decision)).toEqual([true, false])
  })
})
