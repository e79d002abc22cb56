import { shellWord } from '../../../parts/index.ts'
import { withoutSecret } from '../masked.ts'
import { X } from '../providers.ts'
import type { Settings } from '../settings.ts'

/** Lines for a shell that make a pool with the same settings, by the AWS CLI. */
export function commands(settings: Settings): string {
  const { IdentityPoolId, PrincipalTagMaps = {}, RoleMappings, Roles, TokenAudiences, Version, ...pool } = settings
  const where = `--region ${IdentityPoolId.split(':')[0]} --endpoint-url ${location.origin}`
  const aws = (operation: string, input: object, more = '') =>
    `aws cognito-identity ${operation} --cli-input-json ${shellJson(input)}${more} ${where}`
  const social = pool.SupportedLoginProviders
  const members = social?.[X]
    ? { ...pool, SupportedLoginProviders: { ...social, [X]: `${withoutSecret(social[X])};${SECRET}` } }
    : pool
  const create = aws('create-identity-pool', members, ' \\\n  --query IdentityPoolId --output text')
  const id = '--identity-pool-id "$POOL"'
  return [
    `POOL=$(${create})`,
    ...(Roles || RoleMappings ? [aws('set-identity-pool-roles', { Roles: Roles ?? {}, RoleMappings }, ` ${id}`)] : []),
    ...Object.entries(PrincipalTagMaps).map(([IdentityProviderName, map]) =>
      aws('set-principal-tag-attribute-map', { IdentityProviderName, ...map }, ` ${id}`),
    ),
    ...(TokenAudiences
      ? ['# The AWS CLI cannot set for which relying parties users have tokens. identity.yaml can.']
      : []),
    '',
  ].join('\n')
}

const SECRET = 'X_CONSUMER_SECRET'

/** JSON as a word; the secret is that of a variable. */
const shellJson = (input: object) => shellWord(JSON.stringify(input)).replace(`;${SECRET}`, () => `;'"$${SECRET}"'`)
