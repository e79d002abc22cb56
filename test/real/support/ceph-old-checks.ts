import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  InvalidIdentityPoolConfigurationException,
} from '@aws-sdk/client-cognito-identity'
import { AddClientIDToOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { faultOf } from '../../conformance/support/answers.ts'
import { ACCESS_CHECKS, type Check } from './access-checks.ts'
import { decisionOn } from './ceph-pool.ts'
import type { CephStore } from './ceph-store.ts'
import type { CheckName } from './store-target.ts'

/** The line of the log that says which request it is about, and the number that its other lines have. */
const startOf = (requestId: string) => new RegExp(` req (\\d+) .* initializing for trans_id = ${requestId}$`, 'm')

/** What docs/connect/ceph.md says of releases that read only keys with a certificate. */
export const cephOldChecks = (store: () => CephStore): Readonly<Record<string, Check>> => ({
  'this release refuses every token, and the client, the record and the log say so': async (bed) => {
    for (const Logins of [undefined, await bed.loginOf('ada')]) {
      const login = Logins && { Logins }
      const { IdentityId } = await bed.app.send(new GetIdCommand({ IdentityPoolId: bed.pool, ...login }))
      const refused = await faultOf(bed.app.send(new GetCredentialsForIdentityCommand({ IdentityId, ...login })))
      expect(refused).toBeInstanceOf(InvalidIdentityPoolConfigurationException)
      const { code, reason, upstream } = await decisionOn(refused, bed)
      expect({ code, reason }).toEqual({ code: 'AccessDenied', reason: 'sts_refused' })
      const log = await store().gateway.log()
      const [, request = 'none'] = startOf(upstream?.requestId ?? 'none').exec(log) ?? []
      expect(log).toMatch(new RegExp(` req ${request} .* x5c not present$`, 'm'))
    }
  },

  'this release adds no client id to a provider': async (bed) => {
    const { iam, provider } = store()
    const client = { OpenIDConnectProviderArn: provider, ClientID: await bed.createPool(bed.target.roles) }
    expect(await faultOf(iam.send(new AddClientIDToOpenIDConnectProviderCommand(client)))).toMatchObject({
      $metadata: { httpStatusCode: 405 },
    })
  },
})

/** Checks that need a token to be accepted. */
export function needingTokens(why: string): Partial<Record<CheckName, string>> {
  const refusal: CheckName = 'a refusal of the store is InvalidIdentityPoolConfigurationException to the client'
  const names = Object.keys(ACCESS_CHECKS).filter((name) => name !== refusal)
  return Object.fromEntries(
    [...names, 'while the store hangs, clients get ExternalServiceException'].map((name) => [name, why]),
  )
}
