import { type Signal, signal, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Field, Rows, Switch } from '../../../parts/index.ts'
import { keyOf, listedIn } from '../providers.ts'
import type { Change, Mapping, PoolMembers, Settings, TagMap, UserPool } from '../settings.ts'
import { EditForm, type EditProps, filled, unlessEmpty } from './edit.tsx'
import { useArns } from './known.ts'
import { SocialFields, socialOf, useSocial } from './social.tsx'

interface EditedUserPool {
  name: Signal<string>
  client: Signal<string>
  check: Signal<boolean>
  /** Whether the pool says something about it: false and nothing are the same to users, and not to who compares. */
  isSaid: boolean
}

const editedUserPool = ({ ClientId = '', ProviderName = '', ServerSideTokenCheck }: Partial<UserPool>) => ({
  name: signal(ProviderName),
  client: signal(ClientId),
  check: signal(ServerSideTokenCheck ?? false),
  isSaid: ServerSideTokenCheck !== undefined,
})

/** Who may sign in. What leaves takes its role mapping and its attribute map along. */
export function Providers({ onSaved, settings }: EditProps) {
  const userPools = useSignal<readonly EditedUserPool[]>(
    useMemo(() => (settings.CognitoIdentityProviders ?? []).map(editedUserPool), []),
  )
  const oidc = useArnRows(settings.OpenIdConnectProviderARNs)
  const saml = useArnRows(settings.SamlProviderARNs)
  const social = useSocial(settings)
  const change = () => {
    const SupportedLoginProviders = socialOf(social)
    const listed = {
      CognitoIdentityProviders: unlessEmpty(userPools.value.map(userPoolOf)),
      OpenIdConnectProviderARNs: unlessEmpty(filled(oidc.value)),
      SamlProviderARNs: unlessEmpty(filled(saml.value)),
      SupportedLoginProviders: unlessEmpty(SupportedLoginProviders),
    }
    return { ...listed, ...withoutOrphans(settings, { ...settings, ...listed } as Settings) }
  }
  return (
    <EditForm title="Login providers" settings={settings} onSaved={onSaved} change={change}>
      <Rows legend="User pools of Amazon Cognito" items={userPools} one="user pool" make={() => editedUserPool({})}>
        {(item) => <UserPoolFields of={item} />}
      </Rows>
      <ArnRows
        legend="OpenID Connect"
        items={oidc}
        action="ListOpenIDConnectProviders"
        list="OpenIDConnectProviderList"
      />
      <ArnRows legend="SAML" items={saml} action="ListSAMLProviders" list="SAMLProviderList" />
      <SocialFields of={social} />
    </EditForm>
  )
}

function UserPoolFields({ of: { check, client, name } }: { of: EditedUserPool }) {
  return (
    <>
      <Field
        label="Provider"
        value={name}
        required
        placeholder="cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"
      />
      <Field label="App client" value={client} required hint="List a user pool once for each of its clients." />
      <Switch label="Ask the user pool whether the user is still active" value={check} />
    </>
  )
}

const userPoolOf = ({ check, client, isSaid, name }: EditedUserPool): UserPool => ({
  ProviderName: name.value.trim(),
  ClientId: client.value.trim(),
  ...((isSaid || check.value) && { ServerSideTokenCheck: check.value }),
})

type ArnRow = Signal<string>

const useArnRows = (arns: readonly string[] = []) =>
  useSignal<readonly ArnRow[]>(useMemo(() => arns.map((arn) => signal(arn)), []))

function ArnRows({
  action,
  items,
  legend,
  list,
}: {
  items: Signal<readonly ArnRow[]>
  legend: string
  action: string
  list: string
}) {
  const known = useArns(action, list)
  const kind = action === 'ListSAMLProviders' ? 'saml-provider' : 'oidc-provider'
  return (
    <Rows legend={legend} items={items} one={`${legend} provider`} make={() => signal('')}>
      {(item) => (
        <Field
          label="ARN"
          value={item}
          suggestions={known}
          placeholder={`arn:aws:iam::123456789012:${kind}/…`}
          hint="Register it first: identity pools find providers by their ARN."
        />
      )}
    </Rows>
  )
}

/** Mappings and attribute maps of providers that are not listed any more would be refused. */
function withoutOrphans(before: PoolMembers, after: Settings): Change {
  const staying = listedIn(after)
  const gone = listedIn(before).filter((one) => staying.every(({ mappingKey }) => mappingKey !== one.mappingKey))
  const goneTags = gone.filter((one) => staying.every(({ tagKey }) => tagKey !== one.tagKey))
  return {
    RoleMappings: without(
      before.RoleMappings,
      gone.map((one) => keyOf(one.mappingKey, one, before.RoleMappings)),
    ),
    PrincipalTagMaps: without(
      before.PrincipalTagMaps,
      goneTags.map((one) => keyOf(one.tagKey, one, before.PrincipalTagMaps)),
    ),
  }
}

function without<T extends Mapping | TagMap>(
  all: Record<string, T> | undefined,
  keys: readonly (string | undefined)[],
) {
  return all && unlessEmpty(Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key))))
}
