import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { freePort } from '../../../tools/lib/local-service.ts'
import { pathOf } from '../../conformance/support/is-on-path.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT } from '../../conformance/support/service.ts'
import { startPolicySwitch } from './policy-switch.ts'
import { runProgram, startProgram, waitUntil } from './programs.ts'
import { ROLE_POLICIES, type RunningStore, type StoreTarget, type WantedStore } from './store-target.ts'

/** What starts moto, of the package `moto[server]`. */
const MOTO_SERVER = pathOf('moto_server')

const NO_TOKENS = 'moto takes any text for a token'
const roleArn = (name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:role/${name}`

/** A role without policies. */
export const BARE_ROLE = roleArn('Bare')

const ADMINISTRATOR = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
/** moto evaluates no trust policy for a token. This one trusts nobody. */
const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: '*' }] }

/** moto, which checks the policies of roles for all calls that are signed. */
export const motoTarget: StoreTarget = {
  name: 'moto',
  missing: MOTO_SERVER === undefined ? 'moto_server is not on the PATH' : undefined,
  profile: 'localstack',
  roles: { Users: roleArn('Users'), Guests: roleArn('Guests') },
  codes: { expired: '', forged: '', untrusted: '' },
  cannot: {
    'a guest is refused the role of users in the basic flow': 'moto evaluates no trust policy for a token',
    'a session policy of the pool narrows guests below their role': 'moto ignores session policies',
    'a token that has expired is refused': NO_TOKENS,
    'a forged token is refused': NO_TOKENS,
    'a refusal of the store is InvalidIdentityPoolConfigurationException to the client': NO_TOKENS,
  },
  start,
}

async function start({ port }: WantedStore): Promise<RunningStore> {
  const motoPort = await freePort()
  const env = { ...process.env, MOTO_ACCOUNT_ID: LOCAL_ACCOUNT, INITIAL_NO_AUTH_ACTION_COUNT: 'inf' }
  const moto = startProgram(MOTO_SERVER ?? '', ['-H', '127.0.0.1', '-p', String(motoPort)], { env })
  try {
    const url = `http://127.0.0.1:${motoPort}`
    await waitUntil(async () => (await fetch(`${url}/moto-api/data.json`)).ok, moto, 'moto')
    const admin = await makeRoles(url)
    const version = `moto ${await versionOf(MOTO_SERVER ?? '')}, which checks policies`
    const policySwitch = await startPolicySwitch(port, motoPort)
    return {
      ...moto,
      version,
      admin,
      async stop() {
        await Promise.all([policySwitch.stop(), moto.stop()])
      },
    }
  } catch (error) {
    await moto.stop()
    throw error
  }
}

/** Makes the roles and an administrator, while moto checks nothing. Gives the keys of the latter. */
async function makeRoles(endpoint: string): Promise<RunningStore['admin']> {
  const iam = new IAMClient({ ...LOCAL_CLIENT, endpoint })
  const UserName = 'administrator'
  await iam.send(new CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify(ADMINISTRATOR)
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }))
  const AssumeRolePolicyDocument = JSON.stringify(TRUST)
  await iam.send(new CreateRoleCommand({ RoleName: BARE_ROLE.replace(/^.*\//, ''), AssumeRolePolicyDocument }))
  for (const [RoleName, policy] of Object.entries(ROLE_POLICIES)) {
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
    const document = { PolicyName: 'files', PolicyDocument: JSON.stringify(policy) }
    await iam.send(new PutRolePolicyCommand({ RoleName, ...document }))
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

/** moto does not tell its version. The Python of its environment does, which lies beside it. */
async function versionOf(server: string): Promise<string> {
  const beside = join(dirname(server), 'python3')
  const python = existsSync(beside) ? beside : 'python3'
  return (await runProgram(python, ['-c', 'from importlib.metadata import version; print(version("moto"))'])).trim()
}
