import type { PolicyDocument, Statement } from './document.ts'
import { parsePolicy } from './parse.ts'
import type { Parsed } from './parsed.ts'
import { isTagKey, refuseUnknownKeys } from './unknown-keys.ts'

/** Condition keys that signed requests have (IAM User Guide, "AWS global condition context keys", and of the services). */
const KEYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:securetransport',
  'aws:sourceip',
  'aws:tagkeys',
  'aws:userid',
  'aws:username',
  'aws:viaawsservice',
  'cognito-identity:identitypoolarn',
  'iam:passedtoservice',
  'iam:permissionsboundary',
  'iam:policyarn',
])

/** Keys that no request with an access key has, at AWS neither, unless it comes from within a network of AWS. */
const ABSENT: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:tokenissuetime',
  'aws:vpcsourceip',
])

/** The services whose operations the policy of an access key can allow here. */
const SERVICES = ['cognito-identity', 'edge-identity', 'iam', 'sts']

/**
 * Reads the policy of an access key, which every request that it signs is held against. It may ask only about condition
 * keys that such requests have; statements that can be about other services alone may ask about anything.
 */
export function parseAccessKeyPolicy(document: unknown): Parsed<PolicyDocument> {
  const policy = parsePolicy(document, 'identity')
  return policy.ok ? refuseUnknownKeys(policy.value, { knows: isKnownKey, concerns: isOurs }) : policy
}

/** Whether a signed request may have this condition key, which is in lower case, or never has it. */
export function isKnownKey(key: string): boolean {
  return KEYS.has(key) || isTagKey(key) || ABSENT.has(key)
}

function isOurs({ actions: { negated, wanted } }: Statement): boolean {
  return negated || wanted.some((action) => SERVICES.includes(vendorOf(action)) || /[*?]/.test(vendorOf(action)))
}

const vendorOf = (action: string) => action.toLowerCase().replace(/:.*/, '')
