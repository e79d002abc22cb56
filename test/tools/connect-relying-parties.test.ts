import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { outcomeHere } from './command-here.ts'

const ISSUER = 'https://id.example.com'
const POOL = 'eu-west-1:9f3c2a71-1111-4222-8333-444455556666'
const ACCOUNT = '123456789012'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/teams/app-user`
const PARTIES = ['azure', 'gcp', 'kubernetes', 'vault'] as const

type Party = (typeof PARTIES)[number]

const usual = ['--issuer', ISSUER, '--pool', POOL, '--role', 'teams/app-user', '--account', ACCOUNT, '--project', '42']
const connect = (party: Party, ...options: string[]) => outcomeHere(`connect-${party}`, [...usual, ...options])

async function printed(party: Party, ...options: string[]): Promise<string> {
  const { code, stderr, stdout } = await connect(party, ...options)
  expect(code, stderr).toBe(0)
  return stdout
}

describe('what a relying party is configured with', () => {
  it('is a federated credential at Azure, for all users of the role', async () => {
    expect(JSON.parse(await printed('azure'))).toEqual({
      name: 'edge-identity',
      issuer: ISSUER,
      subject: `pool:${POOL}:role:app-user`,
      audiences: ['api://AzureADTokenExchange'],
      description: `Users of the identity pool ${POOL} in the role teams/app-user`,
    })
  })

  it('is a provider of workload identities at Google Cloud, for users of the pool in the role', async () => {
    const claims = `assertion['${ISSUER}/claims']`
    const lines = (await printed('gcp', '--name', 'users')).trimEnd().split('\n')
    expect(lines).toEqual([
      'gcloud iam workload-identity-pools create users --project=42 --location=global',
      'gcloud iam workload-identity-pools providers create-oidc users --project=42 --location=global \\',
      `  --workload-identity-pool=users --issuer-uri='${ISSUER}' --allowed-audiences='https://iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/users/providers/users' \\`,
      `  --attribute-mapping="google.subject=assertion.sub,attribute.pool=${claims}.pool,attribute.role=${claims}.role" \\`,
      `  --attribute-condition="assertion['edge-identity:use'] == 'audience' && ${claims}.pool == '${POOL}' && ${claims}.role == '${ROLE}'"`,
    ])
  })

  it('is an auth method of Vault, whose role is bound to the pool and the role', async () => {
    const [enable, config, role, ...rest] = (
      await printed('vault', '--policy', 'read', '--policy', 'team/write')
    ).split('\n')
    expect([enable, config, role]).toEqual([
      'vault auth enable -path=edge-identity jwt',
      `vault write auth/edge-identity/config oidc_discovery_url='${ISSUER}' bound_issuer='${ISSUER}'`,
      "vault write auth/edge-identity/role/edge-identity - <<'END'",
    ])
    expect(rest.slice(-2)).toEqual(['END', ''])
    expect(JSON.parse(rest.slice(0, -2).join('\n'))).toMatchObject({
      bound_audiences: ['vault'],
      bound_claims: {
        'edge-identity:use': 'audience',
        '/https:~1~1id.example.com~1claims/pool': POOL,
        '/https:~1~1id.example.com~1claims/role': ROLE,
      },
      token_policies: ['read', 'team/write'],
      claim_mappings: {
        '/https:~1~1id.example.com~1claims/pool': 'identity_pool',
        '/https:~1~1id.example.com~1claims/role': 'aws_role',
      },
    })
  })

  it('is a configuration of authentication for Kubernetes, whose names nobody else has', async () => {
    const claims = `claims['${ISSUER}/claims']`
    const { apiVersion, jwt, kind } = parse(await printed('kubernetes', '--audience', 'https://cluster.example'))
    expect([apiVersion, kind, jwt.length]).toEqual(['apiserver.config.k8s.io/v1', 'AuthenticationConfiguration', 1])
    expect(jwt[0].issuer).toEqual({ url: ISSUER, audiences: ['https://cluster.example'] })
    expect(jwt[0].claimValidationRules.map(({ expression }: { expression: string }) => expression)).toEqual([
      "claims[?'edge-identity:use'].orValue('') == 'audience'",
      `${claims}.pool == '${POOL}'`,
      `${claims}.role == '${ROLE}'`,
    ])
    expect(jwt[0].claimMappings).toEqual({
      username: { expression: "'edge-identity:' + claims.sub" },
      groups: { expression: `['edge-identity:' + ${claims}.role]` },
    })
  })

  it.each(PARTIES)('is followed by what to do here: %s', async (party) => {
    const { stderr } = await connect(party)
    expect(stderr).toContain('aws iam put-role-policy --role-name app-user')
    expect(stderr.includes('Value=pool-role')).toBe(party === 'azure')
  })
})

describe('what is refused', () => {
  it.each<[string, string[]]>([
    ['an issuer without https', ['--issuer', 'http://id.example.com']],
    ['an issuer with a quote', ['--issuer', "https://id.example.com/'x"]],
    ['an issuer with a slash at its end', ['--issuer', 'https://id.example.com/']],
    ['something else than a pool', ['--pool', 'eu-west-1_abc']],
    ['a role with a quote', ['--role', "x' || true || '"]],
    ['a role that is an ARN', ['--role', ROLE]],
    ['an account that is none', ['--account', '1']],
    ['a name with a blank', ['--name', 'a b c d']],
    ['an audience with a quote', ['--audience', "x'y"]],
    ['an audience of tokens of identities', ['--audience', POOL]],
  ])('%s', async (_, options) => {
    for (const party of ['kubernetes', 'azure'] as const) {
      const { code, stdout } = await connect(party, ...options)
      expect([party, code, stdout]).toEqual([party, 1, ''])
    }
  })

  it('no pool, no project of Google Cloud, and a policy of Vault that is none', async () => {
    expect((await outcomeHere('connect-gcp', ['--issuer', ISSUER])).code).toBe(1)
    expect((await connect('gcp', '--project', 'x')).code).toBe(1)
    expect((await connect('vault', '--policy', "a'b")).code).toBe(1)
  })
})
