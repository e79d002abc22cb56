import { parseArn } from '../../../src/base/arn.ts'
import type { Api } from '../service/api.ts'
import { observeIssuer, observeRole, observeSaml } from '../service/observe.ts'
import type { OidcState, PoolState, RoleState, SamlState } from '../state/state.ts'
import { Names, nameOfIssuer } from './names.ts'

/** What the pools name of IAM's, as far as it is of this account and may be read. */
export interface Records {
  /** By ARN. */
  roles: ReadonlyMap<string, RoleState>
  issuers: ReadonlyMap<string, OidcState>
  samlProviders: ReadonlyMap<string, SamlState>
  /** What the file calls the issuers and SAML providers, by ARN. */
  issuerNames: ReadonlyMap<string, string>
}

/** Reads what the pools name; what may not be read is noted, and stays an ARN in the file. */
export async function recordsOf(
  pools: readonly PoolState[],
  account: string,
  api: Api,
  notes: string[],
): Promise<Records> {
  const own = (arns: readonly string[]) => [...new Set(arns)].filter((arn) => parseArn(arn)?.account === account)
  const readable = async <T>(arns: readonly string[], read: (arn: string) => Promise<T | undefined>) => {
    const found = new Map<string, T>()
    for (const arn of own(arns)) {
      const record = await read(arn).catch(
        (error: Error) => void notes.push(`${arn} could not be read: ${error.message}`),
      )
      if (record) found.set(arn, record)
    }
    return found
  }
  const roleArns = pools.flatMap(rolesOf).filter((arn) => /:iam:.*:role\//.test(arn))
  const roles = await readable(roleArns, (arn) => observeRole(api, arn.slice(arn.lastIndexOf('/') + 1)))
  const issuers = await readable(
    pools.flatMap(({ oidc }) => oidc),
    (arn) => observeIssuer(api, arn),
  )
  for (const [arn, { clients }] of issuers) if (clients.length === 0) issuers.delete(arn)
  const samlProviders = await readable(
    pools.flatMap(({ saml }) => saml),
    (arn) => observeSaml(api, arn),
  )
  const names = new Names(/[^\w.-]+/g, 64)
  const saml = [...samlProviders.keys()].map((arn) => [arn, names.exactly(arn.slice(arn.indexOf('/') + 1))] as const)
  const oidc = [...issuers.keys()].map((arn) => [arn, names.of(nameOfIssuer(arn))] as const)
  return { roles, issuers, samlProviders, issuerNames: new Map([...saml, ...oidc]) }
}

function rolesOf({ mappings, roles }: PoolState): string[] {
  return [...Object.values(roles), ...Object.values(mappings).flatMap(({ rules }) => rules.map(({ role }) => role))]
}
