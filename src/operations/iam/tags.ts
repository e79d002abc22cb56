import { type Fault, required, type StructureShape, structure } from '../../protocol/index.ts'
import type { Caller } from '../caller.ts'
import { type Operation, type SignedContext, signedOperation, type TagPairs } from '../operation.ts'
import { noSuchProvider, noSuchRole, noSuchSamlProvider, tooManyTags } from './faults.ts'
import { onProvider, ownProvider, ownProviderArn } from './oidc-provider-arn.ts'
import { pageMembers, pageOfTags } from './page.ts'
import { onRole, ownRole } from './role.ts'
import { onSamlProvider, ownSamlProvider, ownSamlProviderArn } from './saml-provider.ts'
import { providerArn, roleName, tagKeys, tagPairs, tags, uniqueTags } from './shapes.ts'
import { checkVendsTag } from './vends-tag.ts'

type NamingMember = 'RoleName' | 'OpenIDConnectProviderArn' | 'SAMLProviderArn'

/** A kind of resource that has tags. */
interface Taggable {
  /** The kind, as the names of operations have it. */
  noun: string
  /** The member of requests that names one. */
  member: NamingMember
  shape: typeof roleName | typeof providerArn
  /** The resource that the caller's policy is asked about, and its tags. */
  on: typeof onRole | typeof onProvider | typeof onSamlProvider
  /** The name of the caller's own resource, or the fault for one that cannot exist in the caller's account. */
  own: (name: string, caller: Caller) => string
  find: (name: string, context: SignedContext) => Promise<{ arn: string; tags: TagPairs }>
  change: 'tagRole' | 'tagOidcProvider' | 'tagSamlProvider'
  missing: (name: string) => Fault
  /** Whether keys that differ in case alone are one key. */
  ignoringCase: boolean
  /** Refuses tags that mean something, and cannot be followed or are not the caller's to set. */
  check?: (tags: TagPairs, context: SignedContext) => void
}

const ROLE: Taggable = {
  noun: 'Role',
  member: 'RoleName',
  shape: roleName,
  on: onRole,
  own: (name) => name,
  find: ownRole,
  change: 'tagRole',
  missing: noSuchRole,
  ignoringCase: true,
  check: checkVendsTag,
}

const OIDC_PROVIDER: Taggable = {
  noun: 'OpenIDConnectProvider',
  member: 'OpenIDConnectProviderArn',
  shape: providerArn,
  on: onProvider,
  own: ownProviderArn,
  find: ownProvider,
  change: 'tagOidcProvider',
  missing: noSuchProvider,
  ignoringCase: false,
}

const SAML_PROVIDER: Taggable = {
  noun: 'SAMLProvider',
  member: 'SAMLProviderArn',
  shape: providerArn,
  on: onSamlProvider,
  own: ownSamlProviderArn,
  find: ownSamlProvider,
  change: 'tagSamlProvider',
  missing: noSuchSamlProvider,
  ignoringCase: false,
}

/** For each kind of resource: one operation that adds tags, one that takes some away, and one that lists them. */
export const tagOperations: readonly Operation[] = [
  ...operationsOn(ROLE),
  ...operationsOn(OIDC_PROVIDER),
  ...operationsOn(SAML_PROVIDER),
]

function operationsOn(kind: Taggable): Operation[] {
  return [tagging(kind), untagging(kind), listingTags(kind)]
}

/**
 * The input of an operation on one resource of this kind. To the compiler it has a member for each kind; it is read by
 * `member` alone, and by what the kind says of itself.
 */
function inputNaming<const M extends StructureShape['members']>({ member, shape }: Taggable, members: M) {
  const input = structure({ [member]: required(shape), ...members })
  return input as unknown as { type: 'structure'; members: M & Record<NamingMember, Naming> }
}

type Naming = { shape: { type: 'string' }; required: true }

function tagging(kind: Taggable): Operation {
  const { change, check, ignoringCase, member, missing, noun, on, own } = kind
  return signedOperation({
    service: 'iam',
    name: `Tag${noun}`,
    input: inputNaming(kind, { Tags: required(tags) }),
    ...on,
    tags: (input) => ({ kind: 'add', tags: tagPairs(input.Tags) }),
    async run(input, context) {
      const { accounts, caller } = context
      const name = own(input[member], caller)
      const pairs = uniqueTags(input.Tags, { ignoringCase })
      check?.(pairs, context)
      const tagged = await accounts.change(caller.account, (account) => account[change](name, pairs, []))
      if (tagged === 'none') throw missing(name)
      if (tagged === 'limit') throw tooManyTags()
      return undefined
    },
  })
}

function untagging(kind: Taggable): Operation {
  const { change, member, missing, noun, on, own } = kind
  return signedOperation({
    service: 'iam',
    name: `Untag${noun}`,
    input: inputNaming(kind, { TagKeys: required(tagKeys) }),
    ...on,
    tags: (input) => ({ kind: 'remove', keys: input.TagKeys }),
    async run(input, { accounts, caller }) {
      const name = own(input[member], caller)
      const untagged = await accounts.change(caller.account, (account) => account[change](name, [], input.TagKeys))
      if (untagged === 'none') throw missing(name)
      return undefined
    },
  })
}

function listingTags(kind: Taggable): Operation {
  const { find, member, noun, on } = kind
  const name = `List${noun}Tags`
  return signedOperation({
    service: 'iam',
    name,
    input: inputNaming(kind, pageMembers),
    ...on,
    async run(input, context) {
      const found = await find(input[member], context)
      return pageOfTags(found.tags, input, { operation: name, of: found.arn })
    },
  })
}
