import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { LOCAL_ACCOUNT } from '../../conformance/support/service.ts'
import type { RoleName, WantedStore } from './store-target.ts'

/** What the tests change of the file for `-iam.config`. */
export interface IamConfig {
  sts: Record<string, unknown>
  providers: { enabled: boolean; config: Record<string, unknown> }[]
  roles: IamRole[]
  policies: { name: string; document: object }[]
}

interface IamRole {
  roleName: string
  roleArn: string
  trustPolicy: { Statement: { Principal: object; Condition: Record<string, Record<string, string>> }[] }
  attachedPolicies: string[]
  maxSessionDuration?: number
}

const PAGE = readFileSync(new URL('../../../docs/connect/seaweedfs.md', import.meta.url), 'utf8')
const [FILE = '', OWN_FOLDERS = ''] = [...PAGE.matchAll(/^ *```json\n(.*?)^ *```$/gms)].map(([, json]) => json)

const roleArn = (name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`
export const ROLES: Record<RoleName, string> = { Users: roleArn('Users'), Guests: roleArn('Guests') }

/** A role that the file does not have: users who see only their own. */
export const OWNERS = roleArn('Owners')

/** The file that the page shows, with the names of this service in place of its own, and the role of `OWNERS`. */
export function iamConfig({ issuer, pool }: Pick<WantedStore, 'issuer' | 'pool'>): IamConfig {
  const text = Object.entries({
    'https://identity.example.com': issuer,
    'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9': pool,
    '<32 random bytes in base64>': randomBytes(32).toString('base64'),
    '123456789012': LOCAL_ACCOUNT,
  }).reduce((changed, [shown, real]) => changed.replaceAll(shown, real), FILE)
  const config: IamConfig = JSON.parse(text)
  const owners = { ...roleNamed('Users', config), roleName: 'Owners', roleArn: OWNERS, attachedPolicies: ['Own'] }
  config.roles.push(structuredClone(owners))
  config.policies.push({ name: 'Own', document: JSON.parse(OWN_FOLDERS) })
  return config
}

export function roleNamed(name: string, { roles }: IamConfig): IamRole {
  const role = roles.find(({ roleName }) => roleName === name)
  if (!role) throw new Error(`The page has no role ${name}.`)
  return role
}

/** The statement of the trust policy of a role, of which there is one. */
export function trustOf(name: string, config: IamConfig): IamRole['trustPolicy']['Statement'][number] {
  const [statement, ...others] = roleNamed(name, config).trustPolicy.Statement
  if (!statement || others.length > 0) throw new Error(`The role ${name} has not one statement.`)
  return statement
}
