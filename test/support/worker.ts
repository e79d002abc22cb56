import * as service from '../../src/worker.ts'

export { default } from '../../src/worker.ts'

/** The objects that ran since they were last forgotten, each with the binding of its class. */
export const objectsThatRan = new Map<string, ObjectBinding>()

export type ObjectBinding = 'ACCOUNT' | 'IDENTITY_POOL' | 'KEY_RING'

/** The service as it is, whose objects are noted down when they start, those too whose start fails. */
export class Account extends service.Account {
  constructor(state: DurableObjectState, env: Env) {
    objectsThatRan.set(state.id.toString(), 'ACCOUNT')
    super(state, env)
  }
}

export class IdentityPool extends service.IdentityPool {
  constructor(state: DurableObjectState, env: Env) {
    objectsThatRan.set(state.id.toString(), 'IDENTITY_POOL')
    super(state, env)
  }
}

export class KeyRing extends service.KeyRing {
  constructor(state: DurableObjectState, env: Env) {
    objectsThatRan.set(state.id.toString(), 'KEY_RING')
    super(state, env)
  }
}
