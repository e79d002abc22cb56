import { DurableObject } from 'cloudflare:workers'

export class Account extends DurableObject<Env> {}
export class IdentityPool extends DurableObject<Env> {}
export class KeyRing extends DurableObject<Env> {}

export default { fetch: () => new Response('not yet') } satisfies ExportedHandler<Env>
