import { describe, expect, it } from 'vitest'
import { pageToken, readPageToken } from '../../src/protocol/index.ts'

const base64url = (text: string) =>
  new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })

describe('a page token', () => {
  it.each(['us-east-1:9f3c2a71', '', 'with "quotes", é and \n'])(
    'leads on from where the last page ended: %j',
    (after) => {
      expect(readPageToken(pageToken('ListThings', 'pool-1', after), 'ListThings', 'pool-1')).toBe(after)
    },
  )

  it('has none of the characters that a NextToken may not have', () => {
    expect(pageToken('ListThings', 'a b', '\t\n é ÿþ?>')).toMatch(/^[\w-]+$/)
  })

  it.each([
    ['another operation', pageToken('ListOthers', 'pool-1', 'x')],
    ['another list', pageToken('ListThings', 'pool-2', 'x')],
    ['an operation and list that read the same when joined', pageToken('ListThing', 'spool-1', 'x')],
    ['nothing', ''],
    ['no base64', '!!!'],
    ['no JSON', base64url('after')],
    ['no list', base64url('{"0":"ListThings","1":"pool-1","2":"x","length":3}')],
    ['too few parts', base64url('["ListThings","pool-1"]')],
    ['too many parts', base64url('["ListThings","pool-1","x","y"]')],
    ['a place that is no text', base64url('["ListThings","pool-1",{"x":1}]')],
    ['an endless token', pageToken('ListThings', 'pool-1', 'x'.repeat(65_536))],
  ])('leads nowhere when it was made for, or is, %s', (_, token) => {
    expect(readPageToken(token, 'ListThings', 'pool-1')).toBeUndefined()
  })
})
