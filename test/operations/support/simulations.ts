import { type CallOptions, call } from '../../support/client.ts'
import { succeeded } from './pools.ts'

/** The answer of SimulateLogin, as far as tests look at its parts. */
export interface Simulation {
  Logins?: Record<string, unknown>[]
  Guest?: { WouldBeMade: boolean; RefusedBy?: string; Which?: string }
  Identity?: { IdentityId: string; Guest: boolean }
  Role?: { RoleArn?: string; ChosenBy?: object; Reason?: string }
  Tags?: Record<string, string>
  Session?: object
  Trust?: Record<string, unknown>
  R2?: object
  Token?: object
  Answer: { Code: string; Message?: string; Reason?: object }
}

export const simulate = (IdentityPoolId: string, input: object = {}, options: CallOptions = {}) =>
  call<Simulation>('SimulateLogin', { IdentityPoolId, ...input }, { service: 'edge-identity', ...options })

export const simulated = async (...parameters: Parameters<typeof simulate>): Promise<Simulation> =>
  succeeded(await simulate(...parameters))
