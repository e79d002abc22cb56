import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf } from './support/answers.ts'
import { awsCli, type Cli } from './support/cli.ts'
import { isOnPath } from './support/is-on-path.ts'
import { LOCAL_CLIENT, LOCAL_REGION, type Service, startService } from './support/service.ts'

const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:any' } },
    },
  ],
}
const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::app/100%/a+b (ü)/*' }],
}
const READ = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

describe.skipIf(!isOnPath('aws'))('The AWS CLI, with a role and its policies', () => {
  let service: Service
  let cli: Cli
  beforeAll(async () => {
    service = await startService()
    cli = await awsCli(service.url, LOCAL_REGION, LOCAL_CLIENT.credentials)
    await onRole('create-role', '--assume-role-policy-document', JSON.stringify(TRUST))
  })
  afterAll(() => Promise.all([service?.stop(), cli?.remove()]))

  const onRole = (command: string, ...args: string[]) => cli.aws('iam', command, '--role-name', 'app', ...args)
  const named = ['--policy-name', 'own-folder']

  it('reads an inline policy as the document that it put', async () => {
    expect(await onRole('put-role-policy', ...named, '--policy-document', JSON.stringify(POLICY))).toBeUndefined()
    const read = await onRole('get-role-policy', ...named)
    expect(read).toEqual({ RoleName: 'app', PolicyName: 'own-folder', PolicyDocument: POLICY })
  })

  it('follows the pages of a list by itself', async () => {
    for (const name of ['AdministratorAccess', 'PowerUserAccess', 'ReadOnlyAccess'])
      await onRole('attach-role-policy', '--policy-arn', `arn:aws:iam::aws:policy/${name}`)
    const { AttachedPolicies } = await onRole('list-attached-role-policies', '--page-size', '1')
    expect(AttachedPolicies).toHaveLength(3)
    expect(AttachedPolicies[2]).toEqual({ PolicyName: 'ReadOnlyAccess', PolicyArn: READ })
  })

  it('is told why a role cannot be deleted yet', async () => {
    const message =
      'An error occurred (DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must detach all policies first.'
    expect(await faultOf(onRole('delete-role'))).toMatchObject({ message })
  })
})
