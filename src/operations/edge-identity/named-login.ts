import { keptNames } from '../../logins/index.ts'
import type { ProvenLogin } from '../../pools/index.ts'

/** A login as an operator names it. */
export interface NamedLogin {
  provider: string
  subject: string
  /** Whether it is a user of a backend, if that is known: a developer provider may have the name of another. */
  developer: boolean | undefined
}

/** The logins that may be meant, the likeliest first. */
export function loginsNamed({ developer, provider, subject }: NamedLogin): ProvenLogin[] {
  const ofProvider = keptNames(provider).map((name) => ({ provider: name, subject, developer: false }))
  const ofBackend = { provider, subject, developer: true }
  return [...(developer === true ? [] : ofProvider), ...(developer === false ? [] : [ofBackend])]
}
