import { elementIn, listIn, textIn, type XmlValue } from '../../calls/index.ts'
import { iam, readSettings } from '../../session/index.ts'
import { type Statement, statementsIn } from './policy.ts'
import { type Trust, trustOf } from './trust.ts'

/** A role as IAM lists it. */
export interface Role {
  name: string
  arn: string
  path: string
  createdAt: string
  description: string
  maxSessionSeconds: number
  /** The trust policy, as JSON. */
  trustPolicy: string
  boundary: string | undefined
  tags: readonly (readonly [key: string, value: string])[]
}

const PAGE = '100'

/** A page of roles. Throws `Refused`. */
export async function rolesFrom(
  marker: string | undefined,
): Promise<{ roles: Role[]; NextToken?: string | undefined }> {
  const answer = await iam('ListRoles', { MaxItems: PAGE, ...(marker !== undefined && { Marker: marker }) })
  return { roles: listIn(answer, 'Roles').map(roleFrom), NextToken: textIn(answer, 'Marker') }
}

/** Throws `Refused`. */
export const roleNamed = async (RoleName: string): Promise<Role> =>
  roleFrom(elementIn(await iam('GetRole', { RoleName }), 'Role') ?? {})

function roleFrom(role: XmlValue): Role {
  const text = (name: string) => textIn(role, name) ?? ''
  return {
    name: text('RoleName'),
    arn: text('Arn'),
    path: text('Path'),
    createdAt: text('CreateDate'),
    description: text('Description'),
    maxSessionSeconds: Number(text('MaxSessionDuration')),
    trustPolicy: decodeURIComponent(text('AssumeRolePolicyDocument')),
    boundary: textIn(elementIn(role, 'PermissionsBoundary'), 'PermissionsBoundaryArn'),
    tags: listIn(role, 'Tags').map((tag) => [textIn(tag, 'Key') ?? '', textIn(tag, 'Value') ?? ''] as const),
  }
}

/** What is judged of a trust policy, or that it cannot be read. */
export type Trusts = { statements: readonly Statement[]; trusts: readonly Trust[] } | undefined

export function trustsOf({ trustPolicy }: Role, issuer: string): Trusts {
  try {
    const statements = statementsIn(trustPolicy)
    return { statements, trusts: statements.map((statement) => trustOf(statement, issuer)) }
  } catch {
    return undefined
  }
}

let issuer: Promise<string> | undefined

/** The issuer of this service, which trust policies may name. It is the same as long as the page is open. */
export function issuerHere(): Promise<string> {
  issuer ??= readSettings().then((settings) => settings.issuer)
  issuer.catch(() => {
    issuer = undefined
  })
  return issuer
}
