import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleNamed, type Installed, installPackage } from './installed.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const MAX_TARBALL_BYTES = 1024 * 1024

/** What Node 22 has and Node 20 lacks, as far as somebody might use it. */
const NEWER_THAN_NODE_20 =
  /\b(?:Map|Object)\.groupBy\(|\bURL\.parse\(|\bPromise\.(?:withResolvers|try)\b|\bArray\.fromAsync\b|\.toHex\(|\bfromHex\(/

let installed: Installed
beforeAll(async () => {
  installed = await installPackage()
})
afterAll(() => installed.remove())

const run = (...args: string[]) => installed.run(...args)
const write = (name: string, text: string) => writeFileSync(join(installed.folder, name), text)
const cli = (...args: string[]) => run(join('node_modules', 'edge-identity', 'lib', 'cli.js'), ...args)
const manifest = () => JSON.parse(readFileSync(installed.inside('package.json'), 'utf8'))
const version = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

describe('the package', () => {
  it('is small, and has what it is used by and nothing else', () => {
    expect(installed.tarball.bytes).toBeLessThan(MAX_TARBALL_BYTES)
    const tops = [...new Set(installed.tarball.files.map((path) => path.split('/')[0]))].sort()
    expect(tops).toEqual(['LICENSE', 'README.md', 'lib', 'package.json', 'schema.json', 'types', 'worker'])
  })

  it('depends on workerd, in the version that the service is tested with, and on yaml', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(manifest().dependencies).toEqual({ workerd: dependencies.workerd, yaml: dependencies.yaml })
    expect(manifest().dependencies.workerd).toMatch(/^\d/)
  })

  it('has every file that its manifest names', () => {
    const named = JSON.stringify([manifest().exports, manifest().bin]).match(/(?:\.\/)?(?:lib|types)\/[^"]+/g) ?? []
    expect(named.length).toBeGreaterThan(8)
    const missing = named.filter((path) => !existsSync(installed.inside(path)))
    expect(missing).toEqual([])
  })

  it('uses nothing that Node 20 lacks', () => {
    const lib = installed.inside('lib')
    const scripts = readdirSync(lib).filter((name) => /\.c?js$/.test(name))
    const newer = scripts.filter((name) => NEWER_THAN_NODE_20.test(readFileSync(join(lib, name), 'utf8')))
    expect([scripts.length > 5, newer]).toEqual([true, []])
  })

  it('runs as docs/testing.md says from a program, and leaves nothing running', async () => {
    const { code, stderr, stdout } = await run('sign-in.mjs')
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^us-east-1:\S{36} ASIA\w{16}\n$/), ''])
  })

  it('goes back to its seed, has the same ids in each run, and ends with a program that forgets it', async () => {
    write('reset.mjs', RESET)
    const [first, second] = [await run('reset.mjs'), await run('reset.mjs')]
    expect([first.code, first.stderr, JSON.parse(first.stdout)]).toEqual([
      0,
      '',
      {
        before: 200,
        after: 'ResourceNotFoundException',
        seeded: 200,
        folder: expect.any(String),
        ids: expect.any(Object),
      },
    ])
    const { folder: state, ids } = JSON.parse(first.stdout)
    expect(Object.keys(ids.identities)).toEqual(['ada'])
    expect(JSON.parse(second.stdout).ids).toEqual(ids)
    expect([existsSync(dirname(state)), existsSync(state)]).toEqual([true, false])
  })

  it('keeps what it has in the folder of --persist', async () => {
    write('persist.mjs', PERSIST)
    const guest = (await run('persist.mjs')).stdout.trim()
    expect(guest).toMatch(/^us-east-1:\S{36}$/)
    expect(await run('persist.mjs', guest)).toEqual({ code: 0, stdout: '200\n', stderr: '' })
  })

  it('signs users in by issuers that stand for the providers of its seed', async () => {
    write('logins.yaml', LOGINS_SEED)
    write('logins.mjs', LOGINS)
    const { code, stderr, stdout } = await run('logins.mjs')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual({
      issuers: ['acme', 'google', 'test'],
      same: true,
      acme: 200,
      forged: 'NotAuthorizedException',
      page: 200,
    })
  })

  it('runs as docs/testing.md says under Vitest', async () => {
    for (const n of [2, 3]) write(`guests-${n}.test.js`, exampleNamed('guests.test.js'))
    const { code } = await run(
      join('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=json',
      '--outputFile=report.json',
    )
    const { numPassedTests, numTotalTests } = JSON.parse(readFileSync(join(installed.folder, 'report.json'), 'utf8'))
    expect([code, numPassedTests, numTotalTests]).toEqual([0, 6, 6])
  })

  it('serves workers of Jest, which want CommonJS', async () => {
    write('worker.cjs', JEST_WORKER)
    write('jest-run.mjs', JEST_RUN)
    const { code, stderr, stdout } = await run('jest-run.mjs')
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toEqual([
      { account: '100000000001', pools: ['app'] },
      { account: '100000000002', pools: ['app'] },
    ])
  })
})

describe('the program of the package', () => {
  it('tells its version and its options', async () => {
    expect(await cli('--version')).toEqual({ code: 0, stdout: `${version()}\n`, stderr: '' })
    const { code, stdout } = await cli('--help')
    expect([code, stdout.match(/--\w[\w-]*/g)]).toEqual([0, expect.arrayContaining(['--seed', '--port', '--persist'])])
  })

  it('has the commands about identity.yaml', async () => {
    expect((await cli('--help')).stdout.match(/^ {2}npx edge-identity \w+/gm)).toEqual(
      ['plan', 'apply', 'pull', 'lint'].map((name) => `  npx edge-identity ${name}`),
    )
    const { code, stderr, stdout } = await cli('lint', 'identity.yaml', '--json')
    expect([code, JSON.parse(stdout), stderr]).toEqual([0, { problems: [] }, ''])
  })

  it.each([
    ['an option that there is not', ['--prot', '1'], 2, 'There is no option --prot. Did you mean --port?'],
    ['a command that there is not', ['stop'], 2, 'There is no command stop.'],
    ['a port that is none', ['--port', '70000'], 2, '--port 70000 is no port.'],
    ['a seed that is not there', ['--seed', 'no.yaml'], 1, 'There is no file no.yaml.'],
    ['a seed with a mistake', ['--seed', 'bad.yaml'], 1, 'bad.yaml:2:1: error: The file has no pool.'],
    ['a setting of deployments', ['--set', 'ISSUER=x'], 1, 'ISSUER is a setting of deployments.'],
    ['a setting that cannot stand', ['--port', '0', '--set', 'TOKEN_ALG=x'], 1, 'TOKEN_ALG must be one of'],
    ['a redirect URI that is none', ['--redirect', '/back'], 1, '/back is no whole address without a fragment.'],
    ['an account that is none', ['--account', '1'], 1, '1 is no account of twelve digits.'],
  ])('says in a line what is wrong with %s', async (_, args, code, said) => {
    write('bad.yaml', 'version: 1\npool: {}\n')
    const ran = await cli(...args)
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([code, '', expect.stringContaining(said)])
    expect(ran.stderr).not.toMatch(/^\s+at /m)
  })
})

/** A call that needs no signature, without an SDK. */
const CALL = `
import { startEdgeIdentity } from 'edge-identity'
const call = async ({ endpoint }, operation, input) => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSCognitoIdentityService.' + operation }
  const answer = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(input) })
  return { status: answer.status, ...(await answer.json()) }
}
`
const LOGINS_SEED = `version: 1
pools:
  app:
    providers:
      - { oidc: acme, clients: [web] }
      - { google: 123.apps.googleusercontent.com }
    role: member
    identities:
      - { id: ada, logins: { google: "1001" } }
roles:
  member: { trust: pool }
issuers:
  acme: { url: https://login.acme.com }
`
const LOGINS = `${CALL}
const identity = await startEdgeIdentity({ seed: 'logins.yaml', redirectUris: ['http://localhost:3000/'] })
const { id, identities } = identity.pools.app
const { acme, google } = identity.issuers
const logIn = async (issuer, token) => call(identity, 'GetId', { IdentityPoolId: id, Logins: { [issuer.provider]: await token } })
const known = await logIn(google, google.idToken({ sub: '1001' }))
const query = { client_id: 'web', redirect_uri: 'http://localhost:3000/', response_type: 'code', scope: 'openid' }
const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' }
const answers = {
  issuers: Object.keys(identity.issuers),
  same: known.IdentityId === identities.ada,
  acme: (await logIn(acme, acme.idToken({ sub: 'bob' }))).status,
  forged: (await logIn(google, acme.idToken({ sub: '1001' }))).__type,
  page: (await fetch(acme.url + '/authorize?' + new URLSearchParams({ ...query, ...pkce }))).status,
}
console.log(JSON.stringify(answers))
await identity.close()
`
const RESET = `${CALL}
const identity = await startEdgeIdentity({ seed: new URL('identity.yaml', import.meta.url) })
const ids = identity.pools.app
const { IdentityId } = await call(identity, 'GetId', { IdentityPoolId: ids.id })
const before = await call(identity, 'GetCredentialsForIdentity', { IdentityId })
await identity.reset()
const after = await call(identity, 'GetCredentialsForIdentity', { IdentityId })
const seeded = await call(identity, 'GetId', { IdentityPoolId: ids.id })
console.log(JSON.stringify({ before: before.status, after: after.__type, seeded: seeded.status, folder: identity.folder, ids }))
`
const PERSIST = `${CALL}
const identity = await startEdgeIdentity({ seed: 'identity.yaml', persist: 'state' })
const [, , guest] = process.argv
if (guest) console.log((await call(identity, 'GetCredentialsForIdentity', { IdentityId: guest })).status)
else console.log((await call(identity, 'GetId', { IdentityPoolId: identity.pools.app.id })).IdentityId)
await identity.close()
`

/** What Jest does around test files, as far as the package takes part. */
const JEST_RUN = `
import { execFileSync } from 'node:child_process'
import setup from 'edge-identity/jest/setup'
import teardown from 'edge-identity/jest/teardown'

await setup({}, { rootDir: process.cwd(), globals: { edgeIdentity: { seed: 'identity.yaml' } } })
const worker = (n) => JSON.parse(execFileSync(process.execPath, ['worker.cjs'], { env: { ...process.env, JEST_WORKER_ID: n } }))
console.log(JSON.stringify(['1', '2'].map(worker)))
await teardown()
`
const JEST_WORKER = `
const { edgeIdentity } = require('edge-identity/jest')
edgeIdentity().then(({ account, pools }) => console.log(JSON.stringify({ account, pools: Object.keys(pools) })))
`
