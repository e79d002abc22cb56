import { describe, expect, it } from 'vitest'
import type { WebIdentity } from '../../src/credentials/index.ts'
import { checkTrust } from '../../src/credentials/trust.ts'
import { parsePolicy } from '../../src/policy/index.ts'
import { ALIAS, guest, ISSUER, member, NOW, POOL_ID, statement, trustPolicy } from './support.ts'

const OURS = 'id.example.com/edge'
const PROVIDER = `arn:aws:iam::123456789012:oidc-provider/${OURS}`
const TAG_ACTIONS = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']
const tagged: WebIdentity = { ...member, principalTags: { Team: 'red', site: 'north' } }

const amr = (operator: string, value: string) => ({ Condition: { [operator]: { [`${ALIAS}:amr`]: value } } })
const when = (Condition: Record<string, Record<string, string | string[]>>) => ({ Condition })

function ask(identity: WebIdentity, ...statements: Parameters<typeof trustPolicy>) {
  const policy = parsePolicy(trustPolicy(...statements), 'trust')
  if (!policy.ok) throw new Error(policy.error.detail)
  const role = { partition: 'aws', account: '123456789012', name: 'Reader' }
  return checkTrust(policy.value, { identity, role, sessionName: 'session-1', issuer: ISSUER, now: NOW })
}

const allowed = { ok: true, value: undefined }
const denied = { ok: false, error: { reason: 'trust_denied' } }
const tagsDenied = { ok: false, error: { reason: 'tag_session_denied' } }

describe('a trust policy', () => {
  it.each([
    ['for users lets a user in', member, statement(), allowed],
    ['for users keeps a guest out', guest, statement(), denied],
    ['for guests lets a guest in', guest, statement(amr('ForAnyValue:StringLike', 'unauthenticated')), allowed],
    ['for guests keeps a user out', member, statement(amr('ForAnyValue:StringLike', 'unauthenticated')), denied],
    ['for one provider lets its user in', member, statement(amr('ForAnyValue:StringLike', 'accounts.*')), allowed],
    [
      'for one provider keeps others out',
      member,
      statement(amr('ForAnyValue:StringLike', 'graph.facebook.com')),
      denied,
    ],
    ['for one pool keeps another out', { ...member, audience: POOL_ID.replace('9f', '8f') }, statement(), denied],
    ['that names our provider lets a user in', member, statement({ Principal: { Federated: PROVIDER } }), allowed],
    [
      'that names our provider in another account keeps everybody out',
      member,
      statement({ Principal: { Federated: PROVIDER.replace('123456789012', '999999999999') } }),
      denied,
    ],
    [
      'that names another provider keeps everybody out',
      member,
      statement({ Principal: { Federated: `${PROVIDER}-not` } }),
      denied,
    ],
    ['for an AWS principal keeps everybody out', member, statement({ Principal: { AWS: PROVIDER } }), denied],
    [
      'may use our issuer as prefix of its keys',
      member,
      statement(
        when({
          StringEquals: { [`${OURS}:aud`]: POOL_ID, [`${OURS}:oaud`]: POOL_ID, [`${OURS}:sub`]: member.subject },
          'ForAnyValue:StringLike': { [`${OURS}:amr`]: 'authenticated' },
        }),
      ),
      allowed,
    ],
    ['may ask for one subject', member, statement(when({ StringEquals: { [`${ALIAS}:sub`]: 'somebody' } })), denied],
    [
      'may ask for a session name',
      member,
      statement(when({ StringEquals: { 'sts:RoleSessionName': 'session-1' } })),
      allowed,
    ],
    [
      'may begin later',
      member,
      statement(when({ DateGreaterThan: { 'aws:CurrentTime': '2031-01-01T00:00:00Z' } })),
      denied,
    ],
    [
      'may have begun',
      member,
      statement(when({ DateGreaterThan: { 'aws:CurrentTime': '2029-01-01T00:00:00Z' } })),
      allowed,
    ],
    ['for another action keeps everybody out', member, statement({ Action: 'sts:AssumeRole' }), denied],
    ['without TagSession keeps tags out', tagged, statement(), tagsDenied],
    ['with TagSession lets tags in', tagged, statement({ Action: TAG_ACTIONS }), allowed],
    ['with only TagSession keeps everybody out', tagged, statement({ Action: 'sts:TagSession' }), denied],
    ['without TagSession lets an untagged user in', { ...member, principalTags: {} }, statement(), allowed],
    [
      'may ask for the absence of tags',
      member,
      statement(when({ Null: { 'aws:TagKeys': 'true', 'aws:RequestTag/team': 'true' } })),
      allowed,
    ],
    [
      'may ask for a tag, whatever the case of its key',
      tagged,
      statement({ Action: TAG_ACTIONS, ...when({ StringEquals: { 'aws:RequestTag/team': 'red' } }) }),
      allowed,
    ],
    [
      'may limit tag keys',
      tagged,
      statement({ Action: TAG_ACTIONS, ...when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] } }) }),
      denied,
    ],
  ])('%s', (_, identity, rule, answer) => {
    expect(ask(identity, rule)).toEqual(answer)
  })

  it('keeps a user out by an explicit Deny, whatever else it allows', () => {
    expect(ask(member, statement(), statement({ Effect: 'Deny' }))).toEqual(denied)
  })

  it('keeps tags out by an explicit Deny of TagSession alone', () => {
    const deny = statement({ Effect: 'Deny', Action: 'sts:TagSession', Condition: {} })
    expect(ask(tagged, statement({ Action: TAG_ACTIONS }), deny)).toEqual(tagsDenied)
    expect(ask(member, statement({ Action: TAG_ACTIONS }), deny)).toEqual(allowed)
  })
})
