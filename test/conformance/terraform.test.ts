import {
  CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
  GetPrincipalTagAttributeMapCommand,
  ListIdentityPoolsCommand,
  SetIdentityPoolRolesCommand,
  UpdateIdentityPoolCommand,
} from '@aws-sdk/client-cognito-identity'
import {
  DeleteRolePolicyCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetSAMLProviderCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListOpenIDConnectProvidersCommand,
  ListRolesCommand,
  ListSAMLProvidersCommand,
  type Tag,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply as applyFile, fileText, plan, pull, readIdentityText, serviceApi } from '../../package/file/index.ts'
import { LOCAL_ACCOUNT, LOCAL_CLIENT, type Service, startService } from './support/service.ts'
import { hasTerraform, startWorkspace, type Workspace } from './support/terraform.ts'

const REGION = 'eu-west-1'
const PROVIDER_ARN = `arn:aws:iam::${LOCAL_ACCOUNT}:oidc-provider/issuer.example.com/tenant`
const ROLE_ARN = `arn:aws:iam::${LOCAL_ACCOUNT}:role/app/app-user`
const R2_GRANT = `arn:aws:r2::${LOCAL_ACCOUNT}:grant/photos/object-read-only/users/\${sub}/`
const SAML_ARN = `arn:aws:iam::${LOCAL_ACCOUNT}:saml-provider/`
const GOOGLE = 'accounts.google.com'
const FACEBOOK = 'graph.facebook.com'
const ATTACHED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
const USER_POOL = `cognito-idp.${REGION}.amazonaws.com/${REGION}_Zr231apJu`
const SECOND_USER_POOL = `cognito-idp.${REGION}.amazonaws.com/${REGION}_SecondOne`

/** Tags as IAM lists them, as a map. */
const byKey = (tags: readonly Tag[] = []) => Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))

/** What `plan -detailed-exitcode` answers when nothing is to be done. */
const NOTHING_TO_DO = 0
/** Turns every setting of the configuration into another. */
const CHANGED = '-var=changed=true'

/** Loading the AWS provider alone takes seconds on a busy machine. */

describe.skipIf(!hasTerraform)('Terraform with the AWS provider', () => {
  let service: Service
  let workspace: Workspace
  let cognito: CognitoIdentityClient
  let iam: IAMClient
  let pool = ''

  beforeAll(async () => {
    service = await startService()
    workspace = await startWorkspace(new URL('terraform/', import.meta.url), { endpoint: service.url })
    const config = { ...LOCAL_CLIENT, region: REGION, endpoint: service.url }
    cognito = new CognitoIdentityClient(config)
    iam = new IAMClient(config)
  })
  afterAll(async () => {
    await Promise.all([service?.stop(), workspace?.delete()])
  })

  const succeed = async (command: string, ...args: string[]) => {
    const { code, text } = await workspace.run(command, '-no-color', ...args)
    expect(code, text).toBe(0)
    return text
  }
  const apply = (...args: string[]) => succeed('apply', '-auto-approve', ...args)
  const expectNothingToDo = async (...args: string[]) => {
    const { code, text } = await workspace.run('plan', '-no-color', '-detailed-exitcode', ...args)
    expect(code, text).toBe(NOTHING_TO_DO)
  }

  /** Everything that the configuration is about, as the services describe it; times and ids of no interest aside. */
  async function stateOfService() {
    const IdentityPoolId = pool
    const map = async (IdentityProviderName: string) =>
      cognito.send(new GetPrincipalTagAttributeMapCommand({ IdentityPoolId, IdentityProviderName }))
    const [{ $metadata: _, CognitoIdentityProviders, ...described }, roles, custom, defaults] = await Promise.all([
      cognito.send(new DescribeIdentityPoolCommand({ IdentityPoolId })),
      cognito.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })),
      map(USER_POOL),
      map(GOOGLE),
    ])
    return {
      described,
      userPools: new Set(CognitoIdentityProviders),
      roles: { Roles: roles.Roles, RoleMappings: roles.RoleMappings },
      maps: [custom, defaults].map(({ PrincipalTags, UseDefaults }) => ({ PrincipalTags, UseDefaults })),
      ...(await stateOfIam()),
    }
  }

  async function stateOfIam() {
    const RoleName = 'app-user'
    const [provider, role, inline, attached, saml] = await Promise.all([
      iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER_ARN })),
      iam.send(new GetRoleCommand({ RoleName })),
      iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own-folder' })),
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: `${SAML_ARN}first` })),
    ])
    return {
      provider: {
        Url: provider.Url,
        ClientIDList: provider.ClientIDList?.toSorted(),
        ThumbprintList: provider.ThumbprintList,
        Tags: byKey(provider.Tags),
      },
      role: {
        Arn: role.Role?.Arn,
        Description: role.Role?.Description,
        MaxSessionDuration: role.Role?.MaxSessionDuration,
        PermissionsBoundary: role.Role?.PermissionsBoundary?.PermissionsBoundaryArn,
        Tags: byKey(role.Role?.Tags),
      },
      actions: [role.Role?.AssumeRolePolicyDocument, inline.PolicyDocument].map(
        (document = '') => JSON.parse(decodeURIComponent(document)).Statement[0].Action,
      ),
      attached: attached.AttachedPolicies?.map(({ PolicyArn }) => PolicyArn),
      saml: { host: /entityID="https:\/\/([^/]*)/.exec(saml.SAMLMetadataDocument ?? '')?.[1], Tags: byKey(saml.Tags) },
    }
  }

  const FIRST_TAGS = { cost: '1', team: 'identity' }
  const SECOND_TAGS = { stage: 'test', team: 'platform' }
  const TOKEN_MAPPING = { Type: 'Token', AmbiguousRoleResolution: 'Deny' }
  const rules = (AmbiguousRoleResolution: string, ...Rules: object[]) => ({
    Type: 'Rules',
    AmbiguousRoleResolution,
    RulesConfiguration: { Rules: Rules.map((rule) => ({ RoleARN: ROLE_ARN, ...rule })) },
  })
  const userPool = (ProviderName: string, ClientId: string, ServerSideTokenCheck = false) => ({
    ProviderName,
    ClientId,
    ServerSideTokenCheck,
  })

  it('creates a pool with every kind of provider, its roles and maps, and what they refer to', async () => {
    expect(await apply()).toContain('Apply complete! Resources: 9 added, 0 changed, 0 destroyed.')
    const { IdentityPools = [] } = await cognito.send(new ListIdentityPoolsCommand({ MaxResults: 60 }))
    pool = IdentityPools[0]?.IdentityPoolId ?? ''
    expect(IdentityPools).toEqual([{ IdentityPoolId: expect.stringMatching(`^${REGION}:`), IdentityPoolName: 'app' }])
    expect(await stateOfService()).toEqual({
      described: {
        IdentityPoolId: pool,
        IdentityPoolName: 'app',
        AllowUnauthenticatedIdentities: false,
        AllowClassicFlow: true,
        DeveloperProviderName: 'login.example.app',
        OpenIdConnectProviderARNs: [PROVIDER_ARN],
        SamlProviderARNs: [`${SAML_ARN}first`],
        SupportedLoginProviders: { [GOOGLE]: '123.apps.googleusercontent.com', [FACEBOOK]: '7346241598935552' },
        IdentityPoolTags: FIRST_TAGS,
      },
      userPools: new Set([userPool(USER_POOL, '6lhlkkfbfb4q5kpp90urffae'), userPool(SECOND_USER_POOL, 'second')]),
      roles: {
        Roles: { authenticated: ROLE_ARN, unauthenticated: ROLE_ARN },
        RoleMappings: {
          [PROVIDER_ARN]: TOKEN_MAPPING,
          [GOOGLE]: rules('AuthenticatedRole', { Claim: 'department', MatchType: 'Equals', Value: 'sales' }),
        },
      },
      maps: [
        { PrincipalTags: { tenant: 'custom:tenant' }, UseDefaults: false },
        { PrincipalTags: undefined, UseDefaults: true },
      ],
      provider: {
        Url: 'issuer.example.com/tenant',
        ClientIDList: ['app-1', 'app-2'],
        ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
        Tags: FIRST_TAGS,
      },
      role: {
        Arn: ROLE_ARN,
        Description: 'Users',
        MaxSessionDuration: 3600,
        PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        Tags: FIRST_TAGS,
      },
      actions: [['sts:AssumeRoleWithWebIdentity'], ['s3:GetObject']],
      attached: [ATTACHED],
      saml: { host: 'idp.example.com', Tags: FIRST_TAGS },
    })
  })

  it('then has nothing to do; nor when a file that was pulled has been applied over what others did to it', async () => {
    const api = serviceApi({ endpoint: service.url, region: REGION, credentials: LOCAL_CLIENT.credentials })
    const { file } = await pull(api, { pools: [], ids: true })
    const before = await stateOfService()
    await cognito.send(
      new UpdateIdentityPoolCommand({
        IdentityPoolId: pool,
        IdentityPoolName: 'other',
        AllowUnauthenticatedIdentities: true,
        IdentityPoolTags: { other: '1' },
      }),
    )
    await cognito.send(new SetIdentityPoolRolesCommand({ IdentityPoolId: pool, Roles: {} }))
    await iam.send(new UpdateRoleCommand({ RoleName: 'app-user', Description: 'Other', MaxSessionDuration: 43_200 }))
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'app-user', PolicyName: 'own-folder' }))
    const document = readIdentityText(fileText(file))
    const { hash } = await plan(document, api, {})
    await applyFile(document, api, { env: {}, hash })
    expect(await stateOfService()).toEqual(before)
    await expectNothingToDo()
  })

  it('changes whatever it changes in place', async () => {
    expect(await apply(CHANGED)).toContain('Apply complete! Resources: 0 added, 7 changed, 0 destroyed.')
    expect(await stateOfService()).toEqual({
      described: {
        IdentityPoolId: pool,
        IdentityPoolName: 'app',
        AllowUnauthenticatedIdentities: true,
        AllowClassicFlow: false,
        DeveloperProviderName: 'login.example.app',
        OpenIdConnectProviderARNs: [PROVIDER_ARN],
        SamlProviderARNs: [`${SAML_ARN}second`],
        SupportedLoginProviders: { [GOOGLE]: '456.apps.googleusercontent.com' },
        IdentityPoolTags: SECOND_TAGS,
      },
      userPools: new Set([userPool(USER_POOL, '7lhlkkfbfb4q5kpp90urffae', true), userPool(SECOND_USER_POOL, 'second')]),
      roles: {
        Roles: { authenticated: ROLE_ARN, unauthenticated: ROLE_ARN },
        RoleMappings: {
          [PROVIDER_ARN]: TOKEN_MAPPING,
          [GOOGLE]: rules(
            'Deny',
            { Claim: 'department', MatchType: 'Contains', Value: 'sales' },
            { Claim: 'level', MatchType: 'NotEqual', Value: '0', RoleARN: R2_GRANT },
          ),
        },
      },
      maps: [
        { PrincipalTags: { tenant: 'custom:tenant', plan: 'custom:plan' }, UseDefaults: false },
        { PrincipalTags: undefined, UseDefaults: true },
      ],
      provider: {
        Url: 'issuer.example.com/tenant',
        ClientIDList: ['app-2', 'app-3'],
        ThumbprintList: ['cf23df2207d99a74fbe169e3eba035e633b65d94'],
        Tags: SECOND_TAGS,
      },
      role: {
        Arn: ROLE_ARN,
        Description: 'Users of the app',
        MaxSessionDuration: 7200,
        PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess',
        Tags: { team: 'platform' },
      },
      actions: [
        ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
        ['s3:GetObject', 's3:PutObject'],
      ],
      attached: [ATTACHED],
      saml: { host: 'new.example.com', Tags: { team: 'platform' } },
    })
  })

  it('imports each of the resources as it was changed, and finds nothing left to change', async () => {
    const ids = {
      'aws_iam_openid_connect_provider.main': PROVIDER_ARN,
      'aws_iam_role.user': 'app-user',
      'aws_iam_role_policy.user': 'app-user:own-folder',
      'aws_iam_role_policy_attachment.user': `app-user/${ATTACHED}`,
      'aws_iam_saml_provider.main': `${SAML_ARN}first`,
      'aws_cognito_identity_pool.main': pool,
      'aws_cognito_identity_pool_roles_attachment.main': pool,
      'aws_cognito_identity_pool_provider_principal_tag.custom': `${pool}:${USER_POOL}`,
      'aws_cognito_identity_pool_provider_principal_tag.defaults': `${pool}:${GOOGLE}`,
    }
    await workspace.forget()
    const blocks = Object.entries(ids).map(([to, id]) => `import {\n  to = ${to}\n  id = "${id}"\n}\n`)
    await workspace.write('import.tf', blocks.join(''))
    expect(await apply(CHANGED)).toContain('Apply complete! Resources: 9 imported, 0 added, 0 changed, 0 destroyed.')
  })

  it('destroys everything', async () => {
    // The import has just read everything; reading it again would only load the provider once more.
    const destroyed = await succeed('destroy', '-auto-approve', '-refresh=false', CHANGED)
    expect(destroyed).toContain('Destroy complete! Resources: 9 destroyed.')
    const [pools, providers, samlProviders, roles] = await Promise.all([
      cognito.send(new ListIdentityPoolsCommand({ MaxResults: 60 })),
      iam.send(new ListOpenIDConnectProvidersCommand({})),
      iam.send(new ListSAMLProvidersCommand({})),
      iam.send(new ListRolesCommand({})),
    ])
    expect(pools.IdentityPools).toEqual([])
    expect(providers.OpenIDConnectProviderList).toEqual([])
    expect(samlProviders.SAMLProviderList).toEqual([])
    expect(roles.Roles).toEqual([])
  })
})
