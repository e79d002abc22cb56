import { fail } from '../lib/bootstrap.mjs'

/** The issuer of wrangler.toml. Loaded only here, since wrangler takes a second. */
export async function configuredIssuer(): Promise<string> {
  const { configOf, environmentMeant, PROJECT_CONFIG } = await import('../deploy/wrangler-config.ts')
  const { Unreadable } = await import('../deploy/unreadable.ts')
  try {
    const { ISSUER } = configOf(PROJECT_CONFIG, environmentMeant(undefined)).vars
    if (typeof ISSUER === 'string') return ISSUER
  } catch (error) {
    if (error instanceof Unreadable) return fail(error.message)
    throw error
  }
  return fail('Name the issuer with --issuer, or set ISSUER in wrangler.toml.')
}
