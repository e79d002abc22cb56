import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fileCommands } from '../../../package/commands/file-commands.ts'
import {
  pull,
  Refused,
  readIdentityFile,
  readIdentityText,
  type Seeded,
  type ServiceApi,
  seed,
  serviceApi,
} from '../../../package/file/index.ts'
import { LOCAL_CLIENT, type Service, startService } from '../../conformance/support/service.ts'

const ENV = { X_SECRET: 'a-consumer-secret', X_CONSUMER_SECRET: 'a-consumer-secret' }
const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))

let folder: string
/** Stands for AWS, and the service to which its pools come. */
let aws: Service
let here: Service
let seeded: Seeded
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'identity-file-'))
  ;[aws, here] = await Promise.all([startService(), startService()])
  const document = readIdentityFile(fileURLToPath(new URL('identity.yaml', import.meta.url)))
  seeded = await seed(document, { endpoint: aws.url, credentials: LOCAL_CLIENT.credentials, env: ENV })
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await Promise.all([aws?.stop(), here?.stop()])
})

/** Runs a command as its user would, and gives what it wrote and its exit code. */
async function run(name: string, args: string[], { env = {}, from = folder } = {}) {
  const [out, err]: [string[], string[]] = [[], []]
  const io = {
    env: { ...ENV, ...env },
    folder: from,
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
  }
  const code = await fileCommands.get(name)?.run(args, io)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

/** Lets the SDK of this process take the service for AWS, with the one key that it has. */
const pulledFromAws = (...args: string[]) => pulledBySdkIn(REPOSITORY, ...args)

/** `from`: the folder where the SDK is installed. */
async function pulledBySdkIn(from: string, ...args: string[]) {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', LOCAL_CLIENT.credentials.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', LOCAL_CLIENT.credentials.secretAccessKey)
  vi.stubEnv('AWS_REGION', 'us-east-1')
  try {
    return await run('pull', ['--aws', ...args], { from })
  } finally {
    vi.unstubAllEnvs()
  }
}

describe('pull', () => {
  it('writes a file by which plan finds nothing to do', async () => {
    const pulled = await run('pull', ['--endpoint-url', aws.url, '--out', 'pulled.yaml'])
    expect(pulled).toEqual({
      code: 0,
      out: 'pulled.yaml has 2 pools.',
      err: 'note: The pool Web shop has a secret of X, which is not written. Put it into the variable X_CONSUMER_SECRET.',
    })
    const { file } = readIdentityFile(join(folder, 'pulled.yaml'))
    expect(file.pools?.['Web-shop']).toMatchObject({ id: seeded.pools.app?.id, name: 'Web shop', sessionSeconds: 1800 })
    expect(file.roles?.guest).toEqual({ trust: 'pool' })
    const planned = await run('plan', ['pulled.yaml', '--endpoint-url', aws.url])
    expect(planned).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is to be done.') })
  })

  it('reads what a role vends, and whether the account gives tokens to relying parties', async () => {
    const env = { AWS_ACCESS_KEY_ID: '343434343434', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: here.url }
    const vends = (access: unknown) => ({ r2: { bucket: 'builds', access, prefix: 'app/@sub/' } })
    const file = {
      version: 1,
      outboundFederation: true,
      pools: { app: { guests: { allowed: true, role: 'guest' }, role: 'member' } },
      roles: {
        guest: { trust: 'pool', vends: vends('object-read-only'), tags: { team: 'a' } },
        member: { trust: 'pool', vends: vends(['GetObject', 'PutObject']) },
      },
    }
    writeFileSync(join(folder, 'vends.yaml'), JSON.stringify(file))
    const { plan } = JSON.parse((await run('plan', ['vends.yaml', '--json'], { env })).out)
    expect(await run('apply', ['vends.yaml', '--plan', plan], { env })).toMatchObject({ code: 0 })
    const pulled = JSON.parse((await run('pull', ['--json'], { env })).out).file
    expect(pulled).toMatchObject({ outboundFederation: true, roles: file.roles })
    expect(pulled.roles.member).not.toHaveProperty('tags')
    expect(readIdentityText(JSON.stringify(pulled)).file).toEqual(pulled)
  })

  it('reads pools of AWS with its SDK, which then come to another service as they are', async () => {
    const pulled = await pulledFromAws('--out', join(folder, 'aws.yaml'))
    expect(pulled.code).toBe(0)
    const text = readFileSync(join(folder, 'aws.yaml'), 'utf8')
    expect(text).not.toContain(seeded.pools.app?.id)
    expect(text).not.toContain('a-consumer-secret')
    const planned = JSON.parse((await run('plan', ['aws.yaml', '--json', '--endpoint-url', here.url])).out)
    const applied = await run('apply', ['aws.yaml', '--plan', planned.plan, '--endpoint-url', here.url])
    expect(applied).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/\nAll is done\.$/) })
    expect((await run('plan', ['aws.yaml', '--endpoint-url', here.url])).code).toBe(0)
    const [there, now] = await Promise.all([describedOf(aws, 'Web shop'), describedOf(here, 'Web shop')])
    expect(now).toEqual(there)
  })

  it('reads one pool by its name', async () => {
    const { out } = await pulledFromAws('--pool', 'internal', '--json')
    const { file } = JSON.parse(out)
    expect({ pools: Object.keys(file.pools), roles: Object.keys(file.roles) }).toEqual({
      pools: ['internal'],
      roles: ['staff'],
    })
    expect(readIdentityText(JSON.stringify(file)).file).toEqual(file)
  })

  it('says which pool is not there', async () => {
    expect(await pulledFromAws('--pool', 'nothing')).toEqual({
      code: 1,
      out: '',
      err: 'There is no pool nothing.',
    })
  })

  it('says how to install the SDK where it is missing', async () => {
    expect(await run('pull', ['--aws'])).toEqual({
      code: 1,
      out: '',
      err:
        'Pools of AWS are read with the AWS SDK and its credentials, and @aws-sdk/client-cognito-identity is not installed here. ' +
        'Run: npm install @aws-sdk/client-cognito-identity @aws-sdk/client-iam @aws-sdk/client-sts',
    })
  })

  it.each([
    ['a key that may not ask', 'AccessDenied', 'No.'],
    ['a service that is older', 'InvalidAction', 'There is no such action.'],
  ])('goes on without the switch of the account, and says so, with %s', async (_, code, message) => {
    const credentials = LOCAL_CLIENT.credentials
    const service = serviceApi({ endpoint: aws.url, credentials, region: 'us-east-1' })
    const api: ServiceApi = {
      ...service,
      iam: (operation, input) =>
        /OutboundWebIdentityFederation/.test(operation)
          ? Promise.reject(new Refused(operation, code, message))
          : service.iam(operation, input),
    }
    const { file, notes } = await pull(api, { ids: true, pools: ['internal'] })
    expect(Object.keys(file.pools ?? {})).toEqual(['internal'])
    expect(file).not.toHaveProperty('outboundFederation')
    const why = `GetOutboundWebIdentityFederationInfo: ${code}: ${message}`
    expect(notes).toEqual([`Whether users may have tokens for other relying parties could not be read: ${why}`])
  })

  it('goes on without the switch of the account with an SDK that is older', async () => {
    const from = join(folder, 'older')
    const install = (name: string, text: string) => {
      const at = join(from, 'node_modules', name)
      mkdirSync(at, { recursive: true })
      writeFileSync(join(at, 'package.json'), JSON.stringify({ name, main: 'index.mjs' }))
      writeFileSync(join(at, 'index.mjs'), text)
    }
    const installed = (name: string) => JSON.stringify(import.meta.resolve(name))
    for (const name of ['@aws-sdk/client-cognito-identity', '@aws-sdk/client-sts'])
      install(name, `export * from ${installed(name)}`)
    const iam = ['GetRole', 'ListRolePolicies', 'ListAttachedRolePolicies', 'GetRolePolicy', 'GetOpenIDConnectProvider']
    const names = ['IAMClient', ...iam.map((operation) => `${operation}Command`)].join(', ')
    install('@aws-sdk/client-iam', `export { ${names} } from ${installed('@aws-sdk/client-iam')}`)
    const { code, out } = await pulledBySdkIn(from, '--pool', 'internal', '--json')
    const { file, notes } = JSON.parse(out)
    expect({ code, pools: Object.keys(file.pools) }).toEqual({ code: 0, pools: ['internal'] })
    expect(notes.join()).toContain('UnknownOperation: @aws-sdk/client-iam is too old for it.')
  })

  it('overwrites no file', async () => {
    writeFileSync(join(folder, 'mine.yaml'), '')
    const { code, err } = await run('pull', ['--endpoint-url', aws.url, '--out', 'mine.yaml'])
    expect({ code, err }).toEqual({ code: 1, err: 'mine.yaml exists already. --help tells more.' })
  })
})

/** Settings and roles of a pool as the API has them, but for its id. */
async function describedOf({ url }: Service, name: string) {
  const client = new CognitoIdentityClient({ ...LOCAL_CLIENT, endpoint: url })
  const listed = await fetchPools(client)
  const IdentityPoolId = listed.find(({ IdentityPoolName }) => IdentityPoolName === name)?.IdentityPoolId
  const [pool, roles] = await Promise.all([
    client.send(new DescribeIdentityPoolCommand({ IdentityPoolId })),
    client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })),
  ])
  const { $metadata: _, IdentityPoolId: __, ...settings } = pool
  return { settings, Roles: roles.Roles, RoleMappings: roles.RoleMappings }
}

async function fetchPools(client: CognitoIdentityClient) {
  const { ListIdentityPoolsCommand } = await import('@aws-sdk/client-cognito-identity')
  return (await client.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))).IdentityPools ?? []
}

describe('the commands', () => {
  const FILE =
    'version: 1\npools: { small: { guests: { allowed: true, role: visitor } } }\nroles: { visitor: { trust: pool } }\n'

  it('end with 2 for changes, 0 for none, and 1 for a plan that is not the current one', async () => {
    writeFileSync(join(folder, 'identity.yaml'), FILE)
    const endpoint = { env: { AWS_ENDPOINT_URL: here.url } }
    const planned = await run('plan', [], endpoint)
    expect(planned.code).toBe(2)
    expect(planned.out).toContain('  opens    guests become allowed: the pool is open to everyone')
    const [, hash = ''] = /apply --plan ([0-9a-f]{32})$/.exec(planned.out) ?? []
    const other = await run('apply', ['--plan', '0'.repeat(32)], endpoint)
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining(`The plan is ${hash} now`) })
    expect(await run('apply', ['--plan', hash], endpoint)).toMatchObject({ code: 0, err: '' })
    expect((await run('plan', [], endpoint)).code).toBe(0)
  })

  it('say as JSON what they say', async () => {
    writeFileSync(join(folder, 'json.yaml'), FILE.replaceAll('small', 'json').replaceAll('visitor', 'other'))
    const { code, out } = await run('plan', ['json.yaml', '--json', '--endpoint-url', here.url])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({
      account: '000000000000',
      region: 'us-east-1',
      changed: true,
      plan: expect.stringMatching(/^[0-9a-f]{32}$/),
      problems: [],
      changes: [
        {
          kind: 'role',
          name: 'other',
          action: 'create',
          details: [expect.objectContaining({ effect: 'opens', path: 'trust' })],
        },
        {
          kind: 'pool',
          name: 'json',
          action: 'create',
          details: [
            { effect: 'opens', path: 'guests.allowed', message: 'guests become allowed: the pool is open to everyone' },
            expect.objectContaining({ effect: 'opens', path: 'guests.role' }),
          ],
        },
      ],
    })
  })

  it.each([
    ['plan', ['--endpoint', 'x'], 'There is no option --endpoint. Did you mean --endpoint-url? --help tells more.'],
    ['plan', ['nothing.yaml'], 'There is no file nothing.yaml.'],
    ['plan', ['a', 'b'], '"b" is no option. --help tells more.'],
    ['apply', [], 'Name the plan: apply --plan <hash>. plan prints it. --help tells more.'],
    ['plan', ['--endpoint-url', 'x'], 'x is not the URL of a service. --help tells more.'],
    [
      'plan',
      ['--endpoint-url', 'https://id.example'],
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of the service. --help tells more.',
    ],
  ])('%s %j ends with 1 and one line', async (name, args, line) => {
    writeFileSync(join(folder, 'identity.yaml'), FILE)
    expect(await run(name, args)).toEqual({ code: 1, out: '', err: line })
  })

  it('say that nobody answers', async () => {
    writeFileSync(join(folder, 'identity.yaml'), FILE)
    const { code, err } = await run('plan', ['--endpoint-url', 'http://localhost:1'])
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^http:\/\/localhost:1 cannot be reached: /) })
  })

  it('say what is wrong in a file, with line and column', async () => {
    writeFileSync(join(folder, 'bad.yaml'), 'version: 1\npool: {}\n')
    const line = 'bad.yaml:2:1: error: The file has no pool. Did you mean pools? [unknown-key]'
    for (const name of ['plan', 'lint']) expect(await run(name, ['bad.yaml'])).toEqual({ code: 1, out: '', err: line })
    const { out } = await run('lint', ['bad.yaml', '--json'])
    expect(JSON.parse(out).problems).toEqual([expect.objectContaining({ line: 2, column: 1, rule: 'unknown-key' })])
  })

  it('lint ends with 2 for warnings, and with 0 for nothing', async () => {
    writeFileSync(join(folder, 'warned.yaml'), 'version: 1\npools: { app: { guests: { allowed: true } } }\n')
    const warning =
      'warned.yaml:2:25: warning: Guests are allowed and have no role: they get no credentials. [guests-without-role]'
    expect(await run('lint', ['warned.yaml'])).toEqual({ code: 2, out: warning, err: '' })
    writeFileSync(join(folder, 'identity.yaml'), FILE)
    expect(await run('lint', [])).toEqual({ code: 0, out: 'identity.yaml: nothing was found.', err: '' })
  })

  it.each([...fileCommands.keys()])('%s explains itself', async (name) => {
    const { code, out } = await run(name, ['--help'])
    expect(code).toBe(0)
    for (const part of [`npx edge-identity ${name}`, 'Exit code: ', '--json']) expect(out).toContain(part)
  })
})
