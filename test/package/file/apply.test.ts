import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ApplyFailed,
  apply,
  FileProblems,
  plan,
  readIdentityText,
  type ServiceApi,
  serviceApi,
  summaryOf,
} from '../../../package/file/index.ts'
import { LOCAL_CLIENT, type Service, startService } from '../../conformance/support/service.ts'
import { applyAnyFiles } from './any-file.ts'

const ENV = {}

let service: Service
let api: ServiceApi
beforeAll(async () => {
  service = await startService()
  api = accountApi('000000000000')
})
afterAll(() => service?.stop())

/** An account of its own for each test, so that their pools and roles may have the same names. */
const accountApi = (account: string) =>
  serviceApi({
    endpoint: service.url,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
  })

/** Plans and applies a file, and gives the steps. */
async function applied(text: string, on = api): Promise<string[]> {
  const document = readIdentityText(text)
  const { hash } = await plan(document, on, ENV)
  const steps: string[] = []
  await apply(document, on, { env: ENV, hash, onStep: (step) => steps.push(step) })
  return steps
}

const planned = async (text: string, on = api) => summaryOf(await plan(readIdentityText(text), on, ENV))

const detailsOf = async (text: string, on = api) => {
  const { changes } = await planned(text, on)
  return changes.flatMap(({ details, kind, name }) =>
    details.map(({ effect, message }) => `${kind} ${name}: ${effect}: ${message}`),
  )
}

const BEFORE = `
version: 1
pools:
  app:
    guests: { allowed: true, role: guest }
    providers: [{ oidc: acme, clients: [web] }, { google: 1.apps.example }]
    role: member
    sessionSeconds: 1800
roles:
  guest: { trust: pool }
  member:
    trust: pool
    policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }] }
issuers: { acme: { url: https://login.acme.com } }
`

/** Guests and Google go; another issuer comes; users may write; staff have a role of their own. */
const AFTER = `
version: 1
pools:
  app:
    guests: { allowed: false }
    classicFlow: true
    providers: [{ oidc: acme, clients: [web, tv] }, { oidc: globex, clients: [web] }]
    role: member
    mappings: { acme: { rules: [{ claim: groups, contains: staff, role: staff }], otherwise: role } }
    sessionSeconds: 900
roles:
  member:
    trust: pool
    policy: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }, { Effect: Allow, Action: "s3:PutObject", Resource: "*" }] }
  staff: { trust: pool }
issuers: { acme: { url: https://login.acme.com }, globex: { url: https://globex.example } }
`
const role = (name: string) => `arn:aws:iam::111111111111:role/${name}`

describe('apply', () => {
  it('comes to what the file says: the next plan is empty, for files by chance, each after the other', async () => {
    let files = 0
    await applyAnyFiles(api, 3, 20261126, () => files++)
    expect(files).toBe(3)
  })

  it('says what opens to whom, and narrows everything before anything opens', async () => {
    const own = accountApi('111111111111')
    await applied(BEFORE, own)
    expect(await detailsOf(AFTER, own)).toEqual([
      'issuer arn:aws:iam::111111111111:oidc-provider/login.acme.com: opens: tokens for the client tv count',
      'issuer arn:aws:iam::111111111111:oidc-provider/globex.example: opens: tokens for the client web count',
      'role member: opens: the policy policy: now allow s3:PutObject on *',
      expect.stringMatching(/^role staff: opens: trust: now for users of the pool us-east-1:[0-9a-f-]{36}$/),
      'pool app: narrows: guests are no longer allowed',
      'pool app: opens: the classic flow becomes allowed: apps may choose any role that trusts the pool',
      'pool app: opens: users of globex.example can sign in',
      'pool app: narrows: users of accounts.google.com can no longer sign in',
      'pool app: narrows: guests get no role any more',
      `pool app: either: roles of users of login.acme.com: ${role('staff')} where groups contains "staff"; otherwise the role of the pool`,
      'pool app: narrows: credentials last 900 s, not 1800 s',
    ])
    const steps = await applied(AFTER, own)
    expect(steps.map((step) => step.replace(/:(?! made).*/, ''))).toEqual([
      'pool app',
      'issuer arn',
      'role staff: made',
      'pool app',
      'issuer arn',
      'role member',
      'pool app',
    ])
    expect(steps[0]).toBe(
      'pool app: guests are no longer allowed; users of accounts.google.com can no longer sign in; guests get no role any more; credentials last 900 s, not 1800 s',
    )
    expect(steps.at(-1)).toContain('classic flow becomes allowed')
    expect((await planned(AFTER, own)).changed).toBe(false)
  })

  it('switches tokens for relying parties on and off for the account, and leaves the switch where nothing is said', async () => {
    const own = accountApi('131313131313')
    const file = (more: string) => `version: 1\n${more}pools: { app: { tokenAudiences: { vault: {} } } }\n`
    const isOn = () =>
      own.iam('GetOutboundWebIdentityFederationInfo', {}).then(({ JwtVendingEnabled }) => JwtVendingEnabled)
    const on = 'users may have tokens for other relying parties, as far as pools and roles allow it'
    const off = 'nobody has tokens for other relying parties any more'
    await applied(file(''), own)
    await expect(isOn()).rejects.toThrow('FeatureDisabled')
    expect(await detailsOf(file('outboundFederation: true\n'), own)).toEqual([`account 131313131313: opens: ${on}`])
    expect(await applied(file('outboundFederation: true\n'), own)).toEqual([`account 131313131313: ${on}`])
    expect(await isOn()).toBe('true')
    for (const more of ['', 'outboundFederation: true\n']) expect((await planned(file(more), own)).changed).toBe(false)
    const narrower =
      'version: 1\noutboundFederation: false\npools: { app: { tokenAudiences: { vault: {}, k8s: {} } } }\n'
    expect((await applied(narrower, own)).map((step) => step.split(':')[0])).toEqual([
      'account 131313131313',
      'pool app',
    ])
    await expect(isOn()).rejects.toThrow('FeatureDisabled')
    const { changes } = await planned(file('outboundFederation: true\n'), own)
    expect(changes.map(({ action, kind, name }) => ({ action, kind, name }))).toContainEqual({
      action: 'change',
      kind: 'account',
      name: '131313131313',
    })
    expect((await detailsOf(file('outboundFederation: false\n'), own)).join()).not.toContain(off)
  })

  it('takes the switch of the account as it should be from whoever was faster', async () => {
    const own = accountApi('151515151515')
    const second: ServiceApi = {
      ...own,
      iam: async (operation, input) => {
        if (operation.endsWith('OutboundWebIdentityFederation')) await own.iam(operation, input)
        return own.iam(operation, input)
      },
    }
    const isOn = async () => (await planned('version: 1\noutboundFederation: true\n', own)).changed === false
    for (const wanted of [true, false]) {
      await applied(`version: 1\noutboundFederation: ${wanted}\n`, second)
      expect(await isOn()).toBe(wanted)
    }
  })

  it('leaves a role no moment without what it vends, where its tag was written in another case', async () => {
    const own = accountApi('161616161616')
    const calls: string[] = []
    const watched: ServiceApi = {
      ...own,
      iam: (operation, input) => {
        calls.push(operation)
        return own.iam(operation, input)
      },
    }
    const file = (vends: string) =>
      `version: 1\npools: { app: { role: member } }\nroles: { member: { trust: pool, ${vends} } }\n`
    await applied(file('tags: { Edge-Identity:Vends: r2/builds/object-read-only/app/@sub/, team: a }'), own)
    const named = file(
      'vends: { r2: { bucket: builds, access: object-read-only, prefix: app/@sub/ } }, tags: { Team: a }',
    )
    await applied(named, watched)
    expect(calls.filter((operation) => /tag/i.test(operation))).toEqual(['TagRole', 'TagRole'])
    expect((await planned(named, own)).changed).toBe(false)
  })

  it('says what becomes of guests', async () => {
    const own = accountApi('121212121212')
    const file = (guests: string) => `version: 1\npools: { app: { guests: { allowed: true${guests} } } }\n`
    const changes = async (guests: string) => {
      const found = (await detailsOf(file(guests), own)).map((text) => text.replace('pool app: ', ''))
      await applied(file(guests), own)
      return found.sort()
    }
    await applied(file(''), own)
    const limits = ', perDay: 100, perAddressHour: 10, perNetworkHour: 50'
    expect(await changes(`${limits}, new: false, proof: work, work: 512, proofFailure: allow, ttlDays: 30`)).toEqual([
      'narrows: at most 10 new guests of an address in an hour',
      'narrows: at most 100 new guests in a day',
      'narrows: at most 50 new guests of a network in an hour',
      'narrows: guests that nobody uses for 30 days are deleted',
      'narrows: new guests need a proof: work',
      'narrows: no new guests are made',
      'narrows: the work for a guest takes 512 tries',
      'opens: tokens of Turnstile count unseen while Cloudflare cannot be asked',
    ])
    expect(await changes(', perDay: 200, perAddressHour: 5, new: true, proof: either, work: 1, ttlDays: 60')).toEqual([
      'either: new guests need a proof: either',
      'narrows: at most 5 new guests of an address in an hour',
      'narrows: tokens of Turnstile do not count while Cloudflare cannot be asked',
      'opens: at most 200 new guests in a day',
      'opens: guests that nobody uses for 60 days are deleted',
      'opens: new guests are made',
      'opens: new guests of a network in an hour have no budget',
      'opens: the work for a guest takes 1 tries',
    ])
    expect(await changes('')).toEqual([
      'narrows: the work for a guest takes 256 tries',
      'opens: guests that nobody uses stay',
      'opens: new guests in a day have no budget',
      'opens: new guests need no proof',
      'opens: new guests of an address in an hour have no budget',
      'other: new guests are made',
    ])
  })

  it('makes pools closed, and opens them at the very end', async () => {
    const steps = await applied(BEFORE, accountApi('222222222222'))
    expect(steps.map((step) => step.replace(/: (?!made).*/, ''))).toEqual([
      'pool app: made, closed to everyone',
      'issuer arn:aws:iam::222222222222:oidc-provider/login.acme.com: made',
      'role guest: made',
      'role member: made',
      'pool app',
    ])
  })

  it('carries out no other plan than the one that was looked at', async () => {
    const own = accountApi('333333333333')
    const document = readIdentityText(BEFORE)
    const { hash } = await plan(document, own, ENV)
    await applied(BEFORE.replace('1800', '900'), own)
    const refused = apply(document, own, { env: ENV, hash })
    await expect(refused).rejects.toThrow(/^The plan is [0-9a-f]{32} now, not /)
    expect((await planned(BEFORE, own)).changed).toBe(true)
  })

  it('stops at the first failure and says what is done; the next plan has the rest', async () => {
    const own = accountApi('444444444444')
    const failing: ServiceApi = {
      ...own,
      iam: (operation, input) =>
        operation === 'CreateRole' && (input as { RoleName: string }).RoleName === 'member'
          ? Promise.reject(new Error('no'))
          : own.iam(operation, input),
    }
    const failed = await applied(BEFORE, failing).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ApplyFailed)
    expect(failed).toMatchObject({
      message: 'no',
      step: 'role member: made',
      done: [
        'pool app: made, closed to everyone',
        'issuer arn:aws:iam::444444444444:oidc-provider/login.acme.com: made',
        'role guest: made',
      ],
    })
    expect((await applied(BEFORE, own)).map((step) => step.replace(/: (?!made).*/, ''))).toEqual([
      'pool app',
      'role member: made',
      'pool app',
    ])
    expect((await planned(BEFORE, own)).changed).toBe(false)
  })

  it('overwrites nothing that somebody else changes meanwhile', async () => {
    const own = accountApi('555555555555')
    await applied(BEFORE, own)
    const credentials = { accessKeyId: '555555555555', secretAccessKey: 'test' }
    const client = new CognitoIdentityClient({ ...LOCAL_CLIENT, credentials, endpoint: service.url })
    const others = { IdentityPoolName: 'app', AllowUnauthenticatedIdentities: false }
    let poolId = ''
    const interrupted: ServiceApi = {
      ...own,
      async own(operation, input) {
        poolId = (input as { IdentityPoolId: string }).IdentityPoolId
        if (operation === 'SetPoolSettings')
          await client.send(new UpdateIdentityPoolCommand({ IdentityPoolId: poolId, ...others }))
        return own.own(operation, input)
      },
    }
    await expect(applied(AFTER.replaceAll('111', '555'), interrupted)).rejects.toThrow(
      'SetPoolSettings: ConcurrentModificationException: The pool was changed meanwhile. Read it again.',
    )
    const { AllowUnauthenticatedIdentities, OpenIdConnectProviderARNs } = await client.send(
      new DescribeIdentityPoolCommand({ IdentityPoolId: poolId }),
    )
    expect({ AllowUnauthenticatedIdentities, OpenIdConnectProviderARNs }).toEqual({
      AllowUnauthenticatedIdentities: false,
      OpenIdConnectProviderARNs: undefined,
    })
  })

  it.each([
    [
      'a developer provider',
      'providers: [{ developer: one }]',
      'providers: [{ developer: two }]',
      'The pool has the developer provider one, which stays for ever.',
    ],
    ['a path of a role', 'path: /one/', 'path: /two/', 'The role has the path /one/, which stays for ever.'],
  ])('refuses to change %s, before anything else is changed', async (_, before, after, message) => {
    const own = accountApi('666666666666')
    const text = (line: string) =>
      line.startsWith('path')
        ? `version: 1\npools: { app: { role: r } }\nroles: { r: { trust: pool, ${line} } }`
        : `version: 1\npools: { dev: { ${line}, classicFlow: ${line === after} } }`
    await applied(text(before), own)
    const refused = await planned(text(after), own).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(FileProblems)
    expect((refused as FileProblems).problems).toEqual([
      expect.objectContaining({ rule: 'fixed', message, line: expect.any(Number), column: expect.any(Number) }),
    ])
  })

  it('leaves a pool as spread as it is, where the file does not say it', async () => {
    const own = accountApi('888888888888')
    const IdentityPoolTags = { 'edge-identity:shards': '2', team: 'blue' }
    await own.identity('CreateIdentityPool', { IdentityPoolName: 'wide', AllowClassicFlow: false, IdentityPoolTags })
    expect(await detailsOf('version: 1\npools: { wide: {} }', own)).toEqual(['pool wide: other: the tag team goes'])
    await applied('version: 1\npools: { wide: {} }', own)
    expect((await planned('version: 1\npools: { wide: { shards: 2 } }', own)).changed).toBe(false)
  })

  it('needs the secrets of apps, which it would take away otherwise', async () => {
    const text = 'version: 1\npools: { x: { providers: [{ twitter: key, secret: { env: SECRET_OF_X } }] } }'
    const refused = await planned(text).catch((error: unknown) => error)
    expect((refused as FileProblems).problems).toEqual([
      { severity: 'error', rule: 'secret', message: 'The variable SECRET_OF_X is not set.', line: 2, column: 58 },
    ])
  })

  it('asks for the id of a pool whose name is not the only one', async () => {
    const own = accountApi('777777777777')
    for (const _ of [1, 2]) await own.identity('CreateIdentityPool', { IdentityPoolName: 'twin' })
    await expect(planned('version: 1\npools: { twin: {} }', own)).rejects.toThrow(
      /^There are 2 pools of the name twin. Give the pool twin an id: us-east-1:/,
    )
  })
})
