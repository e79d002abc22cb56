import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Choice } from '../../../parts/index.ts'
import { EditForm, unlessEmpty } from '../edit/edit.tsx'
import { keyOf, type Listed } from '../providers.ts'
import type { Mapping, Settings } from '../settings.ts'
import { type EditedMapping, type EditedRule, editedMapping, mappingOf } from './draft.ts'
import { Rules } from './rules.tsx'
import type { Simulation } from './simulation.ts'
import { Simulator } from './simulator.tsx'

interface EditorProps {
  settings: Settings
  listed: Listed
  onSaved: (saved: Settings) => void
}

/** How the users of one provider get their role, with the simulator beside it: it judges by what stands in the form. */
export function Editor({ listed, onSaved, settings }: EditorProps) {
  const mappings = settings.RoleMappings ?? {}
  const key = keyOf(listed.mappingKey, listed, mappings) ?? listed.mappingKey
  const edited = useMemo(() => editedMapping(mappings[key]), [])
  const decided = useSignal<EditedRule | undefined>(undefined)
  const drafted = () => withMapping(mappings, key, mappingOf(edited))
  const noteRule = ({ Role: { ChosenBy } = {} }: Simulation) => {
    const rule = ChosenBy?.MappingKey === key ? ChosenBy.Rule : undefined
    decided.value = rule === undefined ? undefined : edited.rules.value[rule - 1]
  }
  return (
    <div class="columns">
      <EditForm
        title={`Role mapping of ${listed.label}`}
        tab="mappings"
        settings={settings}
        onSaved={onSaved}
        change={() => ({ RoleMappings: unlessEmpty(drafted()) })}
      >
        <MappingFields of={edited} settings={settings} decided={decided.value} />
      </EditForm>
      <Simulator
        settings={settings}
        provider={listed.loginKey}
        draft={() => ({ RoleMappings: drafted() })}
        onAnswer={noteRule}
      />
    </div>
  )
}

function MappingFields({
  decided,
  of,
  settings,
}: {
  of: EditedMapping
  settings: Settings
  decided: EditedRule | undefined
}) {
  return (
    <>
      <Choice
        label="Who chooses the role"
        value={of.type}
        options={[
          ['none', 'the pool: everybody gets the role of users'],
          ['Rules', 'rules about claims of the token'],
          ['Token', 'the token, by cognito:preferred_role and cognito:roles'],
        ]}
      />
      {of.type.value === 'Token' && (
        <p class="notice">
          Whoever writes the claims of these tokens chooses roles of the account. Their trust policies decide who may
          have them.
        </p>
      )}
      {of.type.value === 'Rules' && <Rules of={of} decided={decided} />}
      {of.type.value !== 'none' && (
        <Choice
          label="Where that decides nothing"
          value={of.otherwise}
          options={[
            ['Deny', 'refuse'],
            [
              'AuthenticatedRole',
              `give the role of users${settings.Roles?.authenticated ? '' : ', of which there is none'}`,
            ],
          ]}
          hint="Refused users have an identity, and get no credentials."
        />
      )}
    </>
  )
}

function withMapping(
  mappings: Readonly<Record<string, Mapping>>,
  key: string,
  mapping: Mapping | undefined,
): Record<string, Mapping> {
  const { [key]: _, ...others } = mappings
  return mapping ? { ...mappings, [key]: mapping } : others
}
