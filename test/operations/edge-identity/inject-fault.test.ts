import { beforeEach, describe, expect, it } from 'vitest'
import { INJECTABLE_FAULTS } from '../../../src/local/injectable.ts'
import { allOperations } from '../../../src/operations/index.ts'
import { type CallOptions, call, expectFault, expectXmlFault, LOCAL_ACCOUNT, query } from '../../support/client.ts'
import { type CapturedLog, captureLog } from '../support/audit.ts'
import { createPool, getId, succeeded } from '../support/pools.ts'

const OTHER: CallOptions = { signed: { accessKeyId: '666666666666', secretAccessKey: 'test' } }
const OURS = { service: 'edge-identity' } as const

const inject = (Operation: string, Code: string, Times?: number, options: CallOptions = {}) =>
  call('InjectFault', { Operation, Code, Times }, { ...options, ...OURS })
const waiting = async () => succeeded(await call<{ Faults: object[] }>('ListInjectedFaults', {}, OURS)).Faults

let pool: string
beforeEach(async () => {
  pool = await createPool()
})

describe('InjectFault', () => {
  it('answers the next calls of an operation to the account with the fault, and then no more', async () => {
    succeeded(await inject('GetId', 'ExternalServiceException', 2))
    const faulty = () => call('GetId', { IdentityPoolId: pool })
    expect(await waiting()).toEqual([{ Operation: 'GetId', Code: 'ExternalServiceException', Times: 2 }])
    for (let n = 0; n < 2; n++)
      expectFault(await faulty(), 'ExternalServiceException', 'The identity provider did not answer as expected.')
    expect(await waiting()).toEqual([])
    succeeded(await faulty())
  })

  it('leaves other operations and other accounts alone', async () => {
    const others = await createPool({}, OTHER)
    succeeded(await inject('GetId', 'TooManyRequestsException'))
    succeeded(await call('DescribeIdentityPool', { IdentityPoolId: pool }))
    await getId(others)
    expectFault(await call('GetId', { IdentityPoolId: pool }), 'TooManyRequestsException', 'Rate exceeded')
  })

  it('finds the account by the identity that a call names, by its role, or by its signature', async () => {
    const IdentityId = await getId(pool)
    for (const operation of [
      'GetCredentialsForIdentity',
      'DescribeIdentityPool',
      'AssumeRoleWithWebIdentity',
      'ListRoles',
    ])
      succeeded(await inject(operation, 'TooManyRequestsException'))
    expectFault(await call('GetCredentialsForIdentity', { IdentityId }), 'TooManyRequestsException', 'Rate exceeded')
    expectFault(
      await call('DescribeIdentityPool', { IdentityPoolId: pool }),
      'TooManyRequestsException',
      'Rate exceeded',
    )
    const RoleArn = `arn:aws:iam::${LOCAL_ACCOUNT}:role/app`
    const assume = { Action: 'AssumeRoleWithWebIdentity', RoleArn, RoleSessionName: 'app', WebIdentityToken: 'a.b.c' }
    expectXmlFault(await query('sts', assume), 400, 'Throttling', 'Rate exceeded')
    expectXmlFault(await query('iam', { Action: 'ListRoles' }), 400, 'Throttling', 'Rate exceeded')
  })

  it('keeps the order in which faults were asked for', async () => {
    succeeded(await inject('GetId', 'InternalErrorException'))
    succeeded(await inject('GetId', 'TooManyRequestsException'))
    const answer = await call('GetId', { IdentityPoolId: pool })
    expect([answer.status, answer.body.__type]).toEqual([500, 'InternalErrorException'])
    expectFault(await call('GetId', { IdentityPoolId: pool }), 'TooManyRequestsException', 'Rate exceeded')
  })

  it('ends with ResetAccount', async () => {
    succeeded(await inject('ListIdentityPools', 'TooManyRequestsException', 1000, OTHER))
    succeeded(await call('ResetAccount', {}, { ...OTHER, ...OURS }))
    succeeded(await call('ListIdentityPools', { MaxResults: 1 }, OTHER))
  })

  it('refuses what AWS would not answer', async () => {
    const refused = async (operation: string, code: string, message: string) =>
      expectFault(await inject(operation, code), 'InvalidParameterException', message)
    await refused('GetId', 'NoSuchException', 'NoSuchException is no fault that can be injected.')
    await refused('GetId', 'constructor', 'constructor is no fault that can be injected.')
    await refused(
      'DescribeIdentity',
      'ExternalServiceException',
      "DescribeIdentity has no fault ExternalServiceException in AWS's API.",
    )
  })

  it('keeps no more than a hundred', async () => {
    for (let n = 0; n < 100; n++) succeeded(await inject('GetId', 'TooManyRequestsException', 1, OTHER))
    expectFault(
      await inject('GetId', 'TooManyRequestsException', 1, OTHER),
      'InvalidParameterException',
      'Too many faults wait for calls already.',
    )
    succeeded(await call('ResetAccount', {}, { ...OTHER, ...OURS }))
  })

  it('is told apart from a real fault in the record', async () => {
    const log: CapturedLog = captureLog()
    succeeded(await inject('GetId', 'TooManyRequestsException'))
    await call('GetId', { IdentityPoolId: pool })
    const records = log.records().filter(({ eventName }) => eventName === 'GetId')
    log.restore()
    expect(records.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])).toEqual([
      ['TooManyRequestsException', 'Asked for by InjectFault: Rate exceeded'],
    ])
  })

  it('knows only operations that there are', () => {
    const named = Object.values<{ message: string; operations?: readonly string[] }>(INJECTABLE_FAULTS).flatMap(
      (each) => each.operations ?? [],
    )
    const known = new Set(allOperations.map(({ name }) => name))
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })
})
