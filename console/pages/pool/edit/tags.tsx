import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Choice, Field, Rows } from '../../../parts/index.ts'
import { KNOWN_TAGS, type KnownTag } from '../known-tags.ts'
import { EditForm, type EditProps, unlessEmpty } from './edit.tsx'

const GROUPS = ['Sessions', 'Guests', 'Objects'] as const

/** Tags of the pool: those that set how the service treats it, each with a field, and all others. */
export function Tags({ onSaved, settings }: EditProps) {
  const known = useMemo(
    () => KNOWN_TAGS.map((one) => ({ one, value: signal(settings.IdentityPoolTags?.[one.tag] ?? '') })),
    [],
  )
  const others = useMemo(() => signal(othersIn(settings.IdentityPoolTags)), [])
  const change = () => {
    const set = known.flatMap(({ one, value }) => (value.value.trim() === '' ? [] : [[one.tag, value.value.trim()]]))
    const rest = others.value.map(({ key, value }) => [key.value.trim(), value.value])
    return { IdentityPoolTags: unlessEmpty(Object.fromEntries([...set, ...rest])) }
  }
  return (
    <EditForm title="Tags" settings={settings} onSaved={onSaved} change={change}>
      {GROUPS.map((group) => (
        <fieldset key={group} class="edited">
          <legend>{group}</legend>
          <div class="columns">
            {known
              .filter(({ one }) => one.group === group)
              .map(({ one, value }) => (
                <TagField key={one.tag} of={one} value={value} />
              ))}
          </div>
        </fieldset>
      ))}
      <Rows
        legend="Other tags"
        hint="They say something about the pool. Policies of access keys may ask about them."
        items={others}
        one="tag"
        make={() => ({ key: signal(''), value: signal('') })}
      >
        {({ key, value }) => (
          <>
            <Field label="Key" value={key} required />
            <Field label="Value" value={value} />
          </>
        )}
      </Rows>
    </EditForm>
  )
}

function othersIn(tags: Readonly<Record<string, string>> = {}) {
  const known = new Set(KNOWN_TAGS.map(({ tag }) => tag))
  return Object.entries(tags)
    .filter(([key]) => !known.has(key))
    .map(([key, value]) => ({ key: signal(key), value: signal(value) }))
}

function TagField({ of: { about, label, tag, without, words }, value }: { of: KnownTag; value: Signal<string> }) {
  const hint = (
    <>
      {about} <code>{tag}</code>
    </>
  )
  if (!words) return <Field label={label} value={value} placeholder={`not set: ${without}`} hint={hint} />
  return <Choice label={label} value={value} options={[['', `not set: ${without}`], ...words]} hint={hint} />
}
