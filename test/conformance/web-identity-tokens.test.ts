import { SetIdentityPoolRolesCommand } from '@aws-sdk/client-cognito-identity'
import {
  CreateRoleCommand,
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  FeatureDisabledException,
  FeatureEnabledException,
  GetOutboundWebIdentityFederationInfoCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  GetWebIdentityTokenCommand,
  JWTPayloadSizeExceededException,
  OutboundWebIdentityFederationDisabledException,
  STSClient,
  STSServiceException,
} from '@aws-sdk/client-sts'
import { fromCognitoIdentityPool } from '@aws-sdk/credential-providers'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { allowInsecureRequests, discovery } from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf, output } from './support/answers.ts'
import { type SdkPool, startSdkPool } from './support/sdk-pool.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from './support/service.ts'

const API = 'https://api.example'
const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT}:role/teams/sdk-tokens`

let bed: SdkPool
let pool: string
beforeAll(async () => {
  bed = await startSdkPool()
  pool = await bed.createPool({ OpenIdConnectProviderARNs: [bed.providerArn] })
  const statement = { Effect: 'Allow', Principal: { Federated: 'cognito-identity.amazonaws.com' } }
  const Condition = { StringEquals: { 'cognito-identity.amazonaws.com:aud': pool } }
  const trust = { ...statement, Action: 'sts:AssumeRoleWithWebIdentity', Condition }
  await bed.iam.send(
    new CreateRoleCommand({
      RoleName: 'sdk-tokens',
      Path: '/teams/',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
    }),
  )
  const allowed = {
    Effect: 'Allow',
    Action: ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'],
    Resource: '*',
    Condition: { 'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': [API, 'b'] } },
  }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: allowed })
  await bed.iam.send(new PutRolePolicyCommand({ RoleName: 'sdk-tokens', PolicyName: 'tokens', PolicyDocument }))
  await bed.client.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles: { authenticated: ROLE } }))
})
afterAll(() => bed?.stop())

async function sessionOf(user: string) {
  const clientConfig = { region: LOCAL_REGION, endpoint: bed.service.url }
  const credentials = fromCognitoIdentityPool({ clientConfig, identityPoolId: pool, logins: await bed.loginOf(user) })
  return { sts: new STSClient({ ...clientConfig, credentials }), identityId: (await credentials()).identityId }
}

const asked = { Audience: [API], SigningAlgorithm: 'RS256' }

describe('The SDK for JavaScript', () => {
  it('enables tokens for other relying parties, and tells what IAM refuses', async () => {
    const { sts } = await sessionOf('grace')
    expect(await faultOf(bed.iam.send(new GetOutboundWebIdentityFederationInfoCommand({})))).toBeInstanceOf(
      FeatureDisabledException,
    )
    expect(await faultOf(sts.send(new GetWebIdentityTokenCommand(asked)))).toBeInstanceOf(
      OutboundWebIdentityFederationDisabledException,
    )
    const enable = new EnableOutboundWebIdentityFederationCommand({})
    const IssuerIdentifier = bed.service.url
    expect(output(await bed.iam.send(enable))).toEqual({ IssuerIdentifier })
    expect(await faultOf(bed.iam.send(new EnableOutboundWebIdentityFederationCommand({})))).toBeInstanceOf(
      FeatureEnabledException,
    )
    const info = await bed.iam.send(new GetOutboundWebIdentityFederationInfoCommand({}))
    expect(output(info)).toEqual({ IssuerIdentifier, JwtVendingEnabled: true })
  })

  it.each(['RS256', 'ES384'])(
    'has a token signed with %s, which jose verifies by what openid-client discovers',
    async (SigningAlgorithm) => {
      const { identityId, sts } = await sessionOf('grace')
      const Tags = [{ Key: 'job', Value: '7' }]
      const answer = await sts.send(
        new GetWebIdentityTokenCommand({ Audience: [API, 'b'], SigningAlgorithm, DurationSeconds: 60, Tags }),
      )
      const issuer = new URL(bed.service.url)
      const config = await discovery(issuer, 'b', undefined, undefined, { execute: [allowInsecureRequests] })
      const { id_token_signing_alg_values_supported: algorithms = [], jwks_uri = '' } = config.serverMetadata()
      const keys = createRemoteJWKSet(new URL(jwks_uri))
      const { payload, protectedHeader } = await jwtVerify(answer.WebIdentityToken ?? '', keys, {
        issuer: config.serverMetadata().issuer,
        audience: 'b',
        algorithms,
      })
      expect(protectedHeader.alg).toBe(SigningAlgorithm)
      expect(payload).toMatchObject({
        sub: identityId,
        aud: [API, 'b'],
        [`${bed.service.url}/claims`]: { account: LOCAL_ACCOUNT, pool, role: ROLE, request_tags: { job: '7' } },
      })
      expect(answer.Expiration).toEqual(new Date((payload.exp ?? 0) * 1000))
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
    },
  )

  it('tells what STS refuses', async () => {
    const { sts } = await sessionOf('edsger')
    const refused = async (input: object) => faultOf(sts.send(new GetWebIdentityTokenCommand({ ...asked, ...input })))
    const Tags = Array.from({ length: 50 }, (_, n) => ({ Key: `key${n}`, Value: 'x'.repeat(256) }))
    expect(await refused({ Tags })).toBeInstanceOf(JWTPayloadSizeExceededException)
    const denied = await refused({ Audience: ['other'] })
    expect(denied).toBeInstanceOf(STSServiceException)
    expect(denied).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } })
  })

  it('disables them', async () => {
    await bed.iam.send(new DisableOutboundWebIdentityFederationCommand({}))
    const { sts } = await sessionOf('grace')
    const refused = await faultOf(sts.send(new GetWebIdentityTokenCommand(asked)))
    expect(refused).toBeInstanceOf(OutboundWebIdentityFederationDisabledException)
  })
})
