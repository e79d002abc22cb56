import { describe, expect, it } from 'vitest'
import { type AssumeRequest, type EmbeddedSts, issueEmbedded, openSession } from '../../src/credentials/index.ts'
import {
  assumeRequest,
  guest,
  IDENTITY_ID,
  ISSUER,
  member,
  NOW_SECONDS,
  POOL_ID,
  ROLE_ARN,
  roleRecord,
  SESSION_KEY,
  statement,
  testWorld,
  trustPolicy,
} from './support.ts'

function run(request: Partial<AssumeRequest> = {}, sts: Partial<EmbeddedSts> = {}) {
  const options = {
    issuer: ISSUER,
    role: roleRecord(),
    acceptUnregistered: false,
    sessionKey: SESSION_KEY,
    r2AccessKeys: new Map(),
  }
  return issueEmbedded(assumeRequest(request), { ...options, world: testWorld(), ...sts })
}

const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'x']))
const withTags = (principalTags: Record<string, string>) => ({ identity: { ...member, principalTags } })
const taggable = roleRecord({
  trustPolicy: trustPolicy(statement({ Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] })),
})

const longTags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${n}`.padEnd(128, 'k'), 'v'.repeat(256)]))

const guestDenied = {
  ok: false,
  error: { reason: 'trust_denied', failed: ['statement 1: ForAnyValue:StringLike cognito-identity.amazonaws.com:amr'] },
}

describe('the embedded STS', () => {
  it('issues credentials whose token opens to the session', async () => {
    const result = await run()
    const sessionToken = result.ok ? result.value.sessionToken : ''
    expect(result).toEqual({
      ok: true,
      value: {
        accessKeyId: 'ASIAAAAQEAYEAUDAOCAJ',
        secretAccessKey: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd',
        sessionToken: expect.stringMatching(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/),
        expiration: NOW_SECONDS + 3600,
        assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials',
        assumedRoleId: 'AROAEXAMPLEEXAMPLEEXA:CognitoIdentityCredentials',
      },
    })
    const opened = await openSession(sessionToken, 'ASIAAAAQEAYEAUDAOCAJ', {
      sessionKey: SESSION_KEY,
      now: NOW_SECONDS,
    })
    expect(opened).toEqual({
      ok: true,
      value: {
        accessKeyId: 'ASIAAAAQEAYEAUDAOCAJ',
        secret: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd',
        account: '123456789012',
        arn: 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials',
        userId: 'AROAEXAMPLEEXAMPLEEXA:CognitoIdentityCredentials',
        expiration: NOW_SECONDS + 3600,
        audience: POOL_ID,
        subject: IDENTITY_ID,
        issuedAt: NOW_SECONDS,
        narrowed: false,
        claims: { amr: member.amr, tags: {} },
      },
    })
  })

  it.each([
    ['as many as fit', 5, expect.objectContaining({ tags: longTags(5) })],
    ['more than fit', 50, undefined],
  ])(
    'tells in the session token what is known of the identity, or nothing: with %s of the longest tags',
    async (_, count, claims) => {
      const result = await run(withTags(longTags(count)), { role: taggable })
      const sessionToken = result.ok ? result.value.sessionToken : ''
      const opened = await openSession(sessionToken, 'ASIAAAAQEAYEAUDAOCAJ', {
        sessionKey: SESSION_KEY,
        now: NOW_SECONDS,
      })
      expect(opened.ok && [opened.value.claims, opened.value.issuedAt]).toEqual([claims, NOW_SECONDS])
    },
  )

  it('notes in the session token that session policies narrow it', async () => {
    const result = await run({ narrowing: { kind: 'guest' } })
    const sessionToken = result.ok ? result.value.sessionToken : ''
    const opened = await openSession(sessionToken, 'ASIAAAAQEAYEAUDAOCAJ', {
      sessionKey: SESSION_KEY,
      now: NOW_SECONDS,
    })
    expect(opened.ok && opened.value.narrowed).toBe(true)
  })

  it.each([
    ['no ARN', 'Reader'],
    ['an ARN of a user', 'arn:aws:iam::123456789012:user/Reader'],
    ['an ARN with a region', 'arn:aws:iam:eu-west-1:123456789012:role/Reader'],
    ['an ARN of another service', 'arn:aws:sts::123456789012:role/Reader'],
    ['an ARN without account', 'arn:aws:iam:::role/Reader'],
    ['an ARN without name', 'arn:aws:iam::123456789012:role/apps/'],
    ['an ARN of another system', 'arn:minio:iam:::role/Reader'],
    ['a name that is too long', `arn:aws:iam::123456789012:role/${'r'.repeat(65)}`],
    ['an ARN that is too long', `arn:aws:iam::123456789012:role/${'p'.repeat(2048)}/Reader`],
    ['a space', 'arn:aws:iam::123456789012:role/Rea der'],
  ])('refuses a role ARN that is %s', async (_, roleArn) => {
    expect(await run({ roleArn })).toEqual({ ok: false, error: { reason: 'invalid_role_arn' } })
  })

  it.each([
    ['more than 50', tags(51), { why: 'too_many' }],
    ['a key with a forbidden character', { 'a<b': 'x' }, { why: 'key', tag: 'a<b' }],
    ['a value with a forbidden character', { team: 'a*b' }, { why: 'value', tag: 'team' }],
  ])('refuses %s', async (_, principalTags, what) => {
    const answer = { ok: false, error: { reason: 'invalid_tags', ...what } }
    expect(await run(withTags(principalTags), { role: taggable })).toEqual(answer)
  })

  it.each([
    ['50 of them', tags(50)],
    ['the longest key and value', { ['k'.repeat(128)]: 'v'.repeat(256) }],
    ['an empty value', { team: '' }],
    ['letters of any script', { 'équipe_.:/=+-@ 1': '開発 チーム' }],
  ])('accepts tags: %s', async (_, principalTags) => {
    expect(await run(withTags(principalTags), { role: taggable })).toMatchObject({ ok: true })
  })

  it('refuses tags that the role does not let in', async () => {
    const failed = ['statement 1: action']
    expect(await run(withTags({ team: 'red' }))).toEqual({ ok: false, error: { reason: 'tag_session_denied', failed } })
  })

  it('refuses whom the trust policy does not let in', async () => {
    expect(await run({ identity: guest })).toEqual(guestDenied)
  })

  it('judges a condition on the client’s address by the address it is given', async () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }
    const role = roleRecord({ trustPolicy: trustPolicy(statement({ Condition })) })
    const failed = ['statement 1: IpAddress aws:SourceIp']
    expect(await run({ clientAddress: '192.0.2.1' }, { role })).toMatchObject({ ok: true })
    for (const clientAddress of ['198.51.100.1', undefined])
      expect(await run({ clientAddress }, { role })).toEqual({ ok: false, error: { reason: 'trust_denied', failed } })
  })

  it.each([
    ['no JSON', '{', 'This policy contains invalid Json'],
    ['no policy', '{"Statement":[]}', 'Missing required field Statement'],
  ])('treats a stored trust policy that is %s as a refusal, and says so in the log', async (_, trustPolicy, detail) => {
    const world = testWorld()
    const result = await run({}, { role: roleRecord({ trustPolicy }), world })
    const failed = [`the trust policy cannot be read: ${detail}`]
    expect(result).toEqual({ ok: false, error: { reason: 'trust_denied', failed } })
    const fields = { role: ROLE_ARN, detail }
    expect(world.records).toEqual([{ event: 'trust_policy_malformed', fields }])
  })

  it('refuses a duration above the role’s maximum, but only after the trust policy', async () => {
    const role = roleRecord({ maxSessionDuration: 7200 })
    expect(await run({ durationSeconds: 7200 }, { role })).toMatchObject({ ok: true })
    const exceeded = { ok: false, error: { reason: 'duration_exceeds_role', maximum: 7200 } }
    expect(await run({ durationSeconds: 7201 }, { role })).toEqual(exceeded)
    expect(await run({ durationSeconds: 7201, identity: guest }, { role })).toEqual(guestDenied)
  })
})

describe('a role that nobody registered', () => {
  const roleArn = 'arn:aws:iam::123456789012:role/Nobody'

  it('is refused', async () => {
    const world = testWorld()
    const refused = { ok: false, error: { reason: 'role_not_found' } }
    expect(await run({ roleArn }, { role: undefined, world })).toEqual(refused)
    expect(world.records).toEqual([])
  })

  it('is assumed in local mode, under an id made from its ARN, with a notice', async () => {
    const world = testWorld()
    const { warn } = world.log
    const onlyWarnings = { ...testWorld().log, warn }
    const local = { role: undefined, acceptUnregistered: true, world: { ...world, log: onlyWarnings } }
    const result = await run({ roleArn }, local)
    expect(result).toMatchObject({
      ok: true,
      value: {
        assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/Nobody/CognitoIdentityCredentials',
        assumedRoleId: 'AROAVCVMCA573RPIENFTA:CognitoIdentityCredentials',
      },
    })
    const event = 'unregistered_role_assumed'
    expect(world.records).toEqual([{ event, fields: { role: roleArn } }])
  })

  it('has the longest duration of the API in local mode', async () => {
    const local = { role: undefined, acceptUnregistered: true }
    expect(await run({ roleArn, durationSeconds: 43_200 }, local)).toMatchObject({ ok: true })
    const exceeded = { ok: false, error: { reason: 'duration_exceeds_role', maximum: 43_200 } }
    expect(await run({ roleArn, durationSeconds: 43_201 }, local)).toEqual(exceeded)
  })

  it('does not stand in for a registered one in local mode', async () => {
    const result = await run({ identity: guest }, { acceptUnregistered: true })
    expect(result).toEqual(guestDenied)
  })
})
