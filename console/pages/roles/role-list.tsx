import { addressOf, CopyBlock, Loaded, Moment, PageOf, Table, useLoad, usePages } from '../../parts/index.ts'
import { issuerHere, type Role, rolesFrom, trustsOf } from './records.ts'

/** The roles that are registered here. */
export function RoleList() {
  const issuer = useLoad(issuerHere, [])
  const roles = usePages(rolesFrom, [])
  return (
    <>
      <h1>Roles</h1>
      <p>
        What identities of a pool may do is the role that they get. A role says itself, in its trust policy, who may
        have it. With AWS STS, or that of a store, the roles are there; here are those that this service knows.
      </p>
      <Loaded from={issuer}>
        {(url) => (
          <PageOf from={roles}>
            {(page) => (
              <Table
                caption="Roles"
                rows={page.roles}
                keyOf={({ arn }) => arn}
                empty={<NoRoles />}
                columns={[
                  { title: 'Name', cell: ({ name }) => <a href={addressOf(['roles', name])}>{name}</a> },
                  { title: 'Who may have it', cell: (role) => summaryOf(role, url) },
                  { title: 'Trust policy', cell: (role) => <Warnings of={role} issuer={url} /> },
                  { title: 'Made', cell: ({ createdAt }) => <Moment at={createdAt} /> },
                ]}
              />
            )}
          </PageOf>
        )}
      </Loaded>
    </>
  )
}

function summaryOf(role: Role, issuer: string): string {
  const trusts = (trustsOf(role, issuer)?.trusts ?? []).filter(
    (one) => one.allows && one.assumes && one.of !== 'others',
  )
  if (trusts.length === 0) return 'no identity of a pool'
  const who = trusts.flatMap(({ amr }) =>
    amr.length === 0 ? ['guests', 'users'] : amr.map((value) => WHO.get(value) ?? value),
  )
  const pools = new Set(trusts.flatMap((one) => (one.pools.length === 0 ? ['every pool'] : one.pools)))
  return `${[...new Set(who)].join(' and ')} of ${pools.size === 1 ? [...pools][0] : `${pools.size} pools`}`
}

const WHO = new Map([
  ['authenticated', 'users'],
  ['unauthenticated', 'guests'],
])

function Warnings({ issuer, of }: { of: Role; issuer: string }) {
  const found = trustsOf(of, issuer)
  const warnings = found ? found.trusts.flatMap((one) => one.warnings) : ['It cannot be read.']
  if (warnings.length === 0) return <span class="badge good">nothing found</span>
  return (
    <a class="badge warn" href={addressOf(['roles', of.name])} title={warnings.join('\n')}>
      {warnings.length === 1 ? '1 finding' : `${warnings.length} findings`}
    </a>
  )
}

function NoRoles() {
  const line = `aws iam create-role --role-name app-user --assume-role-policy-document file://trust.json --endpoint-url ${location.origin}`
  return (
    <>
      <p>No role is registered here. The page of a pool says which trust policy a role for it needs.</p>
      <CopyBlock title="With the AWS CLI" text={line} />
    </>
  )
}
