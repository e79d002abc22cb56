import {
  ExternalServiceException,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetOpenIdTokenCommand,
} from '@aws-sdk/client-cognito-identity'
import { expect } from 'vitest'
import { faultOf } from '../../conformance/support/answers.ts'
import type { Check } from './access-checks.ts'
import type { Bed } from './store-bed.ts'
import type { TroubleCheckName } from './store-target.ts'

const UNEXPECTED = 'The security token service did not answer as expected.'

/** The last of these leaves the store down. */
export const TROUBLE_CHECKS: Readonly<Record<TroubleCheckName, Check>> = {
  'while the store hangs, clients get ExternalServiceException': async (bed) => {
    const guest = await guestOf(bed)
    bed.store.pause()
    try {
      await expectUnanswered(bed, guest)
    } finally {
      bed.store.resume()
    }
    expect(await credentialsOf(bed, guest)).toMatchObject({ IdentityId: guest })
  },

  'while the store is down, clients get ExternalServiceException, and all else is served': async (bed) => {
    await bed.store.stop()
    const guest = await guestOf(bed)
    await expectUnanswered(bed, guest)
    expect(await bed.app.send(new GetOpenIdTokenCommand({ IdentityId: guest }))).toHaveProperty('Token')
  },
}

async function guestOf({ app, pool }: Bed): Promise<string> {
  return (await app.send(new GetIdCommand({ IdentityPoolId: pool }))).IdentityId ?? ''
}

const credentialsOf = ({ app }: Bed, IdentityId: string) =>
  app.send(new GetCredentialsForIdentityCommand({ IdentityId }))

async function expectUnanswered(bed: Bed, guest: string): Promise<void> {
  const fault = await faultOf(credentialsOf(bed, guest))
  expect(fault).toBeInstanceOf(ExternalServiceException)
  expect(fault).toMatchObject({ message: UNEXPECTED })
}
