import { describe, expect, it } from 'vitest'
import { readErrorCode, readRequestId, readStsAnswer } from '../../src/credentials/sts-answer.ts'
import { AWS, CEPH, errorAnswer, MINIO, rgwErrorAnswer, SEAWEEDFS } from './answers.ts'
import { NOW_SECONDS } from './support.ts'

const read = (xml: string) => readStsAnswer(xml, NOW_SECONDS)
const bad = (why: string) => ({ ok: false, error: why })

describe('an STS answer', () => {
  it.each([
    [
      'AWS',
      AWS,
      {
        accessKeyId: 'ASIAUPSTREAMUPSTREAM',
        secretAccessKey: 'up+stream/secret',
        sessionToken: 'FwoGZXIvYXdzEXAMPLE/+token==',
        assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials',
        assumedRoleId: 'AROAUPSTREAMUPSTREAMU:CognitoIdentityCredentials',
      },
    ],
    [
      'MinIO',
      MINIO,
      {
        accessKeyId: '6Q0CQPL8MV3TZB1X2Y4W',
        secretAccessKey: 'minio+secret',
        sessionToken: 'eyJhbGciOiJIUzUxMiJ9.eyJhIjoxfQ.c2ln',
        assumedRoleArn: undefined,
        assumedRoleId: undefined,
      },
    ],
    [
      'SeaweedFS',
      SEAWEEDFS,
      {
        accessKeyId: 'ASIA0123456789abcdef',
        secretAccessKey: 'weed-secret',
        sessionToken: 'eyJhbGciOiJIUzI1NiJ9.eyJiIjoyfQ.c2ln',
        assumedRoleArn: undefined,
        assumedRoleId: undefined,
      },
    ],
    [
      'Ceph',
      CEPH,
      {
        accessKeyId: 'aBcDeFgHiJkLmNoPqRsT',
        secretAccessKey: 'CEPHSECRET',
        sessionToken: 'Y2VwaCB0b2tlbg==',
        assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/apps/Reader/CognitoIdentityCredentials',
        assumedRoleId: '6b1d-4c2e:CognitoIdentityCredentials',
      },
    ],
    [
      'a service with namespace prefixes',
      AWS.replaceAll(/<(\/?)(?=\w)/g, '<$1sts:').replace('xmlns=', 'xmlns:sts='),
      {
        accessKeyId: 'ASIAUPSTREAMUPSTREAM',
        secretAccessKey: 'up+stream/secret',
        sessionToken: 'FwoGZXIvYXdzEXAMPLE/+token==',
        assumedRoleArn: 'arn:aws:sts::123456789012:assumed-role/Reader/CognitoIdentityCredentials',
        assumedRoleId: 'AROAUPSTREAMUPSTREAMU:CognitoIdentityCredentials',
      },
    ],
  ])('of %s is understood', (_, xml, value) => {
    expect(read(xml)).toEqual({ ok: true, value: { ...value, expiration: NOW_SECONDS + 3600 } })
  })

  it.each([
    ['is empty', '', 'not_xml'],
    ['is JSON', '{"AssumeRoleWithWebIdentityResponse":{}}', 'not_xml'],
    ['is cut off', AWS.slice(0, -20), 'not_xml'],
    ['declares a document type', `<!DOCTYPE a [<!ENTITY k "v">]>${AWS}`, 'not_xml'],
    ['declares a document type in small letters', `<!doctype a>${AWS}`, 'not_xml'],
    ['is nested without end', '<a>'.repeat(5000) + '</a>'.repeat(5000), 'no_credentials'],
    ['is a web page', '<html><body>Welcome</body></html>', 'no_credentials'],
    ['has another root', AWS.replaceAll('AssumeRoleWithWebIdentityResponse', 'AssumeRoleResponse'), 'no_credentials'],
    ['has no access key id', AWS.replace(/<AccessKeyId>.*<\/AccessKeyId>/, ''), 'no_credentials'],
    ['has an empty secret', AWS.replace(/(<SecretAccessKey>).*(?=<)/, '$1'), 'no_credentials'],
    ['has no session token', AWS.replace(/<SessionToken>.*<\/SessionToken>/, ''), 'no_credentials'],
    ['has two access key ids', AWS.replace(/(<AccessKeyId>.*<\/AccessKeyId>)/, '$1$1'), 'no_credentials'],
    ['has an entity in its secret', AWS.replace('up+stream', 'up&amp;stream'), 'no_credentials'],
    ['has no expiration', AWS.replace(/<Expiration>.*<\/Expiration>/, ''), 'expiration'],
    ['expires at no date', AWS.replace('2030-01-02T04', '2030-13-02T04'), 'expiration'],
    ['expires in words', AWS.replace('2030-01-02T04:04:05Z', 'tomorrow'), 'expiration'],
    ['expires without a time zone', AWS.replace('04:04:05Z', '04:04:05'), 'expiration'],
    ['has expired', AWS.replace('04:04:05Z', '03:04:05Z'), 'expiration'],
  ])('that %s is refused', (_, xml, why) => {
    expect(read(xml)).toEqual(bad(why))
  })

  it.each(['2030-01-02T05:04:05+01:00', '2030-01-02T04:04:05.999Z'])('may expire at %s', (time) => {
    const answer = read(AWS.replace('2030-01-02T04:04:05Z', time))
    expect(answer).toMatchObject({ ok: true, value: { expiration: NOW_SECONDS + 3600 } })
  })
})

describe('an error answer', () => {
  it.each([
    ['of STS gives its code', errorAnswer('InvalidIdentityToken'), 'InvalidIdentityToken'],
    ['of S3 gives its code', '<Error><Code>AccessDenied</Code><Message>m</Message></Error>', 'AccessDenied'],
    ['of the Ceph Object Gateway gives its code', rgwErrorAnswer('InvalidArgument'), 'InvalidArgument'],
    ['with dots gives its code', errorAnswer('Sender.Throttled'), 'Sender.Throttled'],
    ['with a long code gives none', errorAnswer('A'.repeat(65)), undefined],
    ['with text for a code gives none', errorAnswer('secret token value'), undefined],
    ['without code gives none', '<ErrorResponse><Error/></ErrorResponse>', undefined],
    ['with a document type gives none', `<!DOCTYPE a>${errorAnswer('AccessDenied')}`, undefined],
    ['that is not XML gives none', 'Bad Request', undefined],
  ])('%s', (_, xml, code) => {
    expect(readErrorCode(xml)).toBe(code)
  })
})

describe('the request id', () => {
  const none = { 'content-type': 'text/xml' }
  it.each<[string, Record<string, string>, string, string | undefined]>([
    ["is AWS's header", { 'x-amzn-requestid': 'h-1' }, AWS, 'h-1'],
    ["is S3's header", { 'x-amz-request-id': 'tx00a-0067-1b-default' }, AWS, 'tx00a-0067-1b-default'],
    ["is AWS's header if there are both", { 'x-amz-request-id': 's-1', 'x-amzn-requestid': 'h-1' }, AWS, 'h-1'],
    ['stands in the answer otherwise', none, AWS, '7f0e1a52-0000-4000-8000-000000000000'],
    ["stands in MinIO's answer", none, MINIO, '17F0'],
    ['stands in an error', none, errorAnswer('AccessDenied'), 'r-1'],
    ['stands in an error of S3', none, '<Error><Code>A</Code><RequestId>s3-1</RequestId></Error>', 's3-1'],
    ['stands in an error of Ceph', none, rgwErrorAnswer('A'), 'tx0000042d6f1a7c3b0e9d8-0067a1b2c3-1a2b-default'],
    ['is what remains when the header is no id', { 'x-amzn-requestid': 'a b' }, errorAnswer('A'), 'r-1'],
    ['may be missing', none, SEAWEEDFS, undefined],
    ['is not looked for in what is not XML', none, 'RequestId: 1', undefined],
    ['is no text with blanks', { 'x-amz-request-id': 'see the manual' }, '', undefined],
    ['is no markup', { 'x-amz-request-id': '<b>1</b>' }, '', undefined],
    ['is not empty', { 'x-amzn-requestid': '' }, '', undefined],
    ['is short', { 'x-amzn-requestid': 'x'.repeat(129) }, '', undefined],
  ])('%s', (_, headers, xml, id) => {
    expect(readRequestId(new Headers(headers), xml)).toBe(id)
  })
})
