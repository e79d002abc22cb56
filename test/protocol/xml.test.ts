import { describe, expect, it } from 'vitest'
import {
  encodeQueryAnswer,
  encodeQueryFault,
  Fault,
  type FaultCode,
  inQueryProtocol,
} from '../../src/protocol/index.ts'

const result = (value: object | undefined) =>
  encodeQueryAnswer({ service: 'iam', operation: 'GetThing', format: 'xml' }, value, 'request-1')

const wrapped = (inside: string) =>
  `<GetThingResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${inside}<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></GetThingResponse>\n`

describe('an answer in XML', () => {
  it.each([
    ['texts, numbers and answers', { A: 'a', B: 1, C: true, D: '' }, '<A>a</A><B>1</B><C>true</C><D></D>'],
    ['structures', { A: { B: { C: 'c' } } }, '<A><B><C>c</C></B></A>'],
    ['lists', { A: ['x', 'y'], B: [] }, '<A><member>x</member><member>y</member></A><B></B>'],
    ['lists of structures', { A: [{ B: 1 }, {}] }, '<A><member><B>1</B></member><member></member></A>'],
    ['times in UTC, to the second', { A: new Date(1_442_877_512_999) }, '<A>2015-09-21T23:18:32Z</A>'],
    ['nothing for what is absent', { A: undefined, B: 'b' }, '<B>b</B>'],
    [
      'markup, escaped',
      { A: `<b a="1" c='2'>&amp;</b>]]>` },
      '<A>&lt;b a=&quot;1&quot; c=&apos;2&apos;&gt;&amp;amp;&lt;/b&gt;]]&gt;</A>',
    ],
    ['tabs and line ends', { A: 'a\tb\nc\r\nd' }, '<A>a\tb\nc&#xD;\nd</A>'],
    ['letters beyond ASCII', { A: 'é😀' }, '<A>é😀</A>'],
    ['a mark for what XML cannot carry', { A: 'a\u0000b\u001bc\ufffed\uffffe\ud800f' }, '<A>a�b�c�d�e�f</A>'],
  ])('holds %s', (_, value, inside) => {
    expect(result(value)).toBe(wrapped(`<GetThingResult>${inside}</GetThingResult>`))
  })

  it('has no result element when there is no output', () => {
    expect(result(undefined)).toBe(wrapped(''))
  })
})

describe('a fault in XML', () => {
  const encoded = (fault: Fault) =>
    encodeQueryFault({ service: 'sts', operation: '', format: 'xml' }, fault, 'request-1')

  it.each([
    [new Fault('AccessDenied', 'No <b>.'), 'Sender', 'AccessDenied', 'No &lt;b&gt;.'],
    [new Fault('InternalFailure'), 'Receiver', 'InternalFailure', ''],
  ])('says whose fault it is: %o', (fault, type, code, message) => {
    expect(encoded(fault)).toBe(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>request-1</RequestId></ErrorResponse>\n`,
    )
  })

  it.each<[FaultCode, FaultCode, number]>([
    ['AccessDeniedException', 'AccessDenied', 403],
    ['IncompleteSignatureException', 'IncompleteSignature', 400],
    ['InternalErrorException', 'InternalFailure', 500],
    ['InvalidSignatureException', 'SignatureDoesNotMatch', 403],
    ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 403],
    ['RequestEntityTooLargeException', 'RequestEntityTooLarge', 413],
    ['TooManyRequestsException', 'Throttling', 400],
    ['UnrecognizedClientException', 'InvalidClientTokenId', 403],
    ['ValidationException', 'ValidationError', 400],
    ['ExpiredToken', 'ExpiredToken', 403],
    ['ExpiredTokenException', 'ExpiredTokenException', 400],
    ['NoSuchEntity', 'NoSuchEntity', 404],
    ['EntityAlreadyExists', 'EntityAlreadyExists', 409],
    ['LimitExceeded', 'LimitExceeded', 409],
    ['InvalidIdentityToken', 'InvalidIdentityToken', 400],
    ['MalformedPolicyDocument', 'MalformedPolicyDocument', 400],
  ])('has the name and status that the query services give it: %s', (given, code, status) => {
    const known = inQueryProtocol(new Fault(given, 'why'))
    expect([known.code, known.status, known.message]).toEqual([code, status, 'why'])
  })
})
