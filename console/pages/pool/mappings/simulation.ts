import type { JudgedRole } from '../../../parts/index.ts'
import { edge, regionOf } from '../../../session/index.ts'
import type { Mapping, PoolMembers, TagMap } from '../settings.ts'

/** What SimulateLogin answers: as far as the request would come. */
export interface Simulation extends JudgedRole {
  Logins?: {
    Provider: string
    Accepted: boolean
    Subject?: string
    ClientId?: string
    Claims?: Record<string, unknown>
    Reason?: string
    Details?: Record<string, unknown>
    Accepts?: unknown
  }[]
  Guest?: { WouldBeMade: boolean; RefusedBy?: string; Which?: string }
  Identity?: { IdentityId: string; Guest: boolean }
  Role?: {
    RoleArn?: string
    ChosenBy?: { By: 'default' | 'rule' | 'token'; Role?: string; MappingKey?: string; Rule?: number; Custom: boolean }
    Reason?: string
    [detail: string]: unknown
  }
}

/** Settings to judge by that nobody has saved. */
export interface Draft {
  Roles?: PoolMembers['Roles']
  RoleMappings?: Record<string, Mapping>
  PrincipalTagMaps?: Record<string, TagMap>
}

export interface Question {
  Logins?: Record<string, string>
  IdentityId?: string
  CustomRoleArn?: string
  GuestPass?: string
  ClientAddress?: string
  ClientNetwork?: number
  Draft?: Draft
}

/** What a login would come to. Nothing is issued. Throws `Refused`. */
export const simulate = (IdentityPoolId: string, question: Question) =>
  edge<Simulation>('SimulateLogin', { IdentityPoolId, ...question }, regionOf(IdentityPoolId))
