import type { IdentityFile } from '../declare/index.ts'
import { suggestion } from './near.ts'
import type { Path } from './problem.ts'

/** Adds a problem at a place of the file. */
export type Add = (path: Path, rule: string, message: string, what?: 'value' | 'key') => void

/** A role that the file names must be there, unless it is an ARN. */
export function checkRole(role: string, at: Path, { roles = {} }: IdentityFile, add: Add): void {
  if (role.startsWith('arn:') || Object.hasOwn(roles, role)) return
  add(at, 'unknown-role', `There is no role ${role} under \`roles\`.${suggestion(role, Object.keys(roles))}`)
}
