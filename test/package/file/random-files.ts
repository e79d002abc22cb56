import fc from 'fast-check'

/**
 * Files by chance, as data: pools, roles and issuers of few names, so that one file often changes what another has made. All
 * are sound; what they name is there.
 */

const ISSUERS = ['acme', 'globex']
const ROLES = ['member', 'staff', 'guest']
const CLAIMS = ['groups', 'email']
const WORDS = ['a', 'admin', 'staff', 'x y']
const USER_POOLS = ['us-east-1_Aaaaaaaaa', 'us-east-1_Bbbbbbbbb']

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const word = fc.constantFrom(...WORDS)
const role = fc.constantFrom(...ROLES, 'arn:aws:iam::000000000000:role/elsewhere')
const tags = fc.dictionary(fc.constantFrom('team', 'cost', 'k/1'), word, { maxKeys: 2 })

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Deny'),
  Action: fc.constantFrom<string | string[]>('s3:GetObject', ['s3:GetObject', 's3:PutObject'], '*'),
  Resource: fc.constantFrom('*', 'arn:aws:s3:::photos/*'),
})
const policy = fc
  .array(statement, { minLength: 1, maxLength: 2 })
  .map((Statement) => ({ Version: '2012-10-17', Statement }))

const rule = fc
  .tuple(fc.constantFrom(...CLAIMS), fc.constantFrom('equals', 'contains', 'startsWith', 'notEquals'), word, role)
  .map(([claim, match, value, name]) => ({ claim, [match]: value, role: name }))
const otherwise = maybe(fc.constantFrom('deny', 'role'))
const mapping = fc.oneof(
  fc.record({ rules: fc.array(rule, { minLength: 1, maxLength: 3 }), otherwise }),
  fc.record({ fromToken: fc.constant('roles'), otherwise }),
)
const claims = fc.oneof(
  fc.constant('defaults' as const),
  fc.dictionary(fc.constantFrom('tenant', 'plan'), fc.constantFrom('org', 'tier'), { minKeys: 1 }),
)

/** A provider entry with the name by which mappings call it. */
const providers = fc
  .tuple(
    fc.subarray(ISSUERS),
    fc.subarray(USER_POOLS),
    maybe(fc.constantFrom('1.apps.example', '2.apps.example')),
    maybe(fc.constantFrom('key-1', 'key-2')),
    fc.boolean(),
    fc.array(fc.constantFrom('web', 'app', 'tv'), { minLength: 1, maxLength: 2 }),
  )
  .map(([issuers, userPools, google, twitter, check, clients]) => [
    ...issuers.map((oidc) => ({ name: oidc, entry: { oidc, clients: [...new Set(clients)] } })),
    ...userPools.map((userPool) => ({
      name: userPool,
      entry: { userPool, client: 'c1', serverSideTokenCheck: check },
    })),
    ...(google === undefined ? [] : [{ name: 'google', entry: { google } }]),
    ...(twitter === undefined ? [] : [{ name: 'twitter', entry: { twitter, secret: { env: 'X_SECRET' } } }]),
  ])

const pool = providers.chain((listed) => {
  const names = listed.map(({ name }) => name)
  const byProvider = <T>(value: fc.Arbitrary<T>) =>
    names.length === 0 ? fc.constant(undefined) : maybe(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 2 }))
  return fc.record({
    guests: maybe(
      fc.record({
        allowed: fc.boolean(),
        role: maybe(role),
        policy: maybe(fc.constantFrom('none', 'default')),
        new: maybe(fc.boolean()),
        perDay: maybe(fc.constantFrom(1, 1_000_000_000)),
        perAddressHour: maybe(fc.constantFrom(5, 10)),
        perNetworkHour: maybe(fc.constantFrom(50, 100)),
        proof: maybe(fc.constantFrom('work', 'turnstile', 'either')),
        work: maybe(fc.constantFrom(1, 16_384)),
        proofFailure: maybe(fc.constantFrom('refuse', 'allow')),
        ttlDays: maybe(fc.constantFrom(1, 90)),
      }),
    ),
    classicFlow: maybe(fc.boolean()),
    // Once a pool has a developer provider, it has it for ever.
    providers: fc.constant([...listed.map(({ entry }) => entry), { developer: 'login.app' }]),
    role: maybe(role),
    mappings: byProvider(mapping),
    tagsFromClaims: byProvider(claims),
    tokenAudiences: maybe(
      fc.dictionary(
        fc.constantFrom('https://api.example', 'vault'),
        fc.record({
          subject: maybe(fc.constantFrom('identity', 'role', 'pool-role')),
          claims: maybe(fc.subarray(['account', 'pool', 'role', 'amr', 'principal_tags'])),
          maxSeconds: maybe(fc.constantFrom(60, 3600)),
          guests: maybe(fc.boolean()),
        }),
        { maxKeys: 2 },
      ),
    ),
    sessionSeconds: maybe(fc.constantFrom(900, 3600, 43_200)),
    stsRegions: maybe(fc.constant(['us-east-1', 'eu-west-1'])),
    tags: maybe(tags),
  })
})

const registeredRole = fc.record({
  policy: maybe(policy),
  policies: maybe(fc.dictionary(fc.constantFrom('one', 'two'), policy, { maxKeys: 2 })),
  attach: maybe(fc.subarray(['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::aws:policy/PowerUserAccess'])),
  boundary: maybe(fc.constant('arn:aws:iam::aws:policy/ReadOnlyAccess')),
  description: maybe(fc.constantFrom('', 'a role', ' é <&> ')),
  maxSessionSeconds: maybe(fc.constantFrom(3600, 7200)),
  tags: maybe(tags),
  vends: maybe(
    fc.constantFrom('object-read-only', ['GetObject', 'PutObject']).map((access) => ({
      r2: { bucket: 'abc', access, prefix: 'x/@repository_id/' },
    })),
  ),
})

/** A trust policy of its own, for roles that no pool of the file gives out. */
const OWN_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' }],
}

/** Like `JSON.parse(JSON.stringify(…))`: without members that are `undefined`. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

export const identityFiles = fc
  .record({
    pools: fc.dictionary(fc.constantFrom('app', 'internal', 'third'), pool, { minKeys: 1, maxKeys: 2 }),
    roles: fc.tuple(...ROLES.map(() => registeredRole)),
    issuerTags: maybe(tags),
    issuerClients: maybe(fc.constant(['sts.amazonaws.com'])),
    outboundFederation: maybe(fc.boolean()),
  })
  .map(({ issuerClients, issuerTags, outboundFederation, pools, roles }) => {
    const used = JSON.stringify(pools)
    const named = ROLES.map((name, index) => {
      const trust = used.includes(`"role":"${name}"`) ? 'pool' : OWN_TRUST
      return [name, { trust, ...roles[index] }]
    })
    const issuers = ISSUERS.map((name) => [
      name,
      { url: `https://${name}.example`, tags: issuerTags, clients: issuerClients },
    ])
    return plain({
      version: 1,
      outboundFederation,
      pools,
      roles: Object.fromEntries(named),
      issuers: Object.fromEntries(issuers),
    })
  })
