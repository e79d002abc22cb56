import { exports } from 'cloudflare:workers'
import { AwsV4Signer } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { LIMITED_KEY, LIMITED_USER_ARN } from '../support/access-keys.ts'
import { call, expectFault, expectXmlFault, LOCAL_KEY, LOCAL_URL, query, readXml } from '../support/client.ts'

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const UNKNOWN = 'The security token included in the request is invalid.'

const LIST = {
  service: 'cognito-identity',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSCognitoIdentityService.ListIdentityPools',
  },
  body: '{"MaxResults":1}',
}
const WHO_AM_I = {
  service: 'sts',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
}

interface Change {
  /** Seconds that the signer's clock is ahead. */
  ahead?: number
  service?: string
  region?: string
  sentBody?: string
  sentHeaders?: Record<string, string>
  sentPath?: string
}

/** Signs a request, then sends it with what was changed on the way. */
async function sendSigned({ body, headers, service }: typeof LIST | typeof WHO_AM_I, change: Change) {
  const at = new Date(Date.now() + (change.ahead ?? 0) * 1000)
  const signed = await new AwsV4Signer({
    method: 'POST',
    url: LOCAL_URL,
    headers,
    body,
    service: change.service ?? service,
    region: change.region ?? 'us-east-1',
    datetime: basic(at),
    ...LOCAL_KEY,
  }).sign()
  const sent = new Headers(signed.headers)
  sent.set('host', 'localhost')
  for (const [name, value] of Object.entries(change.sentHeaders ?? {})) sent.set(name, value)
  const url = new URL(change.sentPath ?? '/', LOCAL_URL)
  return exports.default.fetch(new Request(url, { method: 'POST', headers: sent, body: change.sentBody ?? body }))
}

const basic = (date: Date) => date.toISOString().replace(/[:-]|\.\d+/g, '')

async function asJson(response: Response) {
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('a signed operation', () => {
  it('is refused to who does not sign', async () => {
    const unsigned = await call('ListIdentityPools', { MaxResults: 1 }, { signed: false })
    expectFault(unsigned, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
    const inXml = await query('iam', { Action: 'ListRoles' }, { signed: false })
    expectXmlFault(inXml, 403, 'MissingAuthenticationToken', 'Missing Authentication Token')
  })

  it('is refused to a key that does not exist', async () => {
    const signed = { accessKeyId: 'constructor', secretAccessKey: 'test' }
    expectFault(await call('ListIdentityPools', {}, { signed }), 'UnrecognizedClientException', UNKNOWN)
    const inXml = await query('sts', { Action: 'GetCallerIdentity' }, { signed })
    expectXmlFault(inXml, 403, 'InvalidClientTokenId', UNKNOWN)
  })

  it('is refused to a wrong secret', async () => {
    const signed = { accessKeyId: 'test', secretAccessKey: 'Test' }
    expectFault(await call('ListIdentityPools', {}, { signed }), 'InvalidSignatureException', MISMATCH)
    const inXml = await query('sts', { Action: 'GetCallerIdentity' }, { signed })
    expectXmlFault(inXml, 403, 'SignatureDoesNotMatch', MISMATCH)
  })

  it('is refused to a session that nobody vended', async () => {
    const signed = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }
    const message = 'The security token included in the request is invalid'
    expectFault(await call('ListIdentityPools', {}, { signed }), 'UnrecognizedClientException', message)
    const inXml = await query('sts', { Action: 'GetCallerIdentity' }, { signed })
    expectXmlFault(inXml, 403, 'InvalidClientTokenId', message)
  })

  it.each<[string, Change]>([
    ['in its body', { sentBody: '{"MaxResults":2}' }],
    ['in a signed header', { sentHeaders: { 'x-amz-target': 'AWSCognitoIdentityService.CreateIdentityPool' } }],
    ['in its address', { sentPath: '/?a=b' }],
    ['in its host', { sentHeaders: { host: 'localhost:8787' } }],
  ])('is refused when it was changed %s', async (_, change) => {
    expectFault(await asJson(await sendSigned(LIST, change)), 'InvalidSignatureException', MISMATCH)
  })

  it('is refused when a header that AWS defines was added on the way', async () => {
    const added = await sendSigned(LIST, { sentHeaders: { 'x-amz-security-token': 'token' } })
    expectFault(
      await asJson(added),
      'InvalidSignatureException',
      "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.",
    )
  })

  it('is refused when it was signed for another service', async () => {
    expectFault(
      await asJson(await sendSigned(LIST, { service: 'sts' })),
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'cognito-identity'.",
    )
    expectXmlFault(
      await readXml(await sendSigned(WHO_AM_I, { service: 'iam' })),
      403,
      'SignatureDoesNotMatch',
      "Credential should be scoped to correct service: 'sts'.",
    )
  })

  it.each([
    ['old', -301],
    ['new', 301],
  ])('is refused when it is five minutes too %s', async (_, ahead) => {
    const answer = await asJson(await sendSigned(LIST, { ahead }))
    const sentence =
      ahead < 0 ? /^Signature expired: .* \(.* - 5 min\.\)$/ : /^Signature not yet current: .* 5 min\.\)$/
    const { message } = JSON.parse(answer.text)
    expect(message).toMatch(sentence)
    expectFault(answer, 'InvalidSignatureException', message)
  })

  it('of a query service may be a quarter of an hour old', async () => {
    expect((await sendSigned(WHO_AM_I, { ahead: -890 })).status).toBe(200)
    const answer = await readXml(await sendSigned(WHO_AM_I, { ahead: -910 }))
    const { Message } = answer.parsed.ErrorResponse.Error
    expect(Message).toMatch(/^Signature expired: .* \(.* - 15 min\.\)$/)
    expectXmlFault(answer, 403, 'SignatureDoesNotMatch', Message)
  })

  it.each(['us-east-1', 'eu-west-3', 'ap-southeast-7', 'cn-north-1', 'local'])(
    'may be signed for %s',
    async (region) => {
      expect((await sendSigned(LIST, { region })).status).toBe(200)
    },
  )
})

describe('refusals come in this order:', () => {
  const limited = { signed: LIMITED_KEY }

  it('unknown operation, signature, types, constraints, permission, existence', async () => {
    const unsigned = { signed: false }
    expectFault(await call('DropPools', 'no JSON', unsigned), 'UnknownOperationException')
    expectFault(
      await call('DeleteIdentityPool', 'no JSON', unsigned),
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
    )
    expectFault(await call('DeleteIdentityPool', 'no JSON', limited), 'SerializationException')
    expectFault(
      await call('DeleteIdentityPool', {}, limited),
      'ValidationException',
      "1 validation error detected: Value null at 'identityPoolId' failed to satisfy constraint: Member must not be null",
    )
    const input = { IdentityPoolId: 'us-east-1:9f3c2a71-0000-4d1e-b2c4-6a0f5e7d9c10' }
    expectFault(
      await call('DeleteIdentityPool', input, limited),
      'AccessDeniedException',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: cognito-identity:DeleteIdentityPool on resource: arn:aws:cognito-identity:us-east-1:000000000000:identitypool/${input.IdentityPoolId} with an explicit deny in an identity-based policy`,
    )
    expectFault(
      await call('DescribeIdentityPool', input, limited),
      'ResourceNotFoundException',
      `IdentityPool '${input.IdentityPoolId}' not found.`,
    )
  })

  it('the same in XML', async () => {
    expectXmlFault(
      await query('iam', { Action: 'DropRoles' }, { signed: false }),
      400,
      'InvalidAction',
      'Could not find operation DropRoles for version 2010-05-08',
    )
    expectXmlFault(
      await query('iam', { Action: 'GetRole' }, { signed: false }),
      403,
      'MissingAuthenticationToken',
      'Missing Authentication Token',
    )
    expectXmlFault(
      await query('iam', { Action: 'GetRole' }, limited),
      400,
      'ValidationError',
      "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
    )
    expectXmlFault(
      await query('iam', { Action: 'GetRole', RoleName: 'other' }, limited),
      403,
      'AccessDenied',
      `User: ${LIMITED_USER_ARN} is not authorized to perform: iam:GetRole on resource: arn:aws:iam::000000000000:role/other because no identity-based policy allows the iam:GetRole action`,
    )
    expectXmlFault(
      await query('iam', { Action: 'GetRole', RoleName: 'app-x' }, limited),
      404,
      'NoSuchEntity',
      'The role with name app-x cannot be found.',
    )
  })
})
