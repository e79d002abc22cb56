import { describe, expect, it } from 'vitest'
import { Fault, identifyCall } from '../../src/protocol/index.ts'

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const TARGET = { 'x-amz-target': 'AWSCognitoIdentityService.GetId' }
const ROLES = 'Action=ListRoles&Version=2010-05-08'

function told(headers: Record<string, string>, body = '', path = '/') {
  return identifyCall(new Headers(headers), new URL(path, 'http://localhost'), new TextEncoder().encode(body))
}

describe('a call', () => {
  it.each([
    ['the bare type', JSON_TYPE],
    ['a type with parameters', { 'content-type': 'application/x-amz-json-1.1;charset=utf-8' }],
    ['a type in capitals and blanks', { 'content-type': ' Application/X-Amz-Json-1.1 ; x=y' }],
  ])('is AWS JSON by target and %s', (_, type) => {
    expect(told({ ...type, ...TARGET }, 'Action=ListRoles')).toEqual({
      protocol: 'json',
      service: 'cognito-identity',
      operation: 'GetId',
    })
  })

  it.each([
    ['sts', '2011-06-15'],
    ['iam', '2010-05-08'],
  ])('is of %s by version %s', (service, version) => {
    const form = `Action=DoThis&Version=${version}&Name=a%20b`
    const call = {
      protocol: 'query',
      service,
      operation: 'DoThis',
      fields: new Map([
        ['Action', 'DoThis'],
        ['Version', version],
        ['Name', 'a b'],
      ]),
      format: 'xml',
    }
    expect(told({ 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, form)).toEqual(call)
    expect(told(FORM_TYPE, '', `/?${form}`)).toEqual(call)
    expect(told({}, '', `/?${form}`)).toEqual(call)
    expect(told(FORM_TYPE, 'Name=a%20b', `/?Action=DoThis&Version=${version}`)).toEqual(call)
    expect(told(FORM_TYPE, form.replace(/&Version=.*?&/, '&'), `/?Version=${version}`)).toMatchObject({ service })
  })

  it('has a plus sign in its address, where SigV4 signs one, and a blank in its form, as forms have it', () => {
    const named = (call: ReturnType<typeof told>) => call.protocol === 'query' && call.fields.get('Name')
    expect(named(told({}, '', `/?${ROLES}&Name=a+b%2Bc%20d`))).toBe('a+b+c d')
    expect(named(told(FORM_TYPE, `${ROLES}&Name=a+b%2Bc%20d`))).toBe('a b+c d')
  })

  it.each([
    ['application/json', 'json'],
    ['Application/JSON;q=0.9, text/plain, */*', 'json'],
    ['', 'xml'],
    ['*/*', 'xml'],
    ['text/html,application/xhtml+xml', 'xml'],
    ['application/json, text/xml', 'xml'],
    ['application/xml;q=0.1,application/json', 'xml'],
    ['application/json-seq', 'xml'],
  ])('that accepts "%s" is answered in %s', (accept, format) => {
    expect(told({ ...FORM_TYPE, accept }, ROLES)).toHaveProperty('format', format)
  })

  it('is AWS JSON by the target that the samples of AWS have, letter for letter', () => {
    const prefix = 'com.amazonaws.cognito.identity.model.AWSCognitoIdentityService'
    const call = { protocol: 'json', service: 'cognito-identity', operation: 'GetId' }
    expect(told({ ...JSON_TYPE, 'x-amz-target': `${prefix}.GetId` })).toEqual(call)
    const other = ['.GetId', `x${prefix}.GetId`, `${prefix}..GetId`, `${prefix.toLowerCase()}.GetId`]
    const parts = prefix.split('.').map((_, n, all) => `${all.slice(n).join('.')}.GetId`)
    for (const target of [...other, ...parts.slice(1, -1), 'model.EdgeIdentity.GetId'])
      expect(told({ ...JSON_TYPE, 'x-amz-target': target }), target).toEqual({ ...call, operation: '' })
  })

  it.each([
    ['a form with a target', { ...FORM_TYPE, ...TARGET }],
    ['a form with an empty target', { ...FORM_TYPE, 'x-amz-target': '' }],
    ['a target without a type', TARGET],
    ['an action without a type', {}],
    ['two types', { 'content-type': 'application/x-amz-json-1.1, application/x-www-form-urlencoded', ...TARGET }],
    ['a type that begins alike', { 'content-type': 'application/x-amz-json-1.10', ...TARGET }],
  ])('is of no protocol: %s', (_, headers) => {
    expect(told(headers, ROLES)).toEqual({ protocol: 'unknown' })
  })

  it('names no operation without its prefix, twice, or with more around it', () => {
    for (const target of ['GetId', `${TARGET['x-amz-target']}, ${TARGET['x-amz-target']}`, ' .GetId', 'x.GetId'])
      expect(told({ ...JSON_TYPE, 'x-amz-target': target })).not.toHaveProperty('operation', 'GetId')
  })

  it.each([
    ['both protocols at once', { ...JSON_TYPE, ...TARGET }, '{}', `/?${ROLES}`, new Fault('UnknownOperationException')],
    [
      'an action in two places, even the same',
      FORM_TYPE,
      ROLES,
      `/?${ROLES}`,
      new Fault('MalformedQueryString', 'The parameter Action is given twice.'),
    ],
    [
      'an empty action',
      FORM_TYPE,
      'Action=&Version=2010-05-08',
      '/',
      new Fault('MalformedQueryString', 'The request must contain the parameter Action.'),
    ],
    [
      'a parameter twice in the address',
      FORM_TYPE,
      '',
      `/?${ROLES}&Version=2010-05-08`,
      new Fault('MalformedQueryString', 'The parameter Version is given twice.'),
    ],
    [
      'a parameter of endless name twice',
      FORM_TYPE,
      `${'x'.repeat(500)}=&${'x'.repeat(500)}=`,
      '/',
      new Fault('MalformedQueryString', `The parameter ${'x'.repeat(100)} is given twice.`),
    ],
    [
      'a version that every object has',
      FORM_TYPE,
      'Action=ListRoles&Version=constructor',
      '/',
      new Fault('InvalidAction', 'Could not find operation ListRoles for version constructor'),
    ],
  ])('may not be %s', (_, headers, body, path, fault) => {
    expect(() => told(headers, body, path)).toThrow(fault)
    expect(() => told(headers, body, path)).toThrow(expect.objectContaining({ code: fault.code }))
  })

  it('may have a thousand parameters and no more', () => {
    const form = (count: number) => `${ROLES}&${Array.from({ length: count - 2 }, (_, i) => `p${i}=`).join('&')}`
    expect(told(FORM_TYPE, form(1000))).toHaveProperty('operation', 'ListRoles')
    expect(() => told(FORM_TYPE, form(1001))).toThrow('The request has too many parameters.')
    expect(() => told(FORM_TYPE, form(1000), '/?one=more')).toThrow('The request has too many parameters.')
    // They are counted before any is read: the same name twice would be refused otherwise.
    expect(() => told(FORM_TYPE, 'a=&'.repeat(1000))).toThrow('The request has too many parameters.')
  })

  it('may be in UTF-8 alone, since a form of nothing but wrong bytes costs the most', () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode(`${ROLES}&A=`), 0xff])
    expect(() => identifyCall(new Headers(FORM_TYPE), new URL('http://localhost/'), bytes)).toThrow(
      new Fault('MalformedQueryString', 'The request is not in UTF-8.'),
    )
  })
})
