import { outboundUrl } from '../base/outbound-url.ts'
import { parseAccessKeyPolicy } from '../policy/index.ts'
import { jsonObject, type NamedReader, type NameRule, type Reader, SettingError } from './setting.ts'

/** The OpenID provider at which operators sign in. */
export interface OperatorOidcSetting {
  /** Its `iss`. */
  issuer: string
  /** The audience of its tokens: the client id of the console there or, with Cloudflare Access, the tag of the application. */
  clientId: string
  /** Cloudflare Access stands in front of the console, and says with each request who it is. */
  access: boolean
}

/** A role that operators get, by what the provider says of them. */
export interface OperatorRoleSetting {
  name: string
  account: string
  /** What each of these claims must be, or one of what it may be. */
  match: ReadonlyMap<string, readonly string[]>
  /** IAM policy document: what the role may do. It can be parsed. */
  policy: unknown
}

const OIDC_MEMBERS = ['issuer', 'clientId', 'access']

export const operatorOidcFrom: Reader<OperatorOidcSetting | undefined> = (value, { localMode, name }) => {
  if (value === undefined) return undefined
  const given = jsonObject(name, value, '"issuer" and "clientId"')
  refuseUnknown(name, given, OIDC_MEMBERS)
  const { access = false, clientId, issuer } = given
  const url = typeof issuer === 'string' ? outboundUrl(issuer, localMode) : undefined
  if (typeof issuer !== 'string' || !url || /[?#]/.test(issuer))
    throw new SettingError(name, 'must have an "issuer": an https URL without query or fragment')
  if (typeof clientId !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(clientId))
    throw new SettingError(name, 'must have a "clientId" of 1 to 255 characters')
  if (typeof access !== 'boolean') throw new SettingError(name, 'has an "access" that is neither true nor false')
  return { issuer, clientId, access }
}

export const OPERATOR_ROLE_NAME: NameRule = {
  pattern: /^[A-Za-z0-9_]{1,32}$/,
  problem: 'must be named by 1 to 32 letters, digits and underscores',
}

const ROLE_MEMBERS = ['match', 'account', 'policy']

/** A role of operators; its name is in that of the setting. */
export const operatorRoleFrom: NamedReader<OperatorRoleSetting> = (value, { name }) => {
  const given = jsonObject(name, value, '"match", "account" and "policy"')
  refuseUnknown(name, given, ROLE_MEMBERS)
  const { account, match, policy } = given
  if (typeof account !== 'string' || !/^\d{12}$/.test(account))
    throw new SettingError(name, 'must have an "account" of twelve digits')
  if (policy === undefined) throw new SettingError(name, 'must have a "policy": what this role may do')
  const parsed = parseAccessKeyPolicy(policy)
  if (!parsed.ok) throw new SettingError(name, `has a "policy" that cannot be read: ${parsed.error.detail}`)
  return { name: name.slice('OPERATOR_ROLE_'.length), account, match: matchFrom(name, match), policy }
}

/** Without a claim to match, everybody whom the provider knows would be an operator. */
function matchFrom(setting: string, match: unknown): OperatorRoleSetting['match'] {
  const problem = 'must have a "match": for each claim the text that it must be, or a list of texts'
  if (typeof match !== 'object' || match === null || Array.isArray(match)) throw new SettingError(setting, problem)
  const claims = Object.entries(match).map(([claim, wanted]) => [claim, [wanted].flat()] as const)
  const isGood = claims.every(
    ([claim, wanted]) =>
      claim !== '' && wanted.length > 0 && wanted.every((one) => typeof one === 'string' && one !== ''),
  )
  if (claims.length === 0 || !isGood) throw new SettingError(setting, problem)
  return new Map(claims as [string, string[]][])
}

function refuseUnknown(setting: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((member) => !known.includes(member))
  if (unknown !== undefined) throw new SettingError(setting, `has "${unknown}", which it does not know`)
}
