import { MAX_SHARDS } from '../../../src/pools/limits.ts'
import { TOKEN_CLAIMS, TOKEN_SUBJECTS } from '../../../src/pools/token-audience.ts'
import { guests } from './guests.ts'
import { provider } from './providers.ts'
import { choice, constant, either, flag, integer, list, map, optional, record, required, text } from './shape.ts'
import { AUDIENCE_KEY, PROVIDER_KEY, roleReference, TAG_KEY, tagValue } from './words.ts'

const value = text({ min: 1, max: 128 })
const rule = record(
  {
    claim: required(text({ min: 1, max: 64, about: 'The claim of the token.' })),
    equals: optional(value),
    contains: optional(value),
    startsWith: optional(value),
    notEquals: optional(value),
    role: required(roleReference),
  },
  'The role of users whose claim is, contains, begins with or is not a value. The first rule that fits decides.',
)

const otherwise = optional(
  text({
    values: ['deny', 'role'],
    about: 'Whoever no rule fits: refused (the default), or given the role of the pool.',
  }),
)

const mapping = choice(
  {
    rules: record({ rules: required(list(rule, { min: 1 })), otherwise }),
    fromToken: record({
      fromToken: required(
        constant('roles', 'The token itself names the role, in cognito:roles and cognito:preferred_role.'),
      ),
      otherwise,
    }),
  },
  'How the users of a provider get their role.',
)

const claims = either(
  [
    constant('defaults', 'The tags username and client, from the claims sub and aud.'),
    map(text({ min: 1, max: 256 }), { keys: TAG_KEY, min: 1, about: 'The claim for each tag.' }),
  ],
  'Which claims of the provider become tags of sessions.',
)

const audience = record(
  {
    subject: optional(
      text({
        values: TOKEN_SUBJECTS,
        about: 'Whom tokens name: the identity (the default), its role, or pool and role.',
      }),
    ),
    claims: optional(
      list(text({ values: TOKEN_CLAIMS }), { about: 'What tokens tell besides. All, where nothing is said.' }),
    ),
    maxSeconds: optional(integer({ min: 60, max: 3600, about: 'The longest that a token lives, in seconds (3600).' })),
    guests: optional(flag('Whether guests have such tokens (false).')),
  },
  'A relying party that knows users by tokens of the issuer.',
)

const identity = record(
  {
    id: required(
      text({
        pattern: '[\\w.@-]{1,64}',
        says: 'a name of 1 to 64 letters, digits or any of ._@-',
        about: 'A name. The identity has the same id each time.',
      }),
    ),
    logins: optional(
      map(text({ min: 1, max: 255 }), {
        keys: PROVIDER_KEY,
        min: 1,
        about: 'The user at each provider: the claim sub.',
      }),
    ),
  },
  'An identity for tests. Local mode alone makes it.',
)

const place = text({ pattern: '[a-z-]{2,10}', says: 'a place of Cloudflare, such as weur' })

export const pool = record(
  {
    id: optional(
      text({
        pattern: '[a-z0-9-]{1,18}:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
        says: 'the id of a pool',
        about: 'The id of a pool that exists. Without it the pool is found by its name, or made.',
      }),
    ),
    name: optional(
      text({ pattern: '[\\w\\s+=,.@-]{1,128}', says: 'the name of a pool', about: 'Where it is not the key.' }),
    ),
    guests: optional(guests),
    classicFlow: optional(flag('Whether apps may choose their role themselves, through STS (false).')),
    providers: optional(list(provider)),
    role: optional(roleReference),
    mappings: optional(map(mapping, { keys: PROVIDER_KEY })),
    tagsFromClaims: optional(map(claims, { keys: PROVIDER_KEY })),
    tokenAudiences: optional(
      map(audience, { keys: AUDIENCE_KEY, about: 'Relying parties by audience, for which users have tokens.' }),
    ),
    sessionSeconds: optional(integer({ min: 900, max: 43_200, about: 'How long credentials last (3600).' })),
    stsRegions: optional(
      list(text({ pattern: '[a-z0-9-]{1,18}', says: 'a region of AWS' }), {
        min: 1,
        about: 'Where AWS STS may be asked.',
      }),
    ),
    shards: optional(
      integer({ min: 1, max: MAX_SHARDS, about: 'Over how many objects the pool is spread. It may grow later.' }),
    ),
    places: optional(list(place, { min: 1, about: 'Where these objects are. Fixed when it is made.' })),
    tags: optional(map(tagValue, { keys: TAG_KEY, about: 'Tags that say something about the pool.' })),
    identities: optional(list(identity, { about: 'Identities for tests. Local mode alone makes them.' })),
  },
  'An identity pool.',
)
