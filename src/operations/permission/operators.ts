import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { roleIdOf } from '../../credentials/index.ts'
import type { Caller } from '../caller.ts'
import type { OperatorRole, Operators } from '../operators.ts'

/**
 * The first role that these claims match; of that name, if one is asked for. An address of mail counts only if the provider has
 * verified it, or is Cloudflare Access, which lets nobody in without.
 */
export function roleOfOperator(
  claims: Readonly<Record<string, unknown>>,
  { provider, roles }: Operators,
  wanted?: string,
): OperatorRole | undefined {
  const isVerified = provider?.access === true || claims.email_verified === true
  return roles.find(
    ({ match, name }) =>
      (wanted === undefined || name === wanted) &&
      (!match.has('email') || isVerified) &&
      [...match].every(([claim, values]) => values.some((value) => hasValue(claims, claim, value))),
  )
}

/** A claim may be a list, as of groups; then one of it is enough. */
function hasValue(claims: Readonly<Record<string, unknown>>, claim: string, value: string): boolean {
  const found = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  return [found].flat().some((one) => one === value || (typeof one === 'boolean' && String(one) === value))
}

/** Tells one operator from others, and not who it is: 128 bits of a hash. */
export async function operatorName(issuer: string, subject: string): Promise<string> {
  return hex(await sha256(utf8(JSON.stringify([issuer, subject])))).slice(0, 32)
}

/** The caller that an operator is in a role, in the form of a role session of AWS. */
export async function operatorIn(
  { account, asksAboutTags, name: role, policy }: OperatorRole,
  name: string,
  accessKeyId: string,
): Promise<(region: string) => Caller> {
  const roleName = `operator-${role}`
  const userId = `${await roleIdOf(`arn:aws:iam::${account}:role/${roleName}`)}:${name}`
  const arn = `arn:aws:sts::${account}:assumed-role/${roleName}/${name}`
  return (region) => ({ kind: 'operator', account, arn, userId, accessKeyId, region, policy, asksAboutTags })
}
