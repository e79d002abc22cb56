import { describe, expect, it } from 'vitest'
import { FileProblems, readIdentityText } from '../../../package/file/index.ts'

/** The problems of a text, as the command line prints them, without the name of the file. */
function problemsOf(text: string): string[] {
  try {
    readIdentityText(text, { name: 'f' })
    return []
  } catch (error) {
    if (!(error instanceof FileProblems)) throw error
    return error.message.split('\n').map((line) => line.replace(/^f:/, ''))
  }
}

/** A file with one pool, whose settings are given in one line. */
const pool = (settings: string, rest = '') => `version: 1\npools:\n  app: ${settings}\n${rest}`

/** A file with one pool of one OIDC provider, called by its name. */
const acme = (settings: string) =>
  pool(
    `{ providers: [{ oidc: acme, clients: [web] }], ${settings} }`,
    'issuers: { acme: { url: https://login.acme.com } }',
  )

/** `¦` stands before the place that the message must name. */
describe('a file that is wrong in one place', () => {
  it.each([
    [
      'no YAML',
      'version: 1\npools: {¦',
      'error: Flow map in block collection must be sufficiently indented and end with a }. [yaml]',
    ],
    ['a tab', 'version: 1\npools:\n¦	app: {}', 'error: Tabs are not allowed as indentation. [yaml]'],
    ['a key twice', 'version: 1\n¦version: 1', 'error: Map keys must be unique. [yaml]'],
    ['an empty file', '¦', 'error: The file is empty, and must be a map. [shape]'],
    ['a list', '¦- version: 1', 'error: The file must be a map. [shape]'],
    ['no version', '¦pools: {}', 'error: The file lacks version. [missing]'],
    ['another version', 'version: ¦2', 'error: version must be 1. [shape]'],
    [
      'a key that is nearly one',
      'version: 1\n¦pool: {}',
      'error: The file has no pool. Did you mean pools? [unknown-key]',
    ],
    [
      'a key of another case',
      pool('{ ¦Guests: { allowed: true } }'),
      'error: app has no Guests. Did you mean guests? [unknown-key]',
    ],
    [
      'a key that is like no other',
      'version: 1\n¦stage: x',
      'error: The file has no stage. It may have version, region, account, outboundFederation, pools, roles, issuers. [unknown-key]',
    ],
    [
      'a name of a pool',
      'version: 1\npools:\n  ¦a b: {}',
      'error: "a b" must be a name of a pool: 1 to 128 letters, digits or any of +=,.@-_. [shape]',
    ],
    [
      'an account without quotes',
      'version: 1\naccount: ¦123456789012',
      'error: account must be twelve digits, in quotes: put it in quotes, or YAML takes it for a number. [shape]',
    ],
    ['an empty pool', 'version: 1\npools:\n  ¦app:\n', 'error: app is empty, and must be a map. [shape]'],
    ['a flag in words', pool('{ guests: { allowed: ¦yes } }'), 'error: allowed must be true or false. [shape]'],
    [
      'guests without a word',
      pool('{ guests: ¦{ role: x } }', 'roles: { x: { trust: pool } }'),
      'error: guests lacks allowed. [missing]',
    ],
    [
      'a number that is too large',
      pool('{ sessionSeconds: ¦50000 }'),
      'error: sessionSeconds must be a whole number from 900 to 43200. [shape]',
    ],
    [
      'a provider of no kind',
      pool('{ providers: [¦{ gogle: x }] }'),
      'error: Entry 1 of providers must have one of userPool, oidc, saml, google, apple, facebook, amazon, twitter, digits, developer. Did you mean google? [choice]',
    ],
    [
      'a provider of two kinds',
      pool('{ providers: [¦{ google: x, apple: y }] }'),
      'error: Entry 1 of providers must have one of userPool, oidc, saml, google, apple, facebook, amazon, twitter, digits, developer. [choice]',
    ],
    [
      'a secret in the file',
      pool('{ providers: [{ twitter: x, secret: ¦y }] }'),
      'error: secret must be a map. [shape]',
    ],
    [
      'a provider twice',
      pool('{ providers: [{ google: x }, ¦{ google: y }] }'),
      'error: The pool lists this provider already. [twice]',
    ],
    [
      'an issuer that is not there',
      pool('{ providers: [{ oidc: ¦acmee, clients: [web] }] }', 'issuers: { acme: { url: https://login.acme.com } }'),
      'error: There is no issuer acmee. Did you mean acme? [unknown-issuer]',
    ],
    [
      'an issuer without clients',
      pool('{ providers: [¦{ oidc: acme }], classicFlow: true }', 'issuers: { acme: { url: https://login.acme.com } }'),
      'error: acme lacks clients: without them no token counts. [missing]',
    ],
    [
      'an issuer of another kind',
      pool('{ providers: [{ saml: ¦acme }], classicFlow: true }', 'issuers: { acme: { url: https://login.acme.com } }'),
      'error: The issuer acme must be a SAML provider, with `metadata`. [unknown-issuer]',
    ],
    [
      'an issuer over http',
      'version: 1\nissuers: { a: { url: ¦http://login.acme.com } }',
      'error: http://login.acme.com must have https. Only a host of this machine may have http. [shape]',
    ],
    [
      'a role that is not there',
      pool('{ role: ¦membr }', 'roles: { member: { trust: { Version: x } } }'),
      'error: There is no role membr under `roles`. Did you mean member? [unknown-role]',
    ],
    [
      'a role of a rule',
      acme('mappings: { acme: { rules: [{ claim: a, equals: b, role: ¦c }] } }'),
      'error: There is no role c under `roles`. [unknown-role]',
    ],
    [
      'a rule without a match',
      acme('mappings: { acme: { rules: [¦{ claim: a, role: "arn:aws:iam::1:role/x" }] } }'),
      'error: A rule must have one of equals, contains, startsWith, notEquals. [rule]',
    ],
    [
      'a mapping of a provider that is not listed',
      acme('mappings: { ¦google: { fromToken: roles } }'),
      'error: The pool lists no provider google. It lists acme. [unknown-provider]',
    ],
    [
      'a scheme in the name of a provider',
      acme('tagsFromClaims: { ¦"https://login.acme.com": defaults }'),
      'error: https://login.acme.com: the name of a provider has no scheme. Write its name under `issuers`. [unknown-provider]',
    ],
    [
      'two names of one provider',
      acme('tagsFromClaims: { acme: defaults, ¦login.acme.com: defaults }'),
      'error: acme is the same provider. [twice]',
    ],
    [
      'a mapping of a user pool with two clients',
      pool(
        '{ providers: [{ userPool: eu-west-1_a, client: b }, { userPool: eu-west-1_a, client: c }], mappings: { ¦eu-west-1_a: { fromToken: roles } } }',
      ),
      'error: eu-west-1_a has several clients here: write eu-west-1_a:<client>. [unknown-provider]',
    ],
    [
      'a trust without pools',
      'version: 1\nroles: { a: { trust: ¦pool } }',
      'error: No pool gives out the role a, so nobody can be trusted. [trust-of-nobody]',
    ],
    [
      'a policy that is not there',
      'version: 1\nroles: { a: { trust: ¦./no-such-file.json } }',
      'error: There is no file ./no-such-file.json. [unreadable]',
    ],
    [
      'a grant without a user',
      'version: 1\nroles: { a: { r2: { bucket: abc, access: object-read-only, prefix: ¦all/ } } }',
      `error: The prefix is not usable: the path must contain \${sub}. [r2-prefix]`,
    ],
    [
      'a grant that a role cannot give out',
      'version: 1\nroles: { a: { trust: {}, vends: ¦{ r2: { bucket: abc, access: object-read-only, prefix: "@actor/" } } } }',
      'error: What the role vends is not usable: @actor is no variable: it must be one of @sub, @tag=<key>, @actor_id, @enterprise_id, @repository_id, @repository_owner_id, @namespace_id, @project_id, @user_id, @cluster_id, @organization_id, @pipeline_id, @project-id, @rpst_id. [vends]',
    ],
    [
      'what a role vends, twice',
      'version: 1\nroles: { a: { trust: {}, vends: { r2: { bucket: abc, access: object-read-only, prefix: x/ } }, tags: { ¦"edge-identity:vends": session } } }',
      'error: The role has this tag already: `vends`. [twice]',
    ],
    [
      'a tag with a place of its own',
      pool('{ tags: { ¦"edge-identity:session-seconds": "900" } }'),
      'error: edge-identity:session-seconds has a place of its own in the file: sessionSeconds. [tag]',
    ],
    [
      'a tag of a reserved name',
      pool('{ tags: { ¦"aws:x": y } }'),
      'error: Keys of tags may not begin with aws: (aws:x). [tag]',
    ],
    [
      'two pools of one name',
      'version: 1\npools:\n  a: { name: c }\n  ¦b: { name: c }',
      'error: The pool a has the same name. [twice]',
    ],
    [
      'an identity twice',
      pool('{ guests: { allowed: true }, identities: [{ id: ada }, { id: ¦ada }] }'),
      'error: There is an identity ada already. [twice]',
    ],
    [
      'a guest in a pool without guests',
      pool('{ identities: [¦{ id: ada }] }'),
      'error: ada has no logins, and the pool has no guests. [guest]',
    ],
    [
      'an identity of an unknown provider',
      pool('{ identities: [{ id: ada, logins: { ¦gogle: x } }], providers: [{ google: y }] }'),
      'error: The pool lists no provider gogle. Did you mean google? [unknown-provider]',
    ],
    [
      'too many aliases',
      `¦version: 1\npools: &a {}\nroles: [${'*a, '.repeat(101)}]`,
      'error: The file has too many aliases. [yaml]',
    ],
  ])('%s', (_, marked, problem) => {
    const text = marked.replace('¦', '')
    const before = marked.slice(0, marked.indexOf('¦')).split('\n')
    expect(problemsOf(text)).toEqual([`${before.length}:${(before.at(-1) ?? '').length + 1}: ${problem}`])
  })

  it('a policy that is no JSON', () => {
    const text = 'version: 1\nroles: { a: { trust: ./package.json, policy: ./README.md } }'
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^2:46: error: .\/README.md is not JSON: .*\. \[policy\]$/),
    ])
  })

  it('has every problem told, in order', () => {
    const text = 'version: 2\nregion: 7\npools:\n  app: { guest: 1, role: [] }\n'
    expect(problemsOf(text)).toEqual([
      '1:10: error: version must be 1. [shape]',
      '2:9: error: region must be a region, such as us-east-1: put it in quotes, or YAML takes it for a number. [shape]',
      '4:10: error: app has no guest. Did you mean guests? [unknown-key]',
      '4:26: error: role must be the name of a role under `roles`, or the ARN of a role. [shape]',
    ])
  })
})

describe('a file that is right', () => {
  it('is read with everything in it, aliases included', () => {
    const text = [
      'version: 1',
      'pools:',
      '  app: &app',
      '    guests: { allowed: true, role: guest }',
      '    providers: [{ userPool: us-east-1_AbC, client: 4k }, { developer: login.app }]',
      '  other: *app',
      'roles: { guest: { trust: pool, policy: { Version: "2012-10-17", Statement: [] } } }',
    ].join('\n')
    const settings = {
      guests: { allowed: true, role: 'guest' },
      providers: [{ userPool: 'us-east-1_AbC', client: '4k' }, { developer: 'login.app' }],
    }
    expect(readIdentityText(text).file).toEqual({
      version: 1,
      pools: { app: settings, other: settings },
      roles: { guest: { trust: 'pool', policy: { Version: '2012-10-17', Statement: [] } } },
    })
  })

  it('may call something as a property of every object is called', () => {
    expect(problemsOf('version: 1\nconstructor: {}')).toEqual([expect.stringContaining('has no constructor.')])
    expect(problemsOf(pool('{ role: toString }'))).toEqual([expect.stringContaining('no role toString under')])
    const { file } = readIdentityText('version: 1\npools: { __proto__: { role: "arn:aws:iam::1:role/x" } }')
    expect(Object.keys(file.pools ?? {})).toEqual(['__proto__'])
  })

  it('says of each part where it is', () => {
    const { placeOf } = readIdentityText('version: 1\npools:\n  app:\n    classicFlow: true\n')
    expect(placeOf(['pools', 'app', 'classicFlow'])).toEqual({ line: 4, column: 18 })
    expect(placeOf(['pools', 'app', 'classicFlow'], 'key')).toEqual({ line: 4, column: 5 })
    expect(placeOf(['pools', 'app', 'guests', 'allowed'])).toEqual({ line: 4, column: 5 })
  })
})
