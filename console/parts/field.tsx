import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  label: string
  value: Signal<string>
  /** What to type, and what it does. */
  hint?: ComponentChildren
  type?: 'text' | 'password' | 'search' | 'number'
  /** So many lines. */
  lines?: number
  required?: boolean
  placeholder?: string
  /** Texts to choose from, which may be others too. */
  suggestions?: readonly string[]
}

/** A text to type, with its label and what it is for. */
export function Field({ hint, label, lines, required, suggestions, type = 'text', value, placeholder }: FieldProps) {
  const id = useId()
  const common = {
    id,
    value: value.value,
    required,
    placeholder,
    autocomplete: 'off',
    spellcheck: false,
    'aria-describedby': hint ? `${id}-hint` : undefined,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => {
      value.value = currentTarget.value
    },
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {lines ? (
        <textarea {...common} rows={lines} />
      ) : (
        <input {...common} type={type as 'text'} list={suggestions ? `${id}-list` : undefined} />
      )}
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

interface ChoiceProps {
  label: string
  value: Signal<string>
  options: readonly (readonly [value: string, label: string])[]
  hint?: ComponentChildren
}

/** One of a few. */
export function Choice({ hint, label, options, value }: ChoiceProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value.value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.value
        }}
      >
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}

/** Yes or no. */
export function Switch({ hint, label, value }: { label: string; value: Signal<boolean>; hint?: ComponentChildren }) {
  const id = useId()
  return (
    <div class="field switch">
      <input
        id={id}
        type="checkbox"
        checked={value.value}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={({ currentTarget }) => {
          value.value = currentTarget.checked
        }}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  )
}
