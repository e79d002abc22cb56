import { createServer } from 'node:http'
import { AwsClient } from 'aws4fetch'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { connect, jsonCall } from '../scripts/client.mjs'
import { LOCAL_ACCOUNT, LOCAL_KEY, LOCAL_REGION } from '../scripts/local-service.mjs'

const CLIENT_ID = 'bench'
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/bench`

/**
 * Prepares a pool in the service and the calls that are measured on it, each with the path of the floor's Worker that
 * does the same primitive work.
 * @returns {Promise<{ name: string, floor: string, call: object }[]>}
 */
export async function operationsOn(url, issuer) {
  const admin = connect(url, LOCAL_KEY)
  const poolId = await createPool(admin, issuer)
  const { IdentityId } = await admin.publicly('GetId', { IdentityPoolId: poolId })
  const login = { IdentityPoolId: poolId, Logins: { [issuer.name]: await issuer.token() } }

  const publicCall = (operation, input) => ({ url, ...jsonCall(operation, input) })
  return [
    { name: 'discovery document', floor: '/fixed', call: { url: `${url}/.well-known/openid-configuration` } },
    { name: 'GetId, new guest', floor: '/insert', call: publicCall('GetId', { IdentityPoolId: poolId }) },
    { name: 'GetId, known login', floor: '/read', call: publicCall('GetId', login) },
    { name: 'GetOpenIdToken', floor: '/sign', call: publicCall('GetOpenIdToken', { IdentityId }) },
    {
      name: 'GetCredentialsForIdentity',
      floor: '/read',
      call: publicCall('GetCredentialsForIdentity', { IdentityId }),
    },
    {
      name: 'DescribeIdentity, signed',
      floor: '/read',
      call: await signedCall(url, 'DescribeIdentity', { IdentityId }),
    },
  ]
}

async function createPool(admin, issuer) {
  await admin.query('iam', 'CreateOpenIDConnectProvider', { Url: issuer.url, 'ClientIDList.member.1': CLIENT_ID })
  const { IdentityPoolId } = await admin.signed('CreateIdentityPool', {
    IdentityPoolName: 'bench',
    AllowUnauthenticatedIdentities: true,
    AllowClassicFlow: true,
    OpenIdConnectProviderARNs: [`arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${issuer.name}`],
  })
  await admin.signed('SetIdentityPoolRoles', { IdentityPoolId, Roles: { unauthenticated: ROLE, authenticated: ROLE } })
  return IdentityPoolId
}

/** One signed request serves a whole run: its date stays good for minutes, and checking it costs the same each time. */
async function signedCall(url, operation, input) {
  const aws = new AwsClient({ ...LOCAL_KEY, region: LOCAL_REGION, service: 'cognito-identity' })
  const call = jsonCall(operation, input)
  const { headers } = await aws.sign(url, call)
  return { ...call, url, headers: Object.fromEntries(headers) }
}

/** An issuer of login tokens on this machine, with one key. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }
  let url = ''
  const server = createServer((request, response) => {
    const isKeys = request.url === '/jwks'
    const document = isKeys ? { keys: [jwk] } : { issuer: url, jwks_uri: `${url}/jwks` }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const name = `127.0.0.1:${server.address().port}`
  url = `http://${name}`
  const token = () =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
      .setIssuer(url)
      .setAudience(CLIENT_ID)
      .setSubject('ada')
      .setIssuedAt()
      .setExpirationTime('1 h')
      .sign(privateKey)
  return { url, name, token, stop: () => server.close() }
}
