/** Nothing is known of the types of an older build: its tests call it as it was. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Any = any

export const Account: new (state: DurableObjectState, env: Env) => Any
export const Accounts: new (namespace: DurableObjectNamespace<Any>, world: object) => Any
export const IdentityPool: new (state: DurableObjectState, env: Env) => Any
export const Pools: new (namespace: DurableObjectNamespace<Any>) => Any
export const KeyRing: new (state: DurableObjectState, env: Env) => Any
export const createKeys: (options: object) => Any
export const readKeyRingSettings: (env: Env) => Any
