import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  AssumeRoleWithWebIdentityCommand,
  ExpiredTokenException,
  GetCallerIdentityCommand,
  InvalidIdentityTokenException,
  STSClient,
} from '@aws-sdk/client-sts'
import { fromTokenFile } from '@aws-sdk/credential-providers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf } from './support/answers.ts'
import { isOnPath } from './support/is-on-path.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'
import { startWorkloadIssuer, type WorkloadIssuer } from './support/workload-issuer.ts'

const SUBJECT = 'system:serviceaccount:build:runner'
const R2_KEY = {
  accountId: '0123456789abcdef0123456789abcdef',
  accessKeyId: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
  secretAccessKey: 'b73a1f64b56373b1b7b184e08354c1c2fe4065ce1e240a0c5778e367c518edc9',
}
const role = (name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`

let service: Service
let issuer: WorkloadIssuer
let folder: string
let webIdentityTokenFile: string
beforeAll(async () => {
  const vars = { [`R2_ACCESS_KEY_${LOCAL_ACCOUNT}`]: JSON.stringify(R2_KEY) }
  ;[service, issuer, folder] = await Promise.all([
    startService({ vars }),
    startWorkloadIssuer(),
    mkdtemp(join(tmpdir(), 'edge-identity-')),
  ])
  webIdentityTokenFile = join(folder, 'token')
  await writeFile(webIdentityTokenFile, await issuer.token({ aud: ['sts.amazonaws.com'], sub: SUBJECT }))
  const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint: service.url })
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: issuer.url, ClientIDList: ['sts.amazonaws.com'] }))
  const statement = {
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/${issuer.name}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${issuer.name}:aud`]: 'sts.amazonaws.com', [`${issuer.name}:sub`]: SUBJECT } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await iam.send(new CreateRoleCommand({ RoleName: 'runner', AssumeRolePolicyDocument }))
  const Tags = [{ Key: 'edge-identity:vends', Value: 'r2/builds/object-read-write/jobs/@sub/' }]
  await iam.send(new CreateRoleCommand({ RoleName: 'uploader', AssumeRolePolicyDocument, Tags }))
})
afterAll(() => Promise.all([service?.stop(), issuer?.stop(), rm(folder, { recursive: true, force: true })]))

/** What tools need to be told, and no key. */
const environment = (name: string) => ({
  PATH: process.env.PATH ?? '',
  HOME: folder,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL_STS: service.url,
  AWS_DEFAULT_REGION: LOCAL_REGION,
  AWS_ROLE_ARN: role(name),
  AWS_ROLE_SESSION_NAME: 'job-7',
  AWS_WEB_IDENTITY_TOKEN_FILE: webIdentityTokenFile,
})
const sessionArn = (name: string) => `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${name}/job-7`
const GRANT_ARN = `arn:aws:r2::${LOCAL_ACCOUNT}:grant/builds/object-read-write/jobs/${SUBJECT}/`
const run = promisify(execFile)

describe('The SDK for JavaScript, with the token of a workload in a file', () => {
  const clientConfig = () => ({ region: LOCAL_REGION, endpoint: service.url })
  const credentialsOf = (name: string) =>
    fromTokenFile({
      clientConfig: clientConfig(),
      roleArn: role(name),
      roleSessionName: 'job-7',
      webIdentityTokenFile,
    })

  it('gets a session of the role', async () => {
    const sts = new STSClient({ ...clientConfig(), credentials: credentialsOf('runner') })
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(sessionArn('runner'))
  })

  it('gets credentials of R2 from a role that vends them', async () => {
    const credentials = credentialsOf('uploader')
    expect((await credentials()).accessKeyId).toBe(R2_KEY.accessKeyId)
    const sts = new STSClient({ ...clientConfig(), credentials })
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(GRANT_ARN)
  })

  it('is told in its own classes what is wrong', async () => {
    const sts = new STSClient({ ...clientConfig(), credentials: LOCAL_CLIENT.credentials })
    const refusal = async (claims: Record<string, unknown>) => {
      const WebIdentityToken = await issuer.token({ aud: 'sts.amazonaws.com', sub: SUBJECT, ...claims })
      const input = { RoleArn: role('runner'), RoleSessionName: 'job-7', WebIdentityToken }
      return faultOf(sts.send(new AssumeRoleWithWebIdentityCommand(input)))
    }
    expect(await refusal({ aud: 'other' })).toBeInstanceOf(InvalidIdentityTokenException)
    expect(await refusal({ sub: 'system:serviceaccount:build:other' })).toMatchObject({ name: 'AccessDenied' })
    expect(await refusal({ exp: 1_700_000_000 })).toBeInstanceOf(ExpiredTokenException)
  })
})

describe.skipIf(!isOnPath('aws'))('The AWS CLI, with the token of a workload in a file', () => {
  it('knows who it is', async () => {
    const { stdout } = await run('aws', ['sts', 'get-caller-identity', '--output', 'json'], {
      env: environment('runner') as never,
    })
    expect(JSON.parse(stdout)).toMatchObject({ Account: LOCAL_ACCOUNT, Arn: sessionArn('runner') })
  })
})

describe.skipIf(!isOnPath('python3'))('boto3, with the token of a workload in a file', () => {
  const SCRIPT = `
import json
try:
    import boto3
except ImportError:
    print('{}')
else:
    print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))
`

  it('gets credentials of R2 from a role that vends them', async ({ skip }) => {
    const { stdout } = await run('python3', ['-c', SCRIPT], { env: environment('uploader') as never })
    const arn: unknown = JSON.parse(stdout)
    if (typeof arn !== 'string') return skip()
    expect(arn).toBe(GRANT_ARN)
  })
})
