import { parseArn } from '../../base/arn.ts'
import { VERSION } from '../../base/version.ts'
import type { StsTarget } from '../../credentials/index.ts'
import { boolean, optional, structure } from '../../protocol/index.ts'
import type { DescribedRing } from '../../tokens/index.ts'
import { type SignedContext, signedOperation } from '../operation.ts'
import { healthOf, keySetsOf } from './service-health.ts'

/**
 * What the deployment is made of, for its operators, and how its parts are: no secret, and nothing of another account. With
 * `Probe` the parts outside are asked whether they answer. Not of AWS's API.
 */
export const describeService = signedOperation({
  service: 'edge-identity',
  name: 'DescribeService',
  input: structure({ Probe: optional(boolean()) }),
  resource: () => '*',
  async run({ Probe = false }, context) {
    const { facts, issuer, localMode } = context
    // The ring is opened by whoever uses it first.
    const ring = await context.keys.current()
    const rings = await facts.rings.describe()
    return {
      Service: 'edge-identity',
      Version: VERSION,
      Issuer: issuer,
      LocalMode: localMode,
      TokenAlgorithm: facts.algorithm,
      StsTargets: targetsOf(context),
      KeyRings: rings.map(describeRing),
      AccessKeys: accessKeysOf(context),
      OperatorRoles: operatorRolesOf(context),
      Settings: settingsOf(context),
      KeySets: await keySetsOf(context),
      Health: await healthOf(ring, rings, Probe, context),
    }
  },
})

const date = (at: number | null | undefined) => (typeof at === 'number' ? new Date(at) : undefined)

function describeRing({ algorithm, found, uses, why }: DescribedRing) {
  return {
    Algorithm: algorithm,
    Uses: uses,
    /** A ring that was never used has no keys yet. */
    Opened: why ? undefined : found !== undefined,
    NextKeyDate: date(found?.nextTurnAt),
    Keys: found?.keys.map(({ createdAt, kid, leavesAt, revokedAt, signFrom, signUntil, state }) => ({
      KeyId: kid,
      State: STATES[state],
      CreationDate: date(createdAt),
      SignsFrom: date(signFrom),
      SignsUntil: date(signUntil),
      PublishedUntil: date(revokedAt ?? leavesAt),
      RevokedDate: date(revokedAt),
    })),
  }
}

const STATES = { next: 'Next', signing: 'Signing', retired: 'Retired', revoked: 'Revoked' } as const

/** The first is for all roles that no other names. Roles of other accounts are left out. */
function targetsOf({ caller, sts }: SignedContext) {
  const others = sts.others.map(({ roles, target }) => ({
    ...describeTarget(target),
    Roles: roles.filter((role) => mayBeOf(caller.account, role)),
  }))
  return [describeTarget(sts.fallback), ...others.filter(({ Roles }) => Roles.length > 0)]
}

function describeTarget(target: StsTarget) {
  if (target.kind === 'embedded') return { Kind: 'Embedded' }
  return { Kind: 'Remote', Endpoint: target.endpoint, Profile: target.profile }
}

/** Roles of stores are of no account. */
function mayBeOf(account: string, role: string): boolean {
  const owner = parseArn(role)?.account ?? ''
  return !/^\d{12}$/.test(owner) || owner === account
}

function accessKeysOf({ caller, facts }: SignedContext) {
  return facts.accessKeys
    .filter(({ account }) => account === caller.account)
    .map(({ id, policy, user }) => ({
      AccessKeyId: id,
      UserName: user,
      PolicyDocument: JSON.stringify(policy),
      IsCaller: id === caller.accessKeyId,
    }))
}

function operatorRolesOf({ caller, facts }: SignedContext) {
  return facts.operatorRoles
    .filter(({ account }) => account === caller.account)
    .map(({ match, name, policy }) => ({
      RoleName: name,
      Match: Object.fromEntries(match),
      PolicyDocument: JSON.stringify(policy),
    }))
}

function settingsOf({ caller, facts }: SignedContext) {
  return facts.settings
    .filter(({ account }) => account === undefined || account === caller.account)
    .map(({ isSecret, name }) => ({ Name: name, Secret: isSecret }))
}
