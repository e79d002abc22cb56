import { hex, sha256, utf8 } from '../../base/bytes.ts'
import { boolean, optional, required } from '../../protocol/index.ts'
import { developerUser, identityId, poolId, providerName } from '../pool/index.ts'

/** The members of a request that changes a login of an identity. */
export const loginOfIdentity = {
  IdentityPoolId: required(poolId),
  IdentityId: required(identityId),
  Provider: required(providerName),
  Subject: required(developerUser),
  Developer: optional(boolean()),
  DryRun: optional(boolean()),
} as const

/** Who a login is of, for the record: whoever knows the subject recognises it, and it is not told. */
export async function subjectOnRecord(subject: string): Promise<{ subjectSha256: string }> {
  return { subjectSha256: hex(await sha256(utf8(subject))) }
}
