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
    const form = `Action=DoThis&Version=${version}&Name=a+b`
    const call = {
      protocol: 'query',
      service,
      operation: 'DoThis',
      fields: new Map([
        ['Action', 'DoThis'],
        ['Version', version],
        ['Name', 'a b'],
      ]),
    }
    expect(told({ 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, form)).toEqual(call)
    expect(told(FORM_TYPE, '', `/?${form}`)).toEqual(call)
  })

  it.each([
    ['a form with a target', { ...FORM_TYPE, ...TARGET }],
    ['a form with an empty target', { ...FORM_TYPE, 'x-amz-target': '' }],
    ['a target without a type', TARGET],
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
      new Fault('MalformedQueryString', 'Action must be given once, in the query string or in the body.'),
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
    // They are counted before any is read: the same name twice would be refused otherwise.
    expect(() => told(FORM_TYPE, 'a=&'.repeat(1000))).toThrow('The request has too many parameters.')
  })
})
