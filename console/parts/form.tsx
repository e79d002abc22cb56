import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Failure } from './failure.tsx'

interface FormProps {
  /** What the button says. */
  action: string
  onSubmit: () => Promise<unknown> | unknown
  children: ComponentChildren
  disabled?: boolean
  /** The button warns. */
  isDangerous?: boolean
  /** Beside the button. */
  also?: ComponentChildren
}

/** Fields with a button, which works once at a time; below it why the last try failed. */
export function Form({ action, also, children, disabled = false, isDangerous = false, onSubmit }: FormProps) {
  const busy = useSignal(false)
  const error = useSignal<unknown>(undefined)
  const submit = async (event: Event) => {
    event.preventDefault()
    if (busy.value) return
    busy.value = true
    error.value = undefined
    try {
      await onSubmit()
    } catch (thrown) {
      error.value = thrown
    } finally {
      busy.value = false
    }
  }
  return (
    <form onSubmit={submit} aria-busy={busy.value}>
      {children}
      <div class="row">
        <button type="submit" class={isDangerous ? 'danger' : 'main'} disabled={disabled || busy.value}>
          {busy.value ? 'Working…' : action}
        </button>
        {also}
      </div>
      {error.value !== undefined && <Failure error={error.value} />}
    </form>
  )
}
