import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { testIssuers } from '../../package/server/issuers.ts'
import { freePort } from '../../package/server/ports.mjs'
import { VERSION } from '../../src/base/version.ts'
import { connect, jsonCall } from '../../tools/lib/client.ts'
import { LOCAL_KEY } from '../../tools/lib/local-service.ts'
import { startFakeSts } from '../conformance/support/fake-sts.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const REDIRECT = 'http://localhost:3000/signed-in'
const POOL = 'us-east-1:0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9'

let folder: string
let port: number
let url: string
let service: Started
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  port = await freePort()
  url = `http://localhost:${port}`
  service = await started(['--port', String(port), '--persist-to', folder, '--redirect', REDIRECT])
})
afterAll(async () => {
  service?.child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe('npm start', () => {
  it('ends a screen of 80 columns and 24 lines with where it serves', () => {
    const lines = service.screen.trimEnd().split('\n')
    expect(lines.length).toBeLessThan(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(lines.at(-1)).toBe(`  ${url} serves. Ctrl-C stops it.`)
  })

  it('shows a user of its test issuer, whom any token of the issuer signs in', async () => {
    const provider = `localhost:${port}/issuers/test`
    expect(service.screen).toContain(`A user, just now  ada, signed in at ${provider}`)
    const pool = /us-east-1:[0-9a-f-]{36}/.exec(service.screen)?.[0]
    const token = await testIssuers(url, [defaultIssuer(url)]).test?.idToken({ sub: 'ada' })
    const { IdentityId } = await connect(url, LOCAL_KEY).publicly('GetId', {
      IdentityPoolId: pool,
      Logins: { [provider]: token },
    })
    expect(service.screen).toContain(`identity     ${IdentityId}`)
  })

  it('lets the login page send browsers to the example page, and to where it was told', async () => {
    const query = { client_id: 'my-app', response_type: 'code', scope: 'openid', code_challenge_method: 'S256' }
    const statusFor = async (redirect_uri: string) => {
      const parameters = new URLSearchParams({ ...query, redirect_uri, code_challenge: 'a'.repeat(43) })
      return (await fetch(`${url}/issuers/test/authorize?${parameters}`)).status
    }
    expect(await Promise.all(['http://localhost:9000/', REDIRECT, `${REDIRECT}x`].map(statusFor))).toEqual([
      200, 200, 400,
    ])
  })

  it('says where the one serves that has the folder already, and on which port', async () => {
    const second = await failed(['--port', String(await freePort()), '--persist-to', folder])
    expect(second).toEqual([
      1,
      `${folder} is in use by the Edge Identity at ${url} (process ${service.child.pid}). Use that one, or choose another folder.\n`,
    ])
    const other = join(folder, 'other')
    expect(await failed(['--port', String(port), '--persist-to', other])).toEqual([
      1,
      `Port ${port} is taken by an Edge Identity ${VERSION} that serves from another folder. Stop that one, or choose a port: npm start -- --port ${port + 1}\n`,
    ])
    const stranger = createServer().listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port: taken } = stranger.address() as { port: number }
    expect(await failed(['--port', String(taken), '--persist-to', other])).toEqual([
      1,
      expect.stringMatching(/^Port \d+ is taken by another program\. /),
    ])
    stranger.close()
  })

  it('tells of a refusal in one line, and explain-request --last why', async () => {
    const answer = await fetch(url, jsonCall('GetId', { IdentityPoolId: POOL }))
    const id = answer.headers.get('x-amzn-requestid') ?? ''
    await expect
      .poll(() => service.errors())
      .toContain(`refused  GetId  ResourceNotFoundException  IdentityPool '${POOL}' not found.  ${id}\n`)
    await fetch(`${url}/photos`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20261126/us-east-1/s3/aws4_request' },
    })
    await expect
      .poll(() => service.errors())
      .toMatch(/^refused {2}s3 {2}NotImplemented {2}Not served here\. {2}\S{36}$/m)
    const { status, stdout } = command('explain-request', ['--last'], {
      AWS_ENDPOINT_URL: 'http://localhost:9',
      AWS_ENDPOINT_URL_COGNITO_IDENTITY: url,
    })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ RequestId: id, Record: { eventName: 'GetId' } })
  })

  it('takes its settings, and its address, to the service', async () => {
    const name = 'edge-identity.test'
    const options = ['--port', '0', '--ip', '0.0.0.0', '--var', `LOCAL_HOSTS:${name}`, '--var', 'TOKEN_ALG:ES256']
    const own = await started([...options, '--persist-to', join(folder, 'own'), '--log-level', 'info'])
    const address = /(http:\S+) serves/.exec(own.screen)?.[1] ?? ''
    expect(own.errors()).toContain('Whoever reaches 0.0.0.0 has the keys of local mode.\n')
    expect(own.screen).toContain('ES256')
    expect(own.errors()).toMatch(/^audit .*"CreateIdentityPool"/m)
    const { stdout } = spawnSync('curl', ['-s', '-H', `Host: ${name}`, `${address}/health`], { encoding: 'utf8' })
    expect(JSON.parse(stdout)).toMatchObject({ version: VERSION, status: 'ok' })
    own.child.kill('SIGINT')
    expect(await once(own.child, 'exit')).toEqual([0, null])
  })

  it('says what to paste, and what to look at, where an STS that does not run keeps the sample from being shown', async () => {
    const vars = ['--var', `STS_ENDPOINT:http://localhost:${await freePort()}`, '--var', 'STS_PROFILE:minio']
    const own = await started(['--port', '0', '--persist-to', join(folder, 'no-sts'), ...vars])
    own.child.kill('SIGINT')
    expect(own.screen).toMatch(
      /^ {2}The sample could not be shown\. GetCredentialsForIdentity: ExternalServiceException: .+\n {2}Does the service of STS_ENDPOINT run\?$/m,
    )
    expect(own.screen).toMatch(/^ {2}export POOL=us-east-1:[0-9a-f-]{36}$/m)
    expect(await once(own.child, 'exit')).toEqual([0, null])
  })

  it('refuses nothing while it shows what another STS gave', async () => {
    const sts = await startFakeSts()
    onTestFinished(() => sts.stop())
    const port = await freePort()
    sts.trust(`http://localhost:${port}`)
    const state = join(folder, 'other-sts')
    const own = await started(['--port', String(port), '--persist-to', state, '--var', `STS_ENDPOINT:${sts.url}`])
    own.child.kill('SIGINT')
    expect([own.errors(), own.screen.match(/known to the STS that made these/g)?.length]).toEqual(['', 2])
    expect(await once(own.child, 'exit')).toEqual([0, null])
  })

  it('says what to do where the sample pool has roles that the STS does not know', async () => {
    const Roles = { unauthenticated: 'arn:minio:iam:::role/a', authenticated: 'arn:minio:iam:::role/a' }
    const state = join(folder, 'no-role')
    const own = await started(['--port', '0', '--persist-to', state])
    const address = /(http:\S+) serves/.exec(own.screen)?.[1] ?? ''
    const [IdentityPoolId] = /us-east-1:[0-9a-f-]{36}/.exec(own.screen) ?? []
    await connect(address, LOCAL_KEY).signed('SetIdentityPoolRoles', { IdentityPoolId, Roles })
    own.child.kill('SIGINT')
    await once(own.child, 'exit')
    const again = await started(['--port', '0', '--persist-to', state])
    again.child.kill('SIGINT')
    expect(again.screen).toContain('  npm start -- --persist-to DIR\n')
    expect(again.screen).toContain(`  export POOL=${IdentityPoolId}\n`)
    expect(await once(again.child, 'exit')).toEqual([0, null])
  })

  it('does not leave its service behind when it is killed, and the next has what it had', async () => {
    const pools = () => connect(url, LOCAL_KEY).signed('ListIdentityPools', { MaxResults: 60 })
    const before = await pools()
    service.child.kill('SIGKILL')
    await expect.poll(() => isServed(url), { timeout: 60_000 }).toBe(false)
    service = await started(['--port', String(port), '--persist-to', folder])
    expect(await pools()).toEqual(before)
    // What the first start has made is not asked for again: its refusal would be the last one of explain-request.
    expect(service.errors()).toBe('')
  })
})

it('a service ends with the npm that started it, also if that is killed', async () => {
  const state = mkdtempSync(join(tmpdir(), 'edge-identity-'))
  const npm = spawn('npm', ['start', '--silent', '--', '--port', '0', '--persist-to', state], { cwd: ROOT })
  let screen = ''
  for await (const part of npm.stdout) {
    screen += stripVTControlCharacters(String(part))
    if (screen.includes('Ctrl-C')) break
  }
  const address = /http:\S+/.exec(screen)?.[0] ?? ''
  expect(await isServed(address)).toBe(true)
  npm.kill('SIGKILL')
  await expect.poll(() => isServed(address), { timeout: 60_000 }).toBe(false)
  rmSync(state, { recursive: true, force: true, maxRetries: 5 })
})

describe('options', () => {
  it.each([
    [['--prot', '8788'], 'There is no option --prot. Did you mean --port?'],
    [['--presist-to=x'], 'There is no option --presist-to. Did you mean --persist-to?'],
    [['-p', '8788'], 'There is no option -p.'],
    [['--zzz'], 'There is no option --zzz.'],
    [['--port'], '--port needs a value: --port N'],
    [['8788'], '"8788" is no option.'],
  ])('that are mistyped get a short help: %j', async (args, sentence) => {
    const [code, errors] = await failed(args)
    expect([code, errors.split('\n').slice(0, 3)]).toEqual([
      2,
      [sentence, '', 'Starts Edge Identity on this machine: npm start -- [options]'],
    ])
  })

  it.each([
    ['start', ['--port', '99999'], '--port 99999 is not a port. --help tells more.'],
    ['start', ['--var', 'X'], '--var X is not NAME:VALUE. --help tells more.'],
    ['explain-request', ['a', '--lost'], 'There is no option --lost. Did you mean --last?'],
    [
      'explain-request',
      [],
      'Give one request id, or --last: npm run explain-request -- <request id>. --help tells more.',
    ],
    ['simulate-login', ['--pol', 'x'], 'There is no option --pol. Did you mean --pool?'],
    [
      'simulate-login',
      ['--pool', 'x', '--endpoint-url', 'x'],
      'x is not the URL of a service, such as http://localhost:8787. --help tells more.',
    ],
    ['check-pool', ['--pool', 'x', '--repairs'], 'There is no option --repairs. Did you mean --repair?'],
    ['bench', ['--quik'], "Unknown option '--quik'. --help tells more."],
  ])('end %s with code 2 and a sentence: %j', (name, args, sentence) => {
    const { status, stderr } = command(name, args)
    expect([status, stderr.split('\n')[0]]).toEqual([2, sentence])
  })
})

describe('options that npm took, because no -- was before them', () => {
  const version = (env: Record<string, string>, args: string[] = []) =>
    command('start', [...args, '--version'], { npm_lifecycle_event: 'start', ...env })

  it.each([
    [{ npm_config_port: '8790' }, []],
    [{ npm_config_port: 'true' }, ['8790']],
  ])('hold all the same: %j %j', (env, args) => {
    expect(version(env, args)).toMatchObject({
      status: 0,
      stdout: `${VERSION}\n`,
      stderr: 'npm took --port for an option of its own. It holds all the same; the sure way is -- before it.\n',
    })
  })

  it('are refused where nobody can tell which value is whose', () => {
    const { status, stderr } = version({ npm_config_port: 'true', npm_config_ip: 'true' }, ['8790', '::1'])
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      'npm took --port and --ip for itself. Write -- before the options: npm start -- --port 8790',
    ])
  })
})

const isServed = (address: string) =>
  fetch(address).then(
    () => true,
    () => false,
  )

interface Started {
  child: ChildProcessWithoutNullStreams
  screen: string
  errors(): string
}

function start(args: readonly string[]) {
  return spawn(process.execPath, [join(ROOT, 'tools', 'commands', 'start.mjs'), ...args])
}

/** Resolves once the screen is there. */
function started(args: readonly string[]): Promise<Started> {
  const child = start(args)
  let [screen, errors] = ['', '']
  child.stderr.on('data', (part) => {
    errors += stripVTControlCharacters(String(part))
  })
  return new Promise((resolve, reject) => {
    child.on('exit', () => reject(new Error(`${screen}${errors}`)))
    child.stdout.on('data', (part) => {
      screen += stripVTControlCharacters(String(part))
      if (screen.includes('Ctrl-C')) resolve({ child, screen, errors: () => errors })
    })
  })
}

/** Code and words of a start that ends by itself. */
async function failed(args: readonly string[]): Promise<[code: number, errors: string]> {
  const child = start(args)
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return [code, errors]
}

function command(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const file = join(ROOT, 'tools', 'commands', `${name}.mjs`)
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', env: { ...process.env, ...env } })
}
