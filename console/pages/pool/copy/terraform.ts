import { withoutSecret } from '../masked.ts'
import { X } from '../providers.ts'
import type { Mapping, Settings } from '../settings.ts'

/** The pool as configuration of Terraform, for the AWS provider; with what brings the one that exists under it. */
export function terraform(settings: Settings): string {
  const { IdentityPoolId: id, PrincipalTagMaps = {}, RoleMappings = {}, Roles = {} } = settings
  const name = nameFor(settings.IdentityPoolName)
  const pool = `aws_cognito_identity_pool.${name}`
  const attachment = `aws_cognito_identity_pool_roles_attachment.${name}`
  const hasRoles = Object.keys(Roles).length > 0
  const tagMaps = Object.entries(PrincipalTagMaps).map(([provider, map], index) => {
    const label = `aws_cognito_identity_pool_provider_principal_tag.${name}_${index + 1}`
    const members = [
      ['identity_pool_id', `${pool}.id`],
      ['identity_provider_name', text(provider)],
      ['use_defaults', String(map.UseDefaults ?? false)],
      ['principal_tags', map.UseDefaults ? undefined : mapText(map.PrincipalTags ?? {})],
    ] as const
    return [resource(label, lines(members)), imported(label, `${id}:${provider}`)]
  })
  return [
    ...(X in (settings.SupportedLoginProviders ?? {}) ? [SECRET] : []),
    ...[resource(pool, poolLines(settings)), imported(pool, id)],
    ...(hasRoles
      ? [
          resource(attachment, [
            ...lines([
              ['identity_pool_id', `${pool}.id`],
              ['roles', mapText(Roles as Record<string, string>)],
            ]),
            ...Object.entries(RoleMappings).flatMap(mappingLines),
          ]),
          imported(attachment, id),
        ]
      : []),
    ...tagMaps.flat(),
  ].join('\n')
}

const SECRET = `variable "x_consumer_secret" {
  type      = string
  sensitive = true
}
`

const nameFor = (name: string) => name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^(?![A-Za-z_])/, '_')

function poolLines(settings: Settings): string[] {
  const social = Object.entries(settings.SupportedLoginProviders ?? {}).map(
    ([key, value]) =>
      [key, key === X ? `"${escaped(withoutSecret(value))};\${var.x_consumer_secret}"` : text(value)] as const,
  )
  const members = [
    ['identity_pool_name', text(settings.IdentityPoolName)],
    ['allow_unauthenticated_identities', String(settings.AllowUnauthenticatedIdentities)],
    ['allow_classic_flow', settings.AllowClassicFlow === undefined ? undefined : String(settings.AllowClassicFlow)],
    ['developer_provider_name', settings.DeveloperProviderName && text(settings.DeveloperProviderName)],
    ['openid_connect_provider_arns', listText(settings.OpenIdConnectProviderARNs)],
    ['saml_provider_arns', listText(settings.SamlProviderARNs)],
    ['supported_login_providers', social.length > 0 ? block(social) : undefined],
    ['tags', settings.IdentityPoolTags && mapText(settings.IdentityPoolTags)],
  ] as const
  const userPools = (settings.CognitoIdentityProviders ?? []).map(
    (one) =>
      [
        ['provider_name', text(one.ProviderName)],
        ['client_id', text(one.ClientId ?? '')],
        ['server_side_token_check', String(one.ServerSideTokenCheck ?? false)],
      ] as const,
  )
  return [...lines(members), ...userPools.flatMap((one) => nested('cognito_identity_providers', lines(one)))]
}

function mappingLines([provider, { AmbiguousRoleResolution, RulesConfiguration, Type }]: [string, Mapping]): string[] {
  const rules = (RulesConfiguration?.Rules ?? []).map(
    (rule) =>
      [
        ['claim', text(rule.Claim)],
        ['match_type', text(rule.MatchType)],
        ['value', text(rule.Value)],
        ['role_arn', text(rule.RoleARN)],
      ] as const,
  )
  const members = [
    ['identity_provider', text(provider)],
    ['type', text(Type)],
    ['ambiguous_role_resolution', AmbiguousRoleResolution && text(AmbiguousRoleResolution)],
  ] as const
  return nested('role_mapping', [...lines(members), ...rules.flatMap((rule) => nested('mapping_rule', lines(rule)))])
}

const resource = (label: string, body: readonly string[]) => {
  const [type, name] = label.split('.')
  return [`resource "${type}" "${name}" {`, ...body.map(indented), '}', ''].join('\n')
}

const imported = (to: string, id: string) => `import {\n  to = ${to}\n  id = ${text(id)}\n}\n`

const nested = (name: string, body: readonly string[]) => ['', `${name} {`, ...body.map(indented), '}']

const indented = (line: string) => (line === '' ? '' : `  ${line.replaceAll('\n', '\n  ')}`)

/** Arguments as `terraform fmt` puts them: the signs of those on one line stand below each other. */
function lines(members: readonly (readonly [name: string, value: string | undefined])[]): string[] {
  const given = members.filter((member): member is [string, string] => member[1] !== undefined)
  const isShort = (index: number) => given[index] !== undefined && !given[index][1].includes('\n')
  return given.map(([name, value], index) => {
    if (!isShort(index)) return `${name} = ${value}`
    let [first, last] = [index, index]
    while (isShort(first - 1)) first--
    while (isShort(last + 1)) last++
    return `${name.padEnd(widest(given.slice(first, last + 1)))} = ${value}`
  })
}

const widest = (members: readonly (readonly [name: string, value: string])[]) =>
  Math.max(...members.map(([name]) => name.length))

/** A text of HCL: that of JSON, in which nothing is a template. */
const text = (value: string) => `"${escaped(value)}"`
const escaped = (value: string) =>
  JSON.stringify(value)
    .slice(1, -1)
    .replace(/([$%])\{/g, '$1$1{')

const listText = (values: readonly string[] | undefined) => values && `[${values.map(text).join(', ')}]`

const mapText = (values: Readonly<Record<string, string>>) =>
  block(Object.entries(values).map(([key, value]) => [key, text(value)] as const))

function block(members: readonly (readonly [string, string])[]): string {
  const quoted = members.map(([key, value]) => [text(key), value] as const)
  return `{\n${lines(quoted)
    .map((line) => `  ${line}`)
    .join('\n')}\n}`
}
