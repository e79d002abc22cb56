import { AwsClient } from 'aws4fetch'
import { LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_REGION } from './local-service.mjs'

const SAMPLE_POOL = 'sample'
const roleArn = (name) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`

/**
 * Walks a guest's whole way through a running local service, over HTTP as any client would: the sample pool (created the
 * first time only), an identity, its OpenID token, its credentials, and who they say they are.
 * @throws {Error} with the service's own words when a step is refused
 */
export async function tour(url) {
  const admin = client(url, LOCAL_KEY)
  const known = await findSamplePool(admin)
  const poolId = known ?? (await createSamplePool(admin))

  const { IdentityId: identityId } = await admin.publicly('GetId', { IdentityPoolId: poolId })
  const { Token } = await admin.publicly('GetOpenIdToken', { IdentityId: identityId })
  const { Credentials } = await admin.publicly('GetCredentialsForIdentity', { IdentityId: identityId })
  const credentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretKey,
    sessionToken: Credentials.SessionToken,
    expires: new Date(Credentials.Expiration * 1000),
  }
  const callerArn = await client(url, credentials).callerArn()
  return { poolId, isNewPool: known === undefined, identityId, token: decode(Token), credentials, callerArn }
}

async function findSamplePool(admin) {
  let page = {}
  do {
    page = await admin.signed('ListIdentityPools', { MaxResults: 60, NextToken: page.NextToken })
    const found = page.IdentityPools.find((pool) => pool.IdentityPoolName === SAMPLE_POOL)
    if (found) return found.IdentityPoolId
  } while (page.NextToken)
  return undefined
}

async function createSamplePool(admin) {
  const settings = { AllowUnauthenticatedIdentities: true, AllowClassicFlow: true }
  const { IdentityPoolId } = await admin.signed('CreateIdentityPool', { IdentityPoolName: SAMPLE_POOL, ...settings })
  const Roles = { unauthenticated: roleArn('sample-guest'), authenticated: roleArn('sample-user') }
  await admin.signed('SetIdentityPoolRoles', { IdentityPoolId, Roles })
  return IdentityPoolId
}

function client(url, credentials) {
  const aws = new AwsClient({ ...credentials, region: LOCAL_REGION, retries: 0 })
  const jsonCall = (operation, input) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSCognitoIdentityService.${operation}` },
    body: JSON.stringify(input),
  })
  return {
    publicly: async (operation, input) => jsonOf(operation, await fetch(url, jsonCall(operation, input))),
    signed: async (operation, input) =>
      jsonOf(operation, await aws.fetch(url, { ...jsonCall(operation, input), aws: { service: 'cognito-identity' } })),
    async callerArn() {
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
      const body = 'Action=GetCallerIdentity&Version=2011-06-15'
      const answer = await aws.fetch(url, { method: 'POST', headers, body, aws: { service: 'sts' } })
      const text = await answer.text()
      const [, arn] = /<Arn>([^<]+)<\/Arn>/.exec(text) ?? []
      if (!arn) throw new Error(`GetCallerIdentity: status ${answer.status}, ${text.slice(0, 300)}`)
      return arn
    },
  }
}

async function jsonOf(operation, answer) {
  const text = await answer.text()
  if (answer.ok) return JSON.parse(text)
  throw new Error(`${operation}: ${refusalOf(text)}`)
}

/** `<type>: <message>` of an AWS JSON error; anything else as it came. */
function refusalOf(text) {
  try {
    const { __type, message } = JSON.parse(text)
    return `${__type}: ${message}`
  } catch {
    return text.slice(0, 300)
  }
}

function decode(token) {
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header), claims: JSON.parse(claims) }
}
