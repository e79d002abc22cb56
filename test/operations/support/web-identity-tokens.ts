import { decodeJwt } from 'jose'
import { call, query, type SigningKey, type XmlAnswer } from '../../support/client.ts'
import { FOR_AMR, iam, signingKeyOf, trustPolicy } from './callers.ts'
import { getCredentials, role } from './credentials.ts'
import { createPool, getId, succeeded, succeededEmpty } from './pools.ts'
import { OIDC, OIDC_ARN, type Providers } from './providers.ts'

/** An inline policy that allows tokens under these conditions. */
export const tokenPolicy = (Condition: object, Action: string | string[] = 'sts:GetWebIdentityToken') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', Condition }] })

export const forAudience = (...audiences: string[]) =>
  tokenPolicy({ 'ForAllValues:StringLike': { 'sts:IdentityTokenAudience': audiences } })

/** A user with a session in a role of its own. */
export interface TokenUser {
  pool: string
  identityId: string
  login: Record<string, string>
  roleName: string
  key: SigningKey
}

let roles = 0

/** Signs a user in to a pool of its own, whose role has these inline policies. The provider is that of `startProviders`. */
export async function tokenUser(
  idp: Providers,
  policies: readonly string[] = [forAudience('https://api.example')],
  { tags = {}, subject = 'ann', extra = {} }: { tags?: Record<string, string>; subject?: string; extra?: object } = {},
): Promise<TokenUser> {
  roles++
  const roleName = `tokens-${roles}`
  const pool = await createPool({ OpenIdConnectProviderARNs: [OIDC_ARN], ...extra })
  const tagParams = Object.entries(tags).flatMap(([key, value], n) => [
    [`Tags.member.${n + 1}.Key`, key],
    [`Tags.member.${n + 1}.Value`, value],
  ])
  const trust = trustPolicy(pool, FOR_AMR('authenticated'))
  await iam('CreateRole', {
    RoleName: roleName,
    AssumeRolePolicyDocument: trust.replace(
      '"sts:AssumeRoleWithWebIdentity"',
      '["sts:AssumeRoleWithWebIdentity","sts:TagSession"]',
    ),
    ...Object.fromEntries(tagParams),
  })
  for (const [n, PolicyDocument] of policies.entries())
    await iam('PutRolePolicy', { RoleName: roleName, PolicyName: `p${n}`, PolicyDocument })
  succeededEmpty(await call('SetIdentityPoolRoles', { IdentityPoolId: pool, Roles: { authenticated: role(roleName) } }))
  const login = { [OIDC]: await idp.token(OIDC, subject) }
  const identityId = await getId(pool, login)
  return { pool, identityId, login, roleName, key: await sessionOf({ identityId, login }) }
}

export async function sessionOf({ identityId, login }: Pick<TokenUser, 'identityId' | 'login'>): Promise<SigningKey> {
  return signingKeyOf(succeeded(await getCredentials(identityId, login)).Credentials)
}

/** Asks for a token as an SDK does. */
export function askToken(
  key: SigningKey | false,
  audience: string | readonly string[] = 'https://api.example',
  params: Record<string, string> = {},
): Promise<XmlAnswer> {
  const audiences = [audience].flat().map((one, n) => [`Audience.member.${n + 1}`, one] as const)
  return query(
    'sts',
    { Action: 'GetWebIdentityToken', SigningAlgorithm: 'RS256', ...Object.fromEntries(audiences), ...params },
    { signed: key },
  )
}

export function tokenIn({ parsed, status, xml }: XmlAnswer): string {
  if (status !== 200) throw new Error(xml)
  return parsed.GetWebIdentityTokenResponse.GetWebIdentityTokenResult.WebIdentityToken
}

/** What a fault is called, or the claims of the token. */
export function codeOf({ parsed, status }: XmlAnswer): string {
  return status === 200 ? 'issued' : parsed.ErrorResponse.Error.Code
}

export const claimsIn = (answer: XmlAnswer) => decodeJwt(tokenIn(answer))
