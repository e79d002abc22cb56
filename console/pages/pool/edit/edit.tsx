import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { addressOf, Form, goTo } from '../../../parts/index.ts'
import { isSame } from '../diff.tsx'
import { Save } from '../save.tsx'
import { type Change, type Settings, withChange } from '../settings.ts'

/** What every form for a part of the settings gets. */
export interface EditProps {
  settings: Settings
  /** Takes what was saved, so that the page shows it. */
  onSaved: (saved: Settings) => void
}

interface EditFormProps extends EditProps {
  title: string
  /** Throws, in words, what cannot be saved. */
  change: () => Change
  /** The tab that one comes back to. */
  tab?: 'settings' | 'mappings'
  children: ComponentChildren
}

/** The form for one part of the settings: first what would change is shown, then it is saved. */
export function EditForm({ change, children, onSaved, settings, tab = 'settings', title }: EditFormProps) {
  const asked = useSignal<Change | undefined>(undefined)
  const back = ['pool', settings.IdentityPoolId, tab]
  const review = () => {
    const wanted = change()
    if (isSame(settings, withChange(settings, wanted))) throw new Error('Nothing is different yet.')
    asked.value = wanted
  }
  return (
    <section>
      <h2>{title}</h2>
      <Form action="Review the change" onSubmit={review} also={<a href={addressOf(back)}>Cancel</a>}>
        {children}
      </Form>
      {asked.value && (
        <Save
          settings={settings}
          change={asked.value}
          onClose={() => {
            asked.value = undefined
          }}
          onSaved={(saved) => {
            onSaved(saved)
            goTo(back)
          }}
        />
      )}
    </section>
  )
}

/** A member of the settings, which is not there where it is empty. */
export function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined
}

/** Texts of a list of rows, without those that nobody filled in. */
export const filled = (rows: readonly Signal<string>[]) =>
  rows.map(({ value }) => value.trim()).filter((text) => text !== '')
