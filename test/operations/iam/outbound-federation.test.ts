import { describe, expect, it } from 'vitest'
import { LIMITED_KEY, OTHER_ACCOUNT_KEY } from '../../support/access-keys.ts'
import { expectXmlFault, query } from '../../support/client.ts'
import { resultOf } from '../support/callers.ts'

const ask = (what: 'Enable' | 'Disable' | 'Get', options = {}) =>
  query('iam', { Action: `${what}OutboundWebIdentityFederation${what === 'Get' ? 'Info' : ''}` }, options)

const OFF = [404, 'FeatureDisabled', 'Outbound web identity federation is not enabled for this account.'] as const

describe('Outbound web identity federation', () => {
  it('is off until it is enabled, and again once it is disabled, in one account at a time', async () => {
    expectXmlFault(await ask('Get'), ...OFF)
    expectXmlFault(await ask('Disable'), ...OFF)
    const enabled = await ask('Enable')
    expect(enabled.status, enabled.xml).toBe(200)
    expect(resultOf(enabled, 'EnableOutboundWebIdentityFederation')).toEqual({ IssuerIdentifier: 'http://localhost' })
    expect(resultOf(await ask('Get'), 'GetOutboundWebIdentityFederationInfo')).toEqual({
      IssuerIdentifier: 'http://localhost',
      JwtVendingEnabled: 'true',
    })
    expectXmlFault(await ask('Get', { signed: OTHER_ACCOUNT_KEY }), ...OFF)
    const again = 'Outbound web identity federation is enabled for this account already.'
    expectXmlFault(await ask('Enable'), 409, 'FeatureEnabled', again)
    expect((await ask('Disable')).status).toBe(200)
    expectXmlFault(await ask('Get'), ...OFF)
  })

  it('is enabled by one call that an SDK sends twice', async () => {
    const headers = { 'amz-sdk-invocation-id': crypto.randomUUID() }
    expect((await ask('Enable', { headers })).status).toBe(200)
    expect((await ask('Enable', { headers })).status).toBe(200)
    expect((await ask('Disable')).status).toBe(200)
  })

  it.each(['Enable', 'Disable', 'Get'] as const)('%s needs the permission', async (what) => {
    const action = `iam:${what}OutboundWebIdentityFederation${what === 'Get' ? 'Info' : ''}`
    const answer = await ask(what, { signed: LIMITED_KEY })
    expect([answer.status, answer.parsed.ErrorResponse.Error.Message]).toEqual([
      403,
      expect.stringContaining(`is not authorized to perform: ${action} on resource: *`),
    ])
  })
})
