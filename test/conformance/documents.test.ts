import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../tools/lib/client.ts'
import { tour } from '../../tools/lib/tour.ts'
import { isOnPath } from './support/is-on-path.ts'
import { LOCAL_CLIENT, type Service, startService } from './support/service.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OIDC = 'arn:aws:iam::000000000000:oidc-provider/localhost:9000'

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
    service = await startService()
    // npm start makes the sample pool; others may be there before it in a list.
    samplePool = (await tour(service.url)).poolId
  })
  afterAll(async () => {
    await service?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  /** Runs lines in a new shell that ends at the first that fails. */
  async function paste(lines: string): Promise<string> {
    const shell = spawn(
      'bash',
      ['--norc', '-euo', 'pipefail', '-c', lines.replaceAll('http://localhost:8787', service.url)],
      {
        env: { PATH: process.env.PATH, HOME: home, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' },
      },
    )
    const [stdout, stderr, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'close')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  it('README.md, and then docs/sign-in.md, of which no part undoes another', async () => {
    const run = shellOf('README.md', 'Run it')
    const signIn = shellOf('README.md', 'Sign a user in, in a browser')
    const backend = shellOf('docs/sign-in.md', 'Through your own backend')
    const printed = await paste([run, signIn, backend].join('\n'))
    expect(printed.match(/"AccessKeyId": "ASIA/g)).toHaveLength(2)
    const admin = connect(service.url, LOCAL_CLIENT.credentials)
    expect(await admin.signed('DescribeIdentityPool', { IdentityPoolId: samplePool })).toMatchObject({
      IdentityPoolName: 'sample',
      AllowUnauthenticatedIdentities: true,
      AllowClassicFlow: true,
      OpenIdConnectProviderARNs: [OIDC],
      DeveloperProviderName: 'login.my-app',
    })
  })
})
