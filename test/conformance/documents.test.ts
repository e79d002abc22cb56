import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultIssuer } from '../../package/server/issuer-config.mjs'
import { connect } from '../../tools/lib/client.ts'
import { tour } from '../../tools/lib/tour.ts'
import { isOnPath } from './support/is-on-path.ts'
import { LOCAL_CLIENT, type Service, startService } from './support/service.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const providerArn = (name: string) => `arn:aws:iam::000000000000:oidc-provider/${name}`

/** The lines for a shell below a heading of a page, but for those that keep the shell busy. */
function shellOf(page: string, heading: string): string {
  const [, section = ''] = readFileSync(join(ROOT, page), 'utf8').split(`\n## ${heading}\n`)
  const blocks = section.split('\n## ')[0]?.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm) ?? []
  const code = [...blocks].map(([, block = '']) => block).join('')
  return code.replace(/^ *(?:npm start|node ).*\n/gm, '')
}

describe.skipIf(!isOnPath('aws'))('what the documents have for the AWS CLI works as pasted, from top to bottom', () => {
  let service: Service
  let home: string
  let samplePool: string
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'edge-identity-'))
    const issuers = (url: string) => [defaultIssuer(url)]
    service = await startService({ issuers })
    // npm start makes the sample pool; others may be there before it in a list.
    samplePool = (await tour(service.url, defaultIssuer(service.url))).poolId
  })
  afterAll(async () => {
    await service?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  /** Runs lines in a new shell that ends at the first that fails. */
  async function paste(lines: string): Promise<string> {
    const shell = spawn(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', lines.replaceAll('localhost:8787', new URL(service.url).host)],
      {
        cwd: home,
        env: { PATH: process.env.PATH, HOME: home, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' },
      },
    )
    const [stdout, stderr, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  it('README.md, and then docs/sign-in.md, of which no part undoes another', async () => {
    const run = shellOf('README.md', 'Run it')
    const signIn = shellOf('README.md', 'Sign a user in')
    const issuer = shellOf('docs/sign-in.md', 'With your own issuer').split('ID=')[0] ?? ''
    const backend = shellOf('docs/sign-in.md', 'Through your own backend')
    const printed = await paste([run, signIn, issuer, backend].join('\n'))
    expect(printed.match(/"AccessKeyId": "ASIA/g)).toHaveLength(3)
    const admin = connect(service.url, LOCAL_CLIENT.credentials)
    expect(await admin.signed('DescribeIdentityPool', { IdentityPoolId: samplePool })).toMatchObject({
      IdentityPoolName: 'sample',
      AllowUnauthenticatedIdentities: true,
      AllowClassicFlow: true,
      OpenIdConnectProviderARNs: [
        providerArn(`${new URL(service.url).host}/issuers/test`),
        providerArn('login.example.com'),
      ],
      DeveloperProviderName: 'login.my-app',
    })
  })
})
