import { issuerName } from '../base/issuer-name.ts'
import { DOMAINS } from '../base/regions.ts'
import { isPoolService } from './pool-issuer.ts'

/** Ids of pools and of identities, and whatever looks like one: which of them exist nobody has to ask. */
const ID = /^[\w-]+:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Domains of AWS, in each of its partitions. */
const AWS_DOMAINS = [...new Set(DOMAINS.values()), 'api.aws']

/**
 * Whether a token of ours may be for this audience: `no` for what our own tokens of identities are for, so that nothing and
 * nobody who trusts those can be given another one; `if_named` for AWS, whose roles trust our issuer in many accounts. There the
 * audience must be written out, where it is allowed, and a wildcard is not enough.
 *
 * Whoever compares may ignore case, white space, the scheme and a slash at the end, and so does this.
 */
export function mayBeAudience(audience: string, issuer: string): 'yes' | 'if_named' | 'no' {
  const name = bare(audience)
  if (name === '' || ID.test(name) || name === bare(issuer) || isPoolService(name)) return 'no'
  const host = hostOf(name)
  return AWS_DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`)) ? 'if_named' : 'yes'
}

function bare(text: string): string {
  const name = issuerName(text.trim().toLowerCase())
  return name.slice(0, name.length - endingSlashes(name))
}

/** How many slashes a text ends with. */
function endingSlashes(text: string): number {
  let count = 0
  while (count < text.length && text.at(-1 - count) === '/') count++
  return count
}

function hostOf(name: string): string {
  return name.split(/[/:?#]/, 1)[0] ?? ''
}
