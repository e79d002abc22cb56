import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Field } from './field.tsx'
import { Form } from './form.tsx'

interface DialogProps {
  title: string
  onClose: () => void
  children: ComponentChildren
}

/** Something in front of the page. Escape closes it, and the keyboard stays inside. */
export function Dialog({ children, onClose, title }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      // Back to where the keyboard was, or to the page if that is gone.
      const place = before?.isConnected ? before : document.querySelector('#content')
      if (place instanceof HTMLElement) place.focus()
    }
  }, [])
  return (
    <dialog ref={element} aria-labelledby={id} onClose={onClose}>
      <header class="row">
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" onClick={() => element.current?.close()}>
          Close
        </button>
      </header>
      {children}
    </dialog>
  )
}

interface ConfirmProps {
  title: string
  /** What will be different afterwards, for whom, and whether it can be undone. */
  children: ComponentChildren
  action: string
  /** For what cannot be undone: the operator types this word first. */
  word?: string
  isDangerous?: boolean
  onConfirm: () => Promise<unknown>
  onClose: () => void
}

/** Says what a write changes before it is made. It closes when the write has succeeded. */
export function Confirm({ action, children, isDangerous, onClose, onConfirm, title, word }: ConfirmProps) {
  const typed = useSignal('')
  const submit = async () => {
    await onConfirm()
    onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        action={action}
        onSubmit={submit}
        isDangerous={isDangerous ?? false}
        disabled={word !== undefined && spaced(typed.value) !== spaced(word)}
      >
        {children}
        {word !== undefined && <Field label={`Type ${word} to go on`} value={typed} />}
      </Form>
    </Dialog>
  )
}

/** A text as it is seen: a page shows many blanks, or the end of a line, as one. */
const spaced = (text: string) => text.trim().replace(/\s+/g, ' ')
