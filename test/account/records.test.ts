import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { SamlProviderRecord } from '../../src/account/index.ts'
import { MAX_CLIENT_IDS, MAX_OIDC_PROVIDERS, MAX_ROLES, MAX_SAML_PROVIDERS } from '../../src/account/limits.ts'
import { dump, inside, newAccount, provider, type RemoteAccount, remote, role, START } from './support.ts'

describe('OpenID Connect providers', () => {
  it('are kept as they were given, in order of ARN', async () => {
    const account = newAccount()
    const [b, a] = [provider('b.example.com'), { ...provider('a.example.com/realm'), tags: [] }]
    expect(await remote(account).createOidcProvider(b, 'op 1')).toBe('created')
    expect(await remote(account).createOidcProvider(a, 'op 2')).toBe('created')
    await inside(account, () => {})
    await evictDurableObject(env.ACCOUNT.getByName(account))
    expect(await remote(account).oidcProviders()).toEqual([a, b])
  })

  it('are created once; the call that created one is recognised when it is repeated', async () => {
    const account = newAccount()
    const object = remote(account)
    await object.createOidcProvider(provider('a.example.com'), 'op')
    const before = await dump(account)
    expect(await object.createOidcProvider(provider('a.example.com', ['other']), 'another op')).toBe('exists')
    expect(await object.createOidcProvider(provider('a.example.com'), 'op')).toBe('created')
    expect(await dump(account)).toEqual(before)
  })

  it('are deleted, and one that is not there is passed over', async () => {
    const object = remote(newAccount())
    const [a, b] = [provider('a.example.com'), provider('b.example.com')]
    await object.createOidcProvider(a, 'op 1')
    await object.createOidcProvider(b, 'op 2')
    await object.deleteOidcProvider(a.arn)
    await object.deleteOidcProvider(a.arn)
    expect(await object.oidcProviders()).toEqual([b])
  })

  it('gain and lose client ids, each once', async () => {
    const object = remote(newAccount())
    const a = provider('a.example.com', ['one'])
    await object.createOidcProvider(a, 'op')
    const clientIds = async () => (await object.oidcProviders())[0]?.clientIds
    expect(await object.addClientId(a.arn, 'two')).toBe('done')
    expect(await object.addClientId(a.arn, 'two')).toBe('done')
    expect(await clientIds()).toEqual(['one', 'two'])
    expect(await object.removeClientId(a.arn, 'one')).toBe('done')
    expect(await object.removeClientId(a.arn, 'one')).toBe('done')
    expect(await clientIds()).toEqual(['two'])
    expect(await object.addClientId('arn:aws:iam::000000000000:oidc-provider/other', 'three')).toBe('none')
    expect(await object.removeClientId('arn:aws:iam::000000000000:oidc-provider/other', 'two')).toBe('none')
  })

  it('have at most 100 client ids', async () => {
    const object = remote(newAccount())
    const ids = Array.from({ length: MAX_CLIENT_IDS }, (_, n) => `client-${n}`)
    const a = provider('a.example.com', ids)
    await object.createOidcProvider(a, 'op')
    expect(await object.addClientId(a.arn, 'one too many')).toBe('limit')
    expect(await object.addClientId(a.arn, 'client-0')).toBe('done')
    expect(await object.oidcProviders()).toEqual([a])
    expect(MAX_CLIENT_IDS).toBe(100)
  })

  it('are at most 100 in an account', async () => {
    const account = newAccount()
    await inside(account, (object) => {
      for (let n = 0; n < MAX_OIDC_PROVIDERS; n++) object.createOidcProvider(provider(`${n}.example.com`), `op ${n}`)
    })
    const before = await dump(account)
    expect(await remote(account).createOidcProvider(provider('more.example.com'), 'op')).toBe('limit')
    expect(await remote(account).createOidcProvider(provider('0.example.com'), 'op 0'), 'repeated').toBe('created')
    expect(await dump(account)).toEqual(before)
    expect(MAX_OIDC_PROVIDERS).toBe(100)
  })
})

describe('SAML providers', () => {
  const saml = (name: string): SamlProviderRecord => ({
    arn: `arn:aws:iam::000000000000:saml-provider/${name}`,
    id: `ASPR${name}`,
    metadata: { entityId: 'https://idp.example.com', certificates: ['AAAA'], validUntil: START },
    tags: [['team', 'web']],
    createdAt: START,
  })

  it('are kept as they were given, with their documents, in order of ARN', async () => {
    const object = remote(newAccount())
    expect(await object.createSamlProvider(saml('b'), '<b/>', 'op 1')).toBe('created')
    expect(await object.createSamlProvider(saml('a'), '<a/>', 'op 2')).toBe('created')
    expect(await object.samlProviders()).toEqual([saml('a'), saml('b')])
    expect(await object.samlProvidersNamed([saml('b').arn, 'arn:other'])).toEqual([saml('b')])
    expect(await object.samlMetadataDocument(saml('b').arn)).toBe('<b/>')
    expect(await object.samlMetadataDocument('arn:other')).toBeUndefined()
  })

  it('are created once; a repeated call is recognised', async () => {
    const account = newAccount()
    const object = remote(account)
    await object.createSamlProvider(saml('a'), '<a/>', 'op')
    const before = await dump(account)
    expect(await object.createSamlProvider(saml('a'), '<other/>', 'another op')).toBe('exists')
    expect(await object.createSamlProvider(saml('a'), '<a/>', 'op')).toBe('created')
    expect(await dump(account)).toEqual(before)
  })

  it('get other metadata and other tags, and are deleted', async () => {
    const object = remote(newAccount())
    const { arn } = saml('a')
    await object.createSamlProvider(saml('a'), '<a/>', 'op')
    const metadata = { entityId: 'https://new.example.com', certificates: ['BBBB'] }
    expect(await object.replaceSamlMetadata(arn, metadata, '<new/>')).toBe('done')
    expect(
      await object.tagSamlProvider(
        arn,
        [
          ['team', 'app'],
          ['stage', 'test'],
        ],
        [],
      ),
    ).toBe('done')
    const tags = [
      ['team', 'app'],
      ['stage', 'test'],
    ]
    expect(await object.samlProviders()).toEqual([{ ...saml('a'), metadata, tags }])
    expect(await object.samlMetadataDocument(arn)).toBe('<new/>')
    expect(await object.deleteSamlProvider(arn)).toBe('done')
    expect(await object.samlProviders()).toEqual([])
    expect(await object.deleteSamlProvider(arn)).toBe('none')
    expect(await object.replaceSamlMetadata(arn, metadata, '<new/>')).toBe('none')
    expect(await object.tagSamlProvider(arn, [], ['team'])).toBe('none')
  })

  it('are at most 100 in an account', async () => {
    const account = newAccount()
    await inside(account, (object) => {
      for (let n = 0; n < MAX_SAML_PROVIDERS; n++) object.createSamlProvider(saml(`${n}`), '<a/>', `op ${n}`)
    })
    expect(await remote(account).createSamlProvider(saml('more'), '<a/>', 'op')).toBe('limit')
    expect(await remote(account).samlProviders()).toHaveLength(100)
  })
})

describe('tags', () => {
  type Tags = readonly (readonly [string, string])[]

  const many = Array.from({ length: 50 }, (_, n): [string, string] => [`key-${n}`, 'value'])
  const user = role('user')
  const oidc = provider('a.example.com')

  /** A record with the tag `team` = `web`, and how to change and read its tags. */
  const TAGGED = {
    role: async (object: RemoteAccount) => {
      await object.createRole({ ...user, tags: [['team', 'web']] }, 'op')
      return {
        tag: (added: Tags, removed: string[]) => object.tagRole('user', added, removed),
        tags: async () => (await object.role('user'))?.tags,
      }
    },
    'OpenID Connect provider': async (object: RemoteAccount) => {
      await object.createOidcProvider({ ...oidc, tags: [['team', 'web']] }, 'op')
      return {
        tag: (added: Tags, removed: string[]) => object.tagOidcProvider(oidc.arn, added, removed),
        tags: async () => (await object.oidcProviders())[0]?.tags,
      }
    },
  }

  it.each(Object.entries(TAGGED))(
    'of one %s are added, overwritten and taken off, and are at most 50',
    async (_, made) => {
      const { tag, tags } = await made(remote(newAccount()))
      expect(
        await tag(
          [
            ['team', 'app'],
            ['stage', 'test'],
          ],
          [],
        ),
      ).toBe('done')
      expect(await tags()).toEqual([
        ['team', 'app'],
        ['stage', 'test'],
      ])
      expect(await tag([], ['team', 'never there'])).toBe('done')
      expect(await tags()).toEqual([['stage', 'test']])
      expect(await tag(many, [])).toBe('limit')
      expect(await tags()).toEqual([['stage', 'test']])
      expect(await tag(many, ['stage'])).toBe('done')
      expect(await tags()).toEqual(many)
    },
  )

  it('of a record that is not there are not changed', async () => {
    const object = remote(newAccount())
    expect(await object.tagRole('user', many, [])).toBe('none')
    expect(await object.tagOidcProvider(oidc.arn, many, [])).toBe('none')
  })
})

describe('roles', () => {
  it('are kept as they were given, and found by their very name', async () => {
    const account = newAccount()
    const user = role('User', '/app/')
    expect(await remote(account).createRole(user, 'op')).toBe('created')
    await inside(account, () => {})
    await evictDurableObject(env.ACCOUNT.getByName(account))
    expect(await remote(account).role('User')).toEqual(user)
    expect(await remote(account).role('user')).toBeUndefined()
    expect(await remote(account).role('other')).toBeUndefined()
  })

  it('are created once, whatever the case of the name and the path; a repeated call is recognised', async () => {
    const account = newAccount()
    const object = remote(account)
    await object.createRole(role('User'), 'op')
    const before = await dump(account)
    expect(await object.createRole(role('uSER', '/other/'), 'another op')).toBe('exists')
    expect(await object.createRole(role('User'), 'op')).toBe('created')
    expect(await dump(account)).toEqual(before)
  })

  it('change in what is given, and keep the rest', async () => {
    const object = remote(newAccount())
    const user = role('User')
    await object.createRole(user, 'op')
    expect(await object.changeRole('User', { trustPolicy: '{}' })).toBe('done')
    expect(await object.changeRole('User', { description: 'new', maxSessionDuration: 7200 })).toBe('done')
    expect(await object.role('User')).toEqual({
      ...user,
      trustPolicy: '{}',
      description: 'new',
      maxSessionDuration: 7200,
    })
    expect(await object.changeRole('user', { trustPolicy: '' })).toBe('none')
    expect(await object.changeRole('other', { trustPolicy: '' })).toBe('none')
  })

  it('are deleted by their very name, and the name can be used again', async () => {
    const object = remote(newAccount())
    await object.createRole(role('User'), 'op')
    expect(await object.deleteRole('user')).toBe('none')
    expect(await object.deleteRole('User')).toBe('done')
    expect(await object.deleteRole('User')).toBe('none')
    expect(await object.createRole(role('USER'), 'another op')).toBe('created')
  })

  it('are listed in order of name without regard to case, page by page, under a path', async () => {
    const object = remote(newAccount())
    const [a, b, c, d] = [role('a', '/app/'), role('B', '/'), role('c', '/app/web/'), role('D', '/app/')]
    for (const one of [d, b, c, a]) await object.createRole(one, one.name)
    expect(await object.listRoles('/', '', 10)).toEqual({ roles: [a, b, c, d], more: false })
    expect(await object.listRoles('/', '', 2)).toEqual({ roles: [a, b], more: true })
    expect(await object.listRoles('/', 'B', 2)).toEqual({ roles: [c, d], more: false })
    expect(await object.listRoles('/app/', '', 2)).toEqual({ roles: [a, c], more: true })
    expect(await object.listRoles('/app/', 'c', 2)).toEqual({ roles: [d], more: false })
    expect(await object.listRoles('/none/', '', 2)).toEqual({ roles: [], more: false })
  })

  it('are at most 1000 in an account', async () => {
    const account = newAccount()
    await inside(account, (object) => {
      for (let n = 0; n < MAX_ROLES; n++) object.createRole(role(`role-${n}`), `op ${n}`)
    })
    expect(await remote(account).createRole(role('more'), 'op')).toBe('limit')
    expect(await remote(account).createRole(role('role-0'), 'op 0'), 'repeated').toBe('created')
    expect(await remote(account).role('more')).toBeUndefined()
    expect(MAX_ROLES).toBe(1000)
  })
})
