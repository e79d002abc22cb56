import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Choice, Field, Rows } from '../../../parts/index.ts'
import { keyOf, type Listed, listedIn } from '../providers.ts'
import type { Settings, TagMap } from '../settings.ts'
import { EditForm, type EditProps, unlessEmpty } from './edit.tsx'

interface EditedMap {
  listed: Listed
  /** Under which the pool has it, or would have it. */
  key: string
  how: Signal<string>
  tags: Signal<readonly { tag: Signal<string>; claim: Signal<string> }[]>
}

/** Which claims of each provider become session tags. */
export function Attributes({ onSaved, settings }: EditProps) {
  const maps = useMemo(() => editedMaps(settings), [])
  const change = () => ({ PrincipalTagMaps: unlessEmpty(Object.fromEntries(maps.flatMap(entryOf))) })
  return (
    <EditForm title="Attributes for access control" settings={settings} onSaved={onSaved} change={change}>
      {maps.length === 0 && <p class="empty">The pool lists no provider whose tokens have claims. List one first.</p>}
      <p class="hint">
        Claims become tags of the session, which policies read as aws:PrincipalTag. All tags of a user together have at
        most 460 bytes: whose tags are larger gets no credentials.
      </p>
      {maps.map((map) => (
        <MapFields key={map.key} of={map} />
      ))}
    </EditForm>
  )
}

function editedMaps(settings: Settings): EditedMap[] {
  const maps = settings.PrincipalTagMaps ?? {}
  const byTagKey = new Map(listedIn(settings).map((listed) => [listed.tagKey, listed]))
  return [...byTagKey.values()].map((listed) => {
    const key = keyOf(listed.tagKey, listed, maps) ?? listed.tagKey
    const { PrincipalTags = {}, UseDefaults = false } = maps[key] ?? {}
    const tags = Object.entries(PrincipalTags).map(([tag, claim]) => ({ tag: signal(tag), claim: signal(claim) }))
    const how = UseDefaults ? 'defaults' : tags.length > 0 ? 'own' : 'none'
    return { listed, key, how: signal(how), tags: signal(tags) }
  })
}

function entryOf({ how, key, tags }: EditedMap): [string, TagMap][] {
  if (how.value === 'none') return []
  if (how.value === 'defaults') return [[key, { UseDefaults: true }]]
  const named = tags.value.map(({ claim, tag }) => [tag.value.trim(), claim.value.trim()] as const)
  return named.length === 0 ? [] : [[key, { UseDefaults: false, PrincipalTags: Object.fromEntries(named) }]]
}

function MapFields({ of: { how, key, listed, tags } }: { of: EditedMap }) {
  return (
    <fieldset class="edited">
      <legend>{listed.kind === 'user pool' ? key : listed.label}</legend>
      <Choice
        label="Tags"
        value={how}
        options={[
          ['none', 'none'],
          ['defaults', 'username and client, by default'],
          ['own', 'from claims'],
        ]}
      />
      {how.value === 'own' && (
        <Rows
          legend="From claims"
          items={tags}
          one="tag"
          most={50}
          make={() => ({ tag: signal(''), claim: signal('') })}
        >
          {({ claim, tag }) => (
            <>
              <Field label="Tag" value={tag} required />
              <Field label="Claim" value={claim} required />
            </>
          )}
        </Rows>
      )}
    </fieldset>
  )
}
