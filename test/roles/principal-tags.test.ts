import { describe, expect, it } from 'vitest'
import { type TagMap, tagsOf } from '../../src/roles/index.ts'

const DEFAULTS: TagMap = { useDefaults: true, tags: new Map() }
const map = (tags: Record<string, string>): TagMap => ({ useDefaults: false, tags: new Map(Object.entries(tags)) })
const login = (claims: Record<string, unknown>, attributes = DEFAULTS) => ({ claims, map: attributes, saml: false })
const tags = (given: Record<string, string>) => ({ kind: 'tags', tags: given })

describe('The default attributes', () => {
  it('are the client and the user name, from the audience and the subject', () => {
    const claims = { aud: 'app', sub: 'ann', email: 'ann@example.com' }
    expect(tagsOf([login(claims)])).toEqual(tags({ client: 'app', username: 'ann' }))
  })

  it('of a SAML login come from the attributes that name the user', () => {
    const claims = {
      aud: 'https://signin.aws.amazon.com/saml',
      sub: 'ann',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier': 'ann@example.com',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name': 'Ann',
    }
    expect(tagsOf([{ ...login(claims), saml: true }])).toEqual(tags({ client: 'ann@example.com', username: 'Ann' }))
    expect(tagsOf([{ ...login({ aud: 'x', sub: 'ann' }), saml: true }])).toEqual(tags({}))
  })

  it('stand in for a map of the pool, not beside it', () => {
    const attributes = { useDefaults: true, tags: new Map([['mail', 'email']]) }
    const claims = { aud: 'app', sub: 'ann', email: 'ann@example.com' }
    expect(tagsOf([login(claims, attributes)])).toEqual(tags({ client: 'app', username: 'ann' }))
  })
})

describe('A map of attributes', () => {
  it('gives each tag the value of its claim, and no other claim', () => {
    const attributes = map({ tenant: 'custom:tenant', 'cost center': 'https://claims.example.com/cc' })
    const claims = { 'custom:tenant': 'blue', 'https://claims.example.com/cc': '42', aud: 'app', sub: 'ann' }
    expect(tagsOf([login(claims, attributes)])).toEqual(tags({ tenant: 'blue', 'cost center': '42' }))
  })

  it('may give one claim to several tags', () => {
    const attributes = map({ user: 'sub', owner: 'sub' })
    expect(tagsOf([login({ sub: 'ann' }, attributes)])).toEqual(tags({ user: 'ann', owner: 'ann' }))
  })

  it('that is empty gives none', () => {
    expect(tagsOf([login({ aud: 'app', sub: 'ann' }, map({}))])).toEqual(tags({}))
  })

  it.each([
    ['a text', 'blue', 'blue'],
    ['an empty text', '', ''],
    ['a number', 42, '42'],
    ['a boolean', false, 'false'],
    ['a list', ['a', 'b'], 'a,b'],
    ['a list of one', ['a'], 'a'],
    ['a list of numbers', [1, 2], '1,2'],
  ])('writes %s as a text', (_what, claim, value) => {
    expect(tagsOf([login({ claim }, map({ tag: 'claim' }))])).toEqual(tags({ tag: value }))
  })

  it.each([
    ['is absent', {}],
    ['is null', { claim: null }],
    ['is an object', { claim: { a: 'b' } }],
    ['is an empty list', { claim: [] }],
    ['is a list of objects', { claim: [{}, null] }],
  ])('leaves a tag out whose claim %s', (_what, claims) => {
    expect(tagsOf([login({ ...claims, sub: 'ann' }, map({ tag: 'claim', user: 'sub' }))])).toEqual(
      tags({ user: 'ann' }),
    )
  })

  it.each(['constructor', '__proto__', 'toString'])('sees no %s that the token does not have', (claim) => {
    expect(tagsOf([login({ sub: 'ann' }, map({ tag: claim }))])).toEqual(tags({}))
    expect(tagsOf([login(JSON.parse(`{"${claim}":"mine"}`), map({ tag: claim }))])).toEqual(tags({ tag: 'mine' }))
  })

  it('may name its tags as JavaScript names things', () => {
    const attributes = { useDefaults: false, tags: new Map([['__proto__', 'sub']]) }
    const found = tagsOf([login({ sub: 'ann' }, attributes)])
    expect(JSON.stringify(found)).toBe('{"kind":"tags","tags":{"__proto__":"ann"}}')
  })
})

describe('Of several logins', () => {
  it('each gives the tags of its own map, from its own claims', () => {
    const one = login({ group: 'staff', sub: 'ann' }, map({ group: 'group' }))
    const two = login({ group: 'guests', sub: '1001' }, map({ user: 'sub' }))
    expect(tagsOf([one, two])).toEqual(tags({ group: 'staff', user: '1001' }))
  })

  it('the first that gives a tag decides it', () => {
    const one = login({ sub: 'ann' })
    const two = login({ aud: 'app', sub: '1001' })
    expect(tagsOf([one, two])).toEqual(tags({ client: 'app', username: 'ann' }))
    expect(tagsOf([two, one])).toEqual(tags({ client: 'app', username: '1001' }))
  })

  it('none gives any tag without logins', () => {
    expect(tagsOf([])).toEqual(tags({}))
  })
})

describe('The attributes of one user', () => {
  const TOO_LARGE = { kind: 'denied', why: 'tags_too_large' }
  const sized = (text: string) => tagsOf([login({ claim: text }, map({ tag: 'claim' }))])

  it('may have 460 bytes, keys included, and no more', () => {
    expect(sized('x'.repeat(457))).toEqual(tags({ tag: 'x'.repeat(457) }))
    expect(sized('x'.repeat(458))).toEqual(TOO_LARGE)
  })

  it('are measured in bytes of UTF-8', () => {
    expect(sized('é'.repeat(228))).toEqual(tags({ tag: 'é'.repeat(228) }))
    expect(sized('é'.repeat(229))).toEqual(TOO_LARGE)
  })

  it('are measured together, whichever login they come from', () => {
    const one = login({ a: 'x'.repeat(230) }, map({ a: 'a' }))
    const two = (length: number) => login({ b: 'x'.repeat(length) }, map({ b: 'b' }))
    expect(tagsOf([one, two(228)])).toMatchObject({ kind: 'tags' })
    expect(tagsOf([one, two(229)])).toEqual(TOO_LARGE)
  })
})
