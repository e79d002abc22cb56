import { pool } from './pool.ts'
import type { provider } from './providers.ts'
import { role } from './role.ts'
import { choice, constant, either, flag, list, map, optional, record, required, text, type Value } from './shape.ts'
import { ISSUER_KEY, POOL_KEY, path, ROLE_KEY, TAG_KEY, tagValue } from './words.ts'

const tags = optional(map(tagValue, { keys: TAG_KEY }))

const metadata = either(
  [path, text({ pattern: '<[\\s\\S]{1,10000000}', says: 'the metadata themselves, as XML' })],
  'The metadata of a SAML identity provider: a path, or the XML itself.',
)

const issuer = choice(
  {
    url: record(
      {
        url: required(
          text({
            pattern: 'https?://[^\\s?#]{1,250}',
            says: 'a URL with https, without ? and #; http only for a host of this machine',
            about: 'The issuer, as its tokens name it.',
          }),
        ),
        clients: optional(
          list(text({ min: 1, max: 255 }), {
            min: 1,
            about:
              'Client ids besides those that pools list: audiences of tokens that are brought to the STS for a role.',
          }),
        ),
        tags,
      },
      'An OpenID Connect issuer.',
    ),
    metadata: record({ metadata: required(metadata), tags }, 'A SAML identity provider, by its metadata.'),
  },
  'Somebody who signs logins.',
)

/** The whole of identity.yaml. */
export const identityFile = record(
  {
    version: required(constant(1, 'The version of this format.')),
    region: optional(
      text({
        pattern: '[a-z0-9-]{1,18}',
        says: 'a region, such as us-east-1',
        about: 'The region of the pools (us-east-1).',
      }),
    ),
    account: optional(
      text({
        pattern: '[0-9]{12}',
        says: 'twelve digits, in quotes',
        about: 'The account. A plan for another one is refused.',
      }),
    ),
    outboundFederation: optional(
      flag(
        'Whether users of the account may have tokens for other relying parties. It stays as it is where nothing is said.',
      ),
    ),
    pools: optional(map(pool, { keys: POOL_KEY, about: 'Identity pools by name.' })),
    roles: optional(map(role, { keys: ROLE_KEY, about: 'Roles by name.' })),
    issuers: optional(
      map(issuer, { keys: ISSUER_KEY, about: 'Issuers of logins, by a name that pools call them by.' }),
    ),
  },
  'Identity pools, their roles and their issuers.',
)

export type IdentityFile = Value<typeof identityFile>
export type FilePool = Value<typeof pool>
export type FileRole = Value<typeof role>
export type FileProvider = Value<typeof provider>
export type FileIssuer = Value<typeof issuer>
export type FileMapping = NonNullable<FilePool['mappings']>[string]
export type FileClaims = NonNullable<FilePool['tagsFromClaims']>[string]
