import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { outcomeHere } from './command-here.ts'

const GITHUB = 'token.actions.githubusercontent.com'
const usual = ['--account', '123456789012', '--repository', 'octo-org/octo-repo']
const folder = mkdtempSync(join(tmpdir(), 'edge-identity-'))
afterAll(() => rmSync(folder, { recursive: true }))

const connect = (...options: string[]) => outcomeHere('connect-github', options)

/** The conditions of the printed policy, and what was told beside it. */
async function printed(...options: string[]) {
  const { code, stderr, stdout } = await connect(...usual, ...options)
  expect(code, stderr).toBe(0)
  const { Statement } = JSON.parse(stdout)
  const { Condition, ...statement } = Statement[0]
  expect(statement).toMatchObject({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity' })
  return { Condition, Principal: statement.Principal, stderr }
}

function checked(policy: object | string) {
  const file = join(folder, 'trust.json')
  writeFileSync(
    file,
    typeof policy === 'string' ? policy : JSON.stringify({ Version: '2012-10-17', Statement: [policy] }),
  )
  return connect('--check', file)
}

const statement = (Condition: object) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
})

describe('npm run connect:github', () => {
  it('prints a policy that names the repository and the branch, by both forms of the subject and by ids', async () => {
    const ids = ['--repository-id', '74', '--owner-id', '65']
    const { Condition, Principal, stderr } = await printed('--branch', 'main', ...ids, '--bucket', 'builds')
    expect(Principal).toEqual({ Federated: `arn:aws:iam::123456789012:oidc-provider/${GITHUB}` })
    expect(Condition).toEqual({
      StringEquals: {
        [`${GITHUB}:aud`]: 'sts.amazonaws.com',
        [`${GITHUB}:repository_id`]: '74',
        [`${GITHUB}:repository_owner_id`]: '65',
        [`${GITHUB}:sub`]: [
          'repo:octo-org/octo-repo:ref:refs/heads/main',
          'repo:octo-org@65/octo-repo@74:ref:refs/heads/main',
        ],
      },
    })
    expect(stderr).toContain('--tags Key=edge-identity:vends,Value=r2/builds/object-read-write/@repository_id/')
    expect(stderr).toContain('aws-region: auto\n')
    expect(stderr).not.toContain('warning')
  })

  it('takes a pattern for tags, and warns of a name that may be taken over', async () => {
    const { Condition, stderr } = await printed('--tag', 'v*')
    expect(Condition).toEqual({
      StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${GITHUB}:sub`]: 'repo:octo-org/octo-repo:ref:refs/tags/v*' },
    })
    expect(stderr).toContain('aws-region: us-east-1\n')
    expect(stderr).toContain('warning: The name octo-org/octo-repo can be somebody else')
  })

  it('warns of a subject that fits everybody', async () => {
    const { stderr } = await printed('--subject', 'repo:*')
    expect(stderr).toContain('[trusts-everybody]')
  })

  it.each([
    [
      ['--branch', 'main', '--tag', 'v1'],
      'Say which workflows of the repository, by one of --branch, --tag, --environment and --subject.',
    ],
    [['--branch', 'main', '--owner-id', '65'], '--repository-id and --owner-id are numbers, and go together.'],
    [
      ['--branch', 'main', '--bucket', 'builds', '--prefix', 'x'],
      'The grant of R2 is not usable: the path must end in "/": without it build-1 could open what is of build-10.',
    ],
    [
      ['--branch', 'main', '--issuer', 'http://ci.example.com'],
      'The issuer http://ci.example.com is not an https URL without query and slash at its end.',
    ],
    [['--branch', 'ma"in'], 'ma"in has characters that are not taken here.'],
    [['--branch', 'main', '--account', '1'], 'Name the account, twelve digits, with --account.'],
  ])('says what is wrong with %j', async (options, sentence) => {
    expect(await connect(...usual, ...options)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` })
  })

  it('looks at a policy, and ends with the code of what it finds', async () => {
    const sound = {
      [`${GITHUB}:aud`]: 'sts.amazonaws.com',
      [`${GITHUB}:sub`]: 'repo:octo-org/octo-repo:ref:refs/heads/main',
    }
    expect(await checked(statement({ StringEquals: sound }))).toEqual({ code: 0, stdout: '', stderr: '' })
    const open = await checked(statement({ StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' } }))
    expect(open).toMatchObject({ code: 1, stderr: expect.stringContaining('[trusts-everybody]') })
    const weak = await checked(statement({ StringEquals: sound, StringEqualsIfExists: { [`${GITHUB}:actor`]: 'x' } }))
    expect(weak).toMatchObject({ code: 2, stderr: expect.stringContaining('[met-when-absent]') })
    expect(await checked('{')).toMatchObject({ code: 1, stderr: expect.stringContaining('[policy]') })
  })
})
