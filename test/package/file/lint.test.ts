import { describe, expect, it } from 'vitest'
import { lint, readIdentityText } from '../../../package/file/index.ts'

const ASSUME = 'sts:AssumeRoleWithWebIdentity'
const POOL = 'us-east-1:9f3c2a71-5b0e-4d1e-b2c4-6a0f5e7d9c10'
const ELSEWHERE = '"arn:aws:iam::000000000000:role/elsewhere"'

/** A trust policy of one statement, as YAML has it in one line. */
const trust = (conditions: object, more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: ASSUME,
        Condition: conditions,
        ...more,
      },
    ],
  })
const aud = (id: unknown = POOL) => ({ StringEquals: { 'cognito-identity.amazonaws.com:aud': id } })
const amr = (kind: string) => ({ 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': kind } })

/** A file with one pool of one issuer, its settings and its roles given in one line each. */
const file = (settings: string, roles = '{}') =>
  `version: 1
pools:
  app: { id: "${POOL}", providers: [{ oidc: acme, clients: [web] }], ${settings} }
roles: ${roles}
issuers: { acme: { url: https://login.acme.com } }
`

const GITHUB = 'token.actions.githubusercontent.com'
const MAIN = 'repo:octo-org/octo-repo:ref:refs/heads/main'
/** A role for workflows. `conditions`: with claims of GitHub as keys. */
const workflowRole = (conditions: Record<string, Record<string, string>>, mark = '¦') => {
  const named = Object.entries(conditions).map(([operator, keys]) => [
    operator,
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${GITHUB}:${key}`, value])),
  ])
  const Principal = { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` }
  return file(`role: ${ELSEWHERE}`, `{ ci: { trust: ${mark}${trust(Object.fromEntries(named), { Principal })} } }`)
}
const OPEN = `error: Everybody gets tokens of ${GITHUB}: limit ${GITHUB}:sub, with no wildcard before the name of the owner. [trusts-everybody]`

const guestRole = (policy: string) =>
  file(`guests: { allowed: true, role: guest }, role: ${ELSEWHERE}`, `{ guest: { trust: ¦${policy} } }`)
const userRole = (policy: string, settings = '') => file(`role: member${settings}`, `{ member: { trust: ¦${policy} } }`)
const mapping = (text: string, more = `role: ${ELSEWHERE}`) => file(`mappings: ${text}, ${more}`)
const rules = (first: string, second: string) =>
  mapping(
    `{ acme: { rules: [{ ${first}, role: ${ELSEWHERE} }, ¦{ ${second}, role: ${ELSEWHERE} }], otherwise: deny } }`,
  )

/** `¦` stands before the place that the finding must name. */
describe('the linter finds', () => {
  it.each([
    [
      'a guest role without amr',
      guestRole(trust(aud())),
      'warning: Guests get this role, and its trust policy has no condition on amr: users get it as well, and whoever reads it cannot tell whom it is for. [guest-role-without-amr]',
    ],
    ['a trust in workflows of everybody', workflowRole({ StringEquals: { aud: 'sts.amazonaws.com' } }), OPEN],
    [
      'a trust in workflows of any owner',
      workflowRole({ StringEquals: { aud: 'sts.amazonaws.com' }, StringLike: { sub: 'repo:*/octo-repo:*' } }),
      OPEN,
    ],
    [
      'a trust in every token of an issuer',
      workflowRole({ StringEquals: { aud: 'runner' } }).replaceAll(GITHUB, 'ci.example.com'),
      'warning: No condition on ci.example.com:sub: every token of ci.example.com for the audience gets the role. [trust-without-sub]',
    ],
    [
      'a trust in subjects with a wildcard in front',
      workflowRole({ StringEquals: { aud: 'runner' }, StringLike: { sub: '*:main' } }).replaceAll(
        GITHUB,
        'ci.example.com',
      ),
      'warning: ci.example.com:sub is *:main: the first wildcard comes before the owner is named, so that others fit as well. [open-subject]',
    ],
    [
      'a trust in workflows with a wildcard that is none',
      workflowRole({ StringEquals: { aud: 'sts.amazonaws.com', sub: 'repo:octo-org/*' } }),
      'warning: StringEquals takes the wildcard in repo:octo-org/* for a character: use StringLike. [literal-wildcard]',
    ],
    [
      'a trust in workflows for any audience',
      workflowRole({ StringEquals: { sub: MAIN } }),
      `warning: No condition on ${GITHUB}:aud: tokens for every client of the provider get the role. [trust-without-audience]`,
    ],
    [
      'a trust in workflows that is met without a claim',
      workflowRole({
        StringEquals: { aud: 'sts.amazonaws.com', sub: MAIN },
        'ForAllValues:StringEquals': { actor: 'x' },
      }),
      `warning: ForAllValues:StringEquals is met when ${GITHUB}:actor is not there, and so by a misspelt claim. [met-when-absent]`,
    ],
    [
      'a trust in workflows that asks what no token says',
      workflowRole({ StringEquals: { aud: 'sts.amazonaws.com', sub: MAIN }, StringNotEquals: { owner: 'x' } }),
      `error: Statement 1 asks about the condition key '${GITHUB}:owner', which is not known here, and is met without it. [unknown-claim]`,
    ],
    [
      'a trust without aud',
      userRole(trust(amr('authenticated'))),
      'error: The trust policy has no condition on aud: identities of every pool, of any account, could have the role. [trust-without-aud]',
    ],
    [
      'an audience with a wildcard',
      userRole(trust({ StringLike: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:*' }, ...amr('authenticated') })),
      'error: The condition on aud is us-east-1:*: name each pool by its id. [wildcard-audience]',
    ],
    [
      'a trust for the other kind of identity',
      userRole(trust({ ...aud(), ...amr('unauthenticated') })),
      'warning: STS refuses users of app: no statement has amr authenticated. [sts-would-refuse]',
    ],
    [
      'a trust for another pool',
      userRole(trust({ ...aud('us-east-1:00000000-0000-4000-8000-000000000000'), ...amr('authenticated') })),
      `warning: STS refuses users of app: no statement has aud ${POOL}. [sts-would-refuse]`,
    ],
    [
      'a trust for no pool at all',
      userRole(trust({}, { Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' })),
      `warning: STS refuses users of app: no statement allows ${ASSUME} to identity pools. [sts-would-refuse]`,
    ],
    [
      'a trust that lets nobody tag',
      userRole(trust({ ...aud(), ...amr('authenticated') }), ', tagsFromClaims: { acme: { tenant: org } }'),
      'warning: STS refuses users of app: their sessions have tags, and no statement allows sts:TagSession. [sts-would-refuse]',
    ],
    [
      'a scheme in a condition key',
      userRole(trust({ ...aud(), ...amr('authenticated'), StringLike: { 'https://login.acme.com:sub': 'a' } })),
      'error: https://login.acme.com: policies name an issuer without https://. [scheme]',
    ],
    [
      'a scheme in the ARN of a provider',
      file(`role: ${ELSEWHERE}`)
        .replace(
          'oidc: acme, clients: [web]',
          'oidc: ¦"arn:aws:iam::000000000000:oidc-provider/https://login.acme.com"',
        )
        .replace(/issuers.*\n/, ''),
      'warning: The ARN of a provider has its issuer without https://. [scheme]',
    ],
    [
      'a mapping without a default',
      mapping('{ ¦acme: { fromToken: roles } }'),
      'warning: It is not said what happens otherwise: users are refused. [mapping-without-default]',
    ],
    [
      'a mapping whose default is no role',
      mapping('{ acme: { fromToken: roles, otherwise: ¦role } }', 'classicFlow: false'),
      'warning: The pool has no role that users could get otherwise. [mapping-without-role]',
    ],
    [
      'a session that is longer than the role',
      file('role: member, sessionSeconds: ¦7200', '{ member: { trust: pool } }'),
      'warning: Sessions last 7200 s, and those of the role member at most 3600 s: STS refuses. [session-longer-than-role]',
    ],
    [
      'tags that are too large',
      file(
        `role: ${ELSEWHERE}, tagsFromClaims: { ¦acme: { ${Array.from({ length: 12 }, (_, n) => `tag${n}: claim`).join(', ')} } }`,
      ),
      'warning: Tags of a user may have 460 bytes together: these 12 have 482 with values of 36 bytes. Whose tags are larger gets no credentials. [tags-too-large]',
    ],
    [
      'a rule behind the same rule',
      rules('claim: a, equals: b', 'claim: a, equals: b'),
      'warning: Rule 2 never decides: rule 1 fits whenever it does. [rule-never-matches]',
    ],
    [
      'a rule behind a wider one',
      rules('claim: a, startsWith: ad', 'claim: a, equals: admin'),
      'warning: Rule 2 never decides: rule 1 fits whenever it does. [rule-never-matches]',
    ],
    [
      'a rule behind one for a part',
      rules('claim: a, contains: dmi', 'claim: a, startsWith: admin-'),
      'warning: Rule 2 never decides: rule 1 fits whenever it does. [rule-never-matches]',
    ],
    [
      'guests without a role',
      file(`guests: ¦{ allowed: true }, role: ${ELSEWHERE}`),
      'warning: Guests are allowed and have no role: they get no credentials. [guests-without-role]',
    ],
    [
      'users without a role',
      file('classicFlow: false').replace('  app:', '  ¦app:'),
      'warning: Users have no role: they get no credentials. [users-without-role]',
    ],
    [
      'a role of nobody',
      file(`role: ${ELSEWHERE}`, `{ ¦spare: { r2: { bucket: abc, access: object-read-only, prefix: "u/\${sub}/" } } }`),
      'warning: No pool gives out the role spare. [unused]',
    ],
    [
      'an issuer of nobody',
      file(`role: ${ELSEWHERE}`).replace('issuers: { ', 'issuers: { ¦old: { url: https://old.example }, '),
      'warning: No pool lists the issuer old. [unused]',
    ],
    [
      'a policy that IAM refuses',
      file(
        'role: member',
        '{ member: { trust: pool, policy: ¦{ Version: "2012-10-17", Statement: [{ Effect: Allow, Action: S3GetObject, Resource: "*" }] } } }',
      ),
      'error: IAM refuses this policy: Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc. [policy]',
    ],
    [
      'a policy for tokens without audiences',
      file('role: member', `{ member: { trust: pool, policy: ¦${tokens('{}')} } }`),
      'warning: Nobody has a token by this policy: it needs a condition on sts:IdentityTokenAudience that names audiences. [token-without-audience]',
    ],
    [
      'a policy for tokens for everybody',
      file(
        'role: member',
        `{ member: { trust: pool, policy: ¦${tokens('{ StringLike: { "sts:IdentityTokenAudience": "*" } }')} } }`,
      ),
      'warning: Users have tokens for every relying party there is: name the audiences. [token-for-everybody]',
    ],
    [
      'audiences of tokens that the account does not give',
      file(`role: ${ELSEWHERE}, ¦tokenAudiences: { vault: {} }`).replace('pools:', 'outboundFederation: false\npools:'),
      'warning: Nobody gets these tokens: outboundFederation is false. [federation-off]',
    ],
    [
      'a trust that IAM refuses',
      userRole('{ Version: "2012-10-17", Statement: [{ Effect: Maybe }] }'),
      'error: IAM refuses this policy: Effect must be Allow or Deny. [policy]',
    ],
  ])('%s', (_, marked, finding) => {
    const before = marked.slice(0, marked.indexOf('¦')).split('\n')
    expect(found(marked.replace('¦', ''))).toEqual([`${before.length}:${(before.at(-1) ?? '').length + 1}: ${finding}`])
  })
})

describe('the linter finds nothing in', () => {
  it.each([
    [
      'what trust: pool writes',
      file(
        'guests: { allowed: true, role: guest }, role: member, tagsFromClaims: { acme: defaults }',
        '{ guest: { trust: pool }, member: { trust: pool } }',
      ),
    ],
    [
      'a trust of its own that is as good',
      userRole(trust({ ...aud([POOL, 'us-east-1:00000000-0000-4000-8000-000000000000']), ...amr('authenticated') })),
    ],
    [
      'a policy for tokens that names audiences',
      file(
        'role: member',
        `{ member: { trust: pool, policy: ${tokens('{ StringLike: { "sts:IdentityTokenAudience": "https://*" } }')} } }`,
      ),
    ],
    [
      'a trust in the workflows of one branch, by an issuer that no pool lists',
      workflowRole({ StringEquals: { aud: 'sts.amazonaws.com', sub: MAIN } }).replace(
        'issuers: { ',
        `issuers: { github: { url: "https://${GITHUB}", clients: [sts.amazonaws.com] }, `,
      ),
    ],
    [
      'a pool without audiences, in an account that gives no tokens',
      file(`role: ${ELSEWHERE}, tokenAudiences: {}`).replace('pools:', 'outboundFederation: false\npools:'),
    ],
    ['a rule that is narrower than the next', rules('claim: a, equals: admin', 'claim: a, startsWith: ad')],
    ['rules about different claims', rules('claim: a, contains: d', 'claim: b, equals: admin')],
    ['a rule for others than the one before', rules('claim: a, notEquals: b', 'claim: a, equals: c')],
    [
      'a session as long as the role',
      file('role: member, sessionSeconds: 7200', '{ member: { trust: pool, maxSessionSeconds: 7200 } }'),
    ],
  ])('%s', (_, text) => {
    expect(found(text.replace('¦', ''))).toEqual([])
  })
})

function found(text: string): string[] {
  return lint(readIdentityText(text)).map(
    ({ column, line, message, rule, severity }) => `${line}:${column}: ${severity}: ${message} [${rule}]`,
  )
}

function tokens(condition: string): string {
  const statement = `{ Effect: Allow, Action: sts:GetWebIdentityToken, Resource: "*", Condition: ${condition} }`
  return `{ Version: "2012-10-17", Statement: [${statement}] }`
}
