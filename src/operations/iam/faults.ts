import { MAX_CLIENT_IDS, MAX_INLINE_POLICY_CHARS, MAX_RECORD_TAGS } from '../../account/index.ts'
import { Fault } from '../../protocol/index.ts'
import { MAX_THUMBPRINTS } from './limits.ts'

/** Faults of IAM that more than one of its operations makes, in IAM's words. */

export function noSuchRole(name: string): Fault {
  return new Fault('NoSuchEntity', `The role with name ${name} cannot be found.`)
}

export function noSuchProvider(arn: string): Fault {
  return new Fault('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`)
}

export function noSuchSamlProvider(arn: string): Fault {
  return new Fault('NoSuchEntity', `Manifest not found for arn ${arn}`)
}

export function noSuchInlinePolicy(name: string): Fault {
  return new Fault('NoSuchEntity', `The role policy with name ${name} cannot be found.`)
}

export function tooLargePolicies(role: string): Fault {
  return new Fault('LimitExceeded', `Maximum policy size of ${MAX_INLINE_POLICY_CHARS} bytes exceeded for role ${role}`)
}

export const alreadyExists = (what: string) => new Fault('EntityAlreadyExists', `${what} already exists.`)

export const quotaExceeded = (quota: string, most: number) =>
  new Fault('LimitExceeded', `Cannot exceed quota for ${quota}: ${most}`)

export const tooManyTags = () => quotaExceeded('TagsPerResource', MAX_RECORD_TAGS)

export const tooManyClientIds = () => quotaExceeded('ClientIdsPerOpenIdConnectProvider', MAX_CLIENT_IDS)

/** IAM says "fewer than" and takes as many. */
export const tooManyThumbprints = () =>
  new Fault('InvalidInput', `Thumbprint list must contain fewer than ${MAX_THUMBPRINTS} entries.`)

export const federationEnabled = () =>
  new Fault('FeatureEnabled', 'Outbound web identity federation is enabled for this account already.')

export const federationDisabled = () =>
  new Fault('FeatureDisabled', 'Outbound web identity federation is not enabled for this account.')
