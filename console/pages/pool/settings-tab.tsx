import type { ComponentChildren, FunctionComponent } from 'preact'
import { addressOf, CopyBlock, Facts, Table } from '../../parts/index.ts'
import { audienceText } from './audiences.ts'
import { mappingText, tagMapText } from './consequences.ts'
import { Attributes } from './edit/attributes.tsx'
import { Audiences } from './edit/audiences.tsx'
import type { EditProps } from './edit/edit.tsx'
import { General } from './edit/general.tsx'
import { Providers } from './edit/providers.tsx'
import { Roles } from './edit/roles.tsx'
import { Tags } from './edit/tags.tsx'
import { KNOWN_TAGS } from './known-tags.ts'
import { linesOf } from './lines.ts'
import { masked, withoutSecret } from './masked.ts'
import { labelOf, listedIn, X } from './providers.ts'
import { RoleLink } from './role-link.tsx'
import type { Settings } from './settings.ts'

/** Forms by the fourth segment of the address. */
const FORMS: ReadonlyMap<string, FunctionComponent<EditProps>> = new Map([
  ['general', General],
  ['providers', Providers],
  ['roles', Roles],
  ['attributes', Attributes],
  ['audiences', Audiences],
  ['tags', Tags],
])

/** Everything that a pool is set to, to be read; or the form for one part of it. */
export function SettingsTab({ onSaved, part, settings }: EditProps & { part: string | undefined }) {
  const EditPart = FORMS.get(part ?? '')
  if (EditPart) return <EditPart settings={settings} onSaved={onSaved} />
  return (
    <>
      <div class="columns">
        <GeneralPart of={settings} />
        <RolesPart of={settings} />
      </div>
      <ProvidersPart of={settings} />
      <AttributesPart of={settings} />
      <AudiencesPart of={settings} />
      <TagsPart of={settings} />
      <details>
        <summary>As JSON</summary>
        <CopyBlock title="What GetPoolSettings answers" text={linesOf(masked(settings)).join('\n')} />
      </details>
    </>
  )
}

interface PartProps {
  of: Settings
  title: string
  /** Last segment of the address of its form. */
  form: readonly string[]
  children: ComponentChildren
}

function Part({ children, form, of, title }: PartProps) {
  return (
    <section>
      <div class="row part">
        <h2>{title}</h2>
        <a href={addressOf(['pool', of.IdentityPoolId, ...form])} aria-label={`Change: ${title}`}>
          Change
        </a>
      </div>
      {children}
    </section>
  )
}

const yes = (value: boolean) => (value ? 'allowed' : 'not allowed')

function GeneralPart({ of }: { of: Settings }) {
  const classic = of.AllowClassicFlow
  return (
    <Part of={of} title="Name and flows" form={['settings', 'general']}>
      <Facts
        of={[
          ['Name', of.IdentityPoolName],
          ['Guests', yes(of.AllowUnauthenticatedIdentities)],
          ['Classic flow', classic === undefined ? 'not set: allowed, as at AWS' : yes(classic)],
          ['Developer provider', of.DeveloperProviderName],
          ['Version', String(of.Version)],
        ]}
      />
    </Part>
  )
}

function RolesPart({ of }: { of: Settings }) {
  const { RoleMappings = {}, Roles: { authenticated, unauthenticated } = {} } = of
  const link = (arn: string | undefined, to: 'authenticated' | 'unauthenticated') =>
    arn === undefined ? undefined : <RoleLink arn={arn} pool={of.IdentityPoolId} to={to} />
  return (
    <Part of={of} title="Roles" form={['settings', 'roles']}>
      <Facts
        of={[
          ['Users', link(authenticated, 'authenticated')],
          ['Guests', link(unauthenticated, 'unauthenticated')],
          ...Object.entries(RoleMappings).map(
            ([key, mapping]) =>
              [
                labelOf(key, of),
                <a key={key} href={addressOf(['pool', of.IdentityPoolId, 'mappings', key])}>
                  {mappingText(mapping)}
                </a>,
              ] as const,
          ),
        ]}
      />
    </Part>
  )
}

function ProvidersPart({ of }: { of: Settings }) {
  const checks = new Map((of.CognitoIdentityProviders ?? []).map((one) => [`${one.ProviderName}:${one.ClientId}`, one]))
  const detail = (key: string) => {
    const social = of.SupportedLoginProviders?.[key]
    if (social !== undefined) return key === X ? `${withoutSecret(social)}, with a secret` : social
    return checks.get(key)?.ServerSideTokenCheck ? 'asked whether the user is active' : ''
  }
  return (
    <Part of={of} title="Login providers" form={['settings', 'providers']}>
      <Table
        caption="Login providers"
        rows={listedIn(of)}
        keyOf={({ mappingKey }) => mappingKey}
        empty={<p>Nobody signs users in. List a provider, and whoever has a token of it gets an identity.</p>}
        columns={[
          { title: 'Provider', cell: ({ label }) => label },
          { title: 'Kind', cell: ({ kind }) => kind },
          { title: 'Key in Logins', cell: ({ loginKey }) => <code>{loginKey}</code> },
          {
            title: 'Details',
            cell: ({ kind, mappingKey }) =>
              kind === 'OpenID Connect' || kind === 'SAML' ? (
                <a href={addressOf(['providers', mappingKey])}>its registration</a>
              ) : (
                detail(mappingKey)
              ),
          },
        ]}
      />
    </Part>
  )
}

function AttributesPart({ of }: { of: Settings }) {
  const rows = Object.entries(of.PrincipalTagMaps ?? {})
  return (
    <Part of={of} title="Attributes for access control" form={['settings', 'attributes']}>
      <Table
        caption="Session tags by provider"
        rows={rows}
        keyOf={([key]) => key}
        empty={<p>No claims become tags of sessions. With tags, one role can serve many tenants.</p>}
        columns={[
          { title: 'Provider', cell: ([key]) => labelOf(key, of) },
          { title: 'Tags', cell: ([, map]) => tagMapText(map) },
        ]}
      />
    </Part>
  )
}

function AudiencesPart({ of }: { of: Settings }) {
  return (
    <Part of={of} title="Tokens for relying parties" form={['settings', 'audiences']}>
      <Table
        caption="Tokens for relying parties"
        rows={of.TokenAudiences ?? []}
        keyOf={({ Audience }) => Audience}
        empty={
          <p>Users have no tokens for others. With them, one sign-in opens Google Cloud, Azure, Vault or Kubernetes.</p>
        }
        columns={[
          { title: 'Audience', cell: ({ Audience }) => <code>{Audience}</code> },
          { title: 'For whom', cell: audienceText },
        ]}
      />
    </Part>
  )
}

function TagsPart({ of }: { of: Settings }) {
  return (
    <Part of={of} title="Tags" form={['settings', 'tags']}>
      <Table
        caption="Tags"
        rows={Object.entries(of.IdentityPoolTags ?? {})}
        keyOf={([key]) => key}
        empty={
          <p>
            None. Tags that begin with edge-identity: set the length of sessions, what bounds guests, and over how many
            objects the pool is spread.
          </p>
        }
        columns={[
          { title: 'Tag', cell: ([key]) => <code>{key}</code> },
          { title: 'Value', cell: ([, value]) => value },
          { title: 'Means', cell: ([key]) => KNOWN_TAGS.find(({ tag }) => tag === key)?.label ?? '' },
        ]}
      />
    </Part>
  )
}
