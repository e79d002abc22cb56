import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  CognitoIdentityClient,
  CreateIdentityPoolCommand,
  GetCredentialsForIdentityCommand,
  GetIdCommand,
  GetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity'
import { GetOpenIDConnectProviderCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { awsCli } from '../conformance/support/cli.ts'
import { isOnPath } from '../conformance/support/is-on-path.ts'
import {
  LOCAL_ACCOUNT,
  LOCAL_CLIENT,
  LOCAL_REGION,
  type Service,
  startService,
} from '../conformance/support/service.ts'
import { hasTerraform, startWorkspace, type Workspace } from '../conformance/support/terraform.ts'
import { outcomeHere } from './command-here.ts'
import { outcome } from './command-run.ts'

const ISSUER = 'https://id.example.com'
const POOL = 'eu-west-1:9f3c2a71-1111-4222-8333-444455556666'
const OTHER_POOL = 'eu-west-1:8f3c2a71-1111-4222-8333-444455556666'
const PROVIDER_ARN = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/id.example.com`

const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As without npm, which is behind these tests. */
const WITHOUT_NPM = Object.fromEntries(
  Object.keys(process.env).flatMap((name) => (name.startsWith('npm_') ? [[name, undefined]] : [])),
)
const connectAws = (...args: string[]) => outcomeHere('connect-aws', args, WITHOUT_NPM)

/** What the command prints for the issuer, when nothing is wrong with the options. */
async function printed(...options: string[]): Promise<string> {
  const { code, stderr, stdout } = await connectAws('--issuer', ISSUER, ...options)
  expect(code, stderr).toBe(0)
  return stdout
}

const template = async (...options: string[]) => JSON.parse(await printed('--format', 'cloudformation', ...options))
const terraform = (...options: string[]) => printed('--format', 'terraform', ...options)

function written(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('npm run connect:aws', () => {
  it('prints a template with the provider, two roles and their outputs', async () => {
    const { Outputs, Resources } = await template('--pool', POOL, '--tags')
    expect(Resources.IdentityProvider).toEqual({
      Type: 'AWS::IAM::OIDCProvider',
      Properties: { Url: ISSUER, ClientIdList: [POOL] },
    })
    expect(Resources.AuthenticatedRole9f3c2a71).toEqual({
      Type: 'AWS::IAM::Role',
      Metadata: { Permissions: expect.stringContaining('The role may do nothing yet.') },
      Properties: {
        RoleName: 'edge-identity-9f3c2a71-authenticated',
        Description: `Signed-in users of the identity pool ${POOL}`,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: { Ref: 'IdentityProvider' } },
              Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
              Condition: {
                StringEquals: { 'id.example.com:aud': POOL },
                'ForAnyValue:StringLike': { 'id.example.com:amr': 'authenticated' },
              },
            },
          ],
        },
      },
    })
    expect(Object.keys(Resources)).toEqual(['IdentityProvider', 'AuthenticatedRole9f3c2a71', 'GuestRole9f3c2a71'])
    expect(Outputs.SetIdentityPoolRoles9f3c2a71.Value['Fn::Sub']).toBe(
      `aws cognito-identity set-identity-pool-roles --endpoint-url ${ISSUER} --region eu-west-1 ` +
        `--identity-pool-id ${POOL} --roles authenticated=\${AuthenticatedRole9f3c2a71.Arn},unauthenticated=\${GuestRole9f3c2a71.Arn}`,
    )
  })

  it('prints both documents, each below its name', async () => {
    const options = ['--pool', POOL, '--existing-provider']
    const both = await printed(...options)
    expect(both).toBe(
      `# ---- template.json ----\n${await printed('--format', 'cloudformation', ...options)}# ---- edge-identity.tf.json ----\n${await terraform(...options)}`,
    )
  })

  it('says on standard error what to do next, with the account and the partition', async () => {
    const pool = 'cn-north-1:9f3c2a71-1111-4222-8333-444455556666'
    const options = ['--issuer', `${ISSUER}/edge`, '--pool', pool, '--account', '123456789012', '--existing-provider']
    const role = 'arn:aws-cn:iam::123456789012:role/edge-identity-9f3c2a71'
    const { stderr } = await connectAws(...options, '--format', 'terraform', '--tags')
    expect(stderr.split('\n')).toEqual([
      `Add each pool to the client ids of the OIDC provider of ${ISSUER}/edge, at AWS. If a stack or Terraform manages the provider, add it there:`,
      '  aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ' +
        `arn:aws-cn:iam::123456789012:oidc-provider/id.example.com/edge --client-id ${pool}`,
      'Deploy at AWS, in account 123456789012, partition aws-cn:',
      '  terraform init && terraform apply',
      'Give the roles to the pools, with an access key of the identity service that may pass them. This replaces all roles and role mappings of a pool:',
      `  aws cognito-identity set-identity-pool-roles --endpoint-url ${ISSUER} --region cn-north-1 --identity-pool-id ${pool} ` +
        `--roles authenticated=${role}-authenticated,unauthenticated=${role}-guest`,
      '',
    ])
  })

  it.each([
    [
      ['--issuer', ISSUER],
      'Name at least one pool with --pool; `aws cognito-identity list-identity-pools` shows their ids.',
    ],
    [['--pool', POOL], 'Name the issuer with --issuer, or set ISSUER in wrangler.toml.'],
    [['--pool', 'eu-west-1', '--issuer', ISSUER], 'eu-west-1 is not a pool id: <region>:<UUID>, in lower case.'],
    [['--pool', POOL, '--issuer', `${ISSUER}/`], `The issuer ${ISSUER}/ must not end with a slash.`],
    [
      ['--pool', POOL, '--issuer', ISSUER, '--format', 'yaml'],
      '--format must be one of cloudformation, terraform, both.',
    ],
    [
      ['--pool', POOL, '--issuer', ISSUER, '--max-session-duration', '1h'],
      '--max-session-duration 1h is not a number of seconds.',
    ],
    [['--pools', POOL], "Unknown option '--pools'."],
    [['--pool', POOL, '--account'], "Option '--account <value>' argument missing."],
  ])('answers %j with one sentence and fails', async (args, sentence) => {
    expect(await connectAws(...args)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` })
  })

  it('explains its options', async () => {
    expect(await connectAws('--help')).toEqual({
      code: 0,
      stdout: expect.stringContaining('--existing-provider'),
      stderr: '',
    })
  })

  it('does the same in a process of its own', async () => {
    const options = ['--issuer', ISSUER, '--pool', POOL]
    expect(await outcome('connect-aws', options, WITHOUT_NPM)).toEqual(await connectAws(...options))
    const none = ['--issuer', ISSUER]
    expect(await outcome('connect-aws', none, WITHOUT_NPM)).toEqual(await connectAws(...none))
  })
})

describe.skipIf(!isOnPath('cfn-lint'))('cfn-lint', () => {
  it('has nothing to say about a template with a provider, nor about one of roles alone', async () => {
    const pools = ['--pool', POOL, '--pool', OTHER_POOL]
    const templates = [await template(...pools), await template(...pools, '--existing-provider', '--tags')]
    const paths = templates.map((one, index) => written(`template-${index}.json`, JSON.stringify(one)))
    const { status, stdout } = spawnSync('cfn-lint', paths, { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  })
})

describe.skipIf(!hasTerraform)('Terraform with the AWS provider', () => {
  let service: Service
  let cognito: CognitoIdentityClient
  let iam: IAMClient
  let pool = ''
  let workspace: Workspace

  beforeAll(async () => {
    service = await startService({ vars: { ISSUER } })
    const config = { ...LOCAL_CLIENT, endpoint: service.url }
    cognito = new CognitoIdentityClient(config)
    iam = new IAMClient(config)
  })
  afterAll(() => Promise.all([service?.stop(), workspace?.delete()]))

  async function succeed(command: string, ...args: string[]) {
    const { code, text } = await workspace.run(command, '-no-color', ...args)
    expect(code, text).toBe(0)
    return text
  }

  async function createPool(): Promise<string> {
    const input = { IdentityPoolName: 'app', AllowUnauthenticatedIdentities: true }
    return (await cognito.send(new CreateIdentityPoolCommand(input))).IdentityPoolId ?? ''
  }

  /** The trust policies of a pool's roles: as IAM has them here, and as CloudFormation would have made them. */
  async function trustPolicies(pool: string, options: string[]) {
    const tag = tagOf(pool)
    const { Resources } = await template('--pool', pool, ...options)
    const resolved = (id: string) =>
      JSON.parse(JSON.stringify(Resources[id].Properties.AssumeRolePolicyDocument), (_key, value) =>
        value?.Ref === 'IdentityProvider' || value?.['Fn::Sub'] ? PROVIDER_ARN : value,
      )
    const kept = async (label: string) => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: `edge-identity-${tag}-${label}` }))
      return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))
    }
    return {
      applied: [await kept('authenticated'), await kept('guest')],
      printed: [resolved(`AuthenticatedRole${tag}`), resolved(`GuestRole${tag}`)],
    }
  }

  it('takes what is printed as it is, and gives IAM exactly the trust policies of the template', async () => {
    pool = await createPool()
    const configuration = mkdtempSync(join(folder, 'configuration-'))
    writeFileSync(join(configuration, 'main.tf.json'), await terraform('--pool', pool, '--tags'))
    workspace = await startWorkspace(pathToFileURL(configuration), {})
    await workspace.write('provider.tf', providerAt(service.url))
    expect(await succeed('apply', '-auto-approve')).toContain('Resources: 3 added, 0 changed, 0 destroyed.')
    const { applied, printed } = await trustPolicies(pool, ['--tags'])
    expect(applied).toEqual(printed)
    const arn = { OpenIDConnectProviderArn: PROVIDER_ARN }
    expect((await iam.send(new GetOpenIDConnectProviderCommand(arn))).ClientIDList).toEqual([pool])
  })

  it.skipIf(!isOnPath('aws'))('puts out the command that gives guests their credentials', async () => {
    const command = (await succeed('output', '-raw', `set_identity_pool_roles_${tagOf(pool)}`)).split(' ')
    expect(command.slice(0, 5)).toEqual([
      'aws',
      'cognito-identity',
      'set-identity-pool-roles',
      '--endpoint-url',
      ISSUER,
    ])
    const cli = await awsCli(service.url, LOCAL_REGION, LOCAL_CLIENT.credentials)
    await cli.aws(...command.slice(1, 3), ...command.slice(5)).finally(cli.remove)
    const role = `arn:aws:iam::${LOCAL_ACCOUNT}:role/edge-identity-${tagOf(pool)}`
    expect((await cognito.send(new GetIdentityPoolRolesCommand({ IdentityPoolId: pool }))).Roles).toEqual({
      authenticated: `${role}-authenticated`,
      unauthenticated: `${role}-guest`,
    })
    const { IdentityId } = await cognito.send(new GetIdCommand({ IdentityPoolId: pool }))
    const { Credentials } = await cognito.send(new GetCredentialsForIdentityCommand({ IdentityId }))
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA/)
  })

  it('adds the roles of another pool to the provider that is there', async () => {
    const second = await createPool()
    const options = ['--pool', second, '--pool', OTHER_POOL, '--existing-provider', '--max-session-duration', '7200']
    await workspace.write('other.tf.json', await terraform(...options))
    expect(await succeed('apply', '-auto-approve')).toContain('Resources: 4 added, 0 changed, 0 destroyed.')
    const { applied, printed } = await trustPolicies(second, ['--existing-provider'])
    expect(applied).toEqual(printed)
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: `edge-identity-${tagOf(second)}-guest` }))
    expect(Role?.MaxSessionDuration).toBe(7200)
  })
})

const tagOf = (pool: string) => pool.slice(pool.indexOf(':') + 1).slice(0, 8)

/** How the AWS provider reaches the service in local mode. */
function providerAt(url: string): string {
  return `provider "aws" {
  region     = "${LOCAL_REGION}"
  access_key = "${LOCAL_CLIENT.credentials.accessKeyId}"
  secret_key = "${LOCAL_CLIENT.credentials.secretAccessKey}"
  endpoints {
    iam = "${url}"
    sts = "${url}"
  }
}
`
}
