import type { Result } from '../../src/base/result.ts'

export interface Wish {
  issuer: string
  /** Pool ids. */
  pools: readonly string[]
  /** Twelve digits. */
  account?: string | undefined
  namePrefix: string
  /** Whether signed-in users may bring session tags. */
  tags: boolean
  /** Whether the account's OIDC provider for the issuer is managed elsewhere. */
  existingProvider: boolean
  /** Seconds, 3600 to 43 200; IAM's default is 3600. */
  maxSessionDuration?: number | undefined
}

export interface ConnectedRole {
  kind: 'authenticated' | 'unauthenticated'
  name: string
  description: string
  logicalId: string
  terraformName: string
  notes: string[]
}

export interface ConnectedPool {
  id: string
  region: string
  tag: string
  roles: ConnectedRole[]
}

export interface Connection {
  issuer: string
  /** The issuer without its scheme: what IAM calls the provider. */
  name: string
  /** URL of the API. */
  endpoint: string
  partition: string
  account: string | undefined
  tags: boolean
  existingProvider: boolean
  maxSessionDuration: number | undefined
  pools: ConnectedPool[]
}

export interface Resource {
  Type: string
  Metadata?: Record<string, unknown>
  Properties: Record<string, unknown>
}

export interface Template {
  AWSTemplateFormatVersion: string
  Description: string
  Resources: Record<string, Resource>
  Outputs: Record<string, { Description: string; Value: unknown }>
}

export const MAX_POOLS: number
export function readConnection(wish: Wish): Result<Connection, string>
export function cloudFormationTemplate(connection: Connection): Template
export function terraformConfig(connection: Connection): string
export function setRolesCommand(
  connection: Connection,
  pool: ConnectedPool,
  arnOf: (role: ConnectedRole) => string,
): string
export function addClientIdCommand(connection: Connection, pool: ConnectedPool): string
