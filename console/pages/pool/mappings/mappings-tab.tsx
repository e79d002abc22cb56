import { addressOf, Table } from '../../../parts/index.ts'
import { mappingText } from '../consequences.ts'
import type { EditProps } from '../edit/edit.tsx'
import { keyOf, type Listed, labelOf, listedIn } from '../providers.ts'
import { RoleLink } from '../role-link.tsx'
import type { Settings } from '../settings.ts'
import { Editor } from './editor.tsx'
import { Simulator } from './simulator.tsx'

/** How users get their roles, provider by provider; or the editor for one of them. */
export function MappingsTab({ onSaved, part, settings }: EditProps & { part: string | undefined }) {
  const listed = listedIn(settings)
  const edited = listed.find(
    (one) => one.mappingKey === part || keyOf(one.mappingKey, one, { [part ?? '']: {} as never }),
  )
  if (edited) return <Editor settings={settings} listed={edited} onSaved={onSaved} />
  return (
    <div class="columns">
      <section>
        <h2>Roles</h2>
        {part !== undefined && <p class="notice">The pool does not list {part}.</p>}
        <Defaults of={settings} />
        <h2>Role mappings</h2>
        <Mappings of={settings} listed={listed} />
      </section>
      <Simulator settings={settings} />
    </div>
  )
}

function Defaults({ of: { IdentityPoolId, Roles = {} } }: { of: Settings }) {
  const link = (to: 'authenticated' | 'unauthenticated') => {
    const arn = Roles[to]
    return arn === undefined ? 'no role, and no credentials' : <RoleLink arn={arn} pool={IdentityPoolId} to={to} />
  }
  return (
    <p>
      Users get {link('authenticated')}, unless a mapping decides. Guests get {link('unauthenticated')}.{' '}
      <a href={addressOf(['pool', IdentityPoolId, 'settings', 'roles'])}>Change these roles</a>
    </p>
  )
}

function Mappings({ listed, of }: { of: Settings; listed: readonly Listed[] }) {
  const mappings = of.RoleMappings ?? {}
  return (
    <Table
      caption="Role mappings by provider"
      rows={listed}
      keyOf={({ mappingKey }) => mappingKey}
      empty={
        <p>
          The pool lists no provider whose tokens have claims.{' '}
          <a href={addressOf(['pool', of.IdentityPoolId, 'settings', 'providers'])}>List one</a>, and its claims can
          choose roles.
        </p>
      }
      columns={[
        {
          title: 'Provider',
          cell: ({ mappingKey }) => (
            <a href={addressOf(['pool', of.IdentityPoolId, 'mappings', mappingKey])}>{labelOf(mappingKey, of)}</a>
          ),
        },
        {
          title: 'Role',
          cell: (one) => {
            const mapping = mappings[keyOf(one.mappingKey, one, mappings) ?? '']
            return mapping ? mappingText(mapping) : 'the role of users'
          },
        },
      ]}
    />
  )
}
