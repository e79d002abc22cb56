import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { CopyBlock, Dialog, Form } from '../../parts/index.ts'
import type { Identity } from './identity.ts'

/** What a dialog of a write is given. */
export interface ActionProps {
  identity: Identity
  pool: string
  onDone: () => void
  onClose: () => void
}

interface ChangeProps<Tried, Done> {
  title: string
  /** What is changed for whom, and what has to be filled in. */
  children: ComponentChildren
  /** What the button of the write says. */
  action: string
  isDangerous?: boolean
  /** Asks what would come of it, where the operation can tell. It is shown before the write can be made. */
  rehearse?: { ask: () => Promise<Tried>; tell: (tried: Tried) => ComponentChildren }
  make: () => Promise<Done>
  /** What came of it. */
  tell: (done: Done) => ComponentChildren
  /** The same as a command. */
  line: () => string
  /** After a write. */
  onDone: () => void
  onClose: () => void
}

type Now<Tried, Done> = { step: 'asked' } | { step: 'tried'; tried: Tried } | { step: 'done'; done: Done }

/** A write in a dialog: what is wanted, what it would do, and what it did. */
export function Change<Tried, Done>(props: ChangeProps<Tried, Done>) {
  const { children, line, onClose, onDone, rehearse, tell, title } = props
  const now = useSignal<Now<Tried, Done>>({ step: 'asked' })
  const make = async () => {
    const done = await props.make()
    now.value = { step: 'done', done }
    onDone()
  }
  const ask = async () => {
    if (rehearse) now.value = { step: 'tried', tried: await rehearse.ask() }
  }
  const current = now.value
  return (
    <Dialog title={title} onClose={onClose}>
      {current.step === 'asked' && rehearse && (
        <Form action="See what it would do" onSubmit={ask}>
          {children}
        </Form>
      )}
      {(current.step === 'tried' || (current.step === 'asked' && !rehearse)) && (
        <Part key={current.step}>
          <Form action={props.action} isDangerous={props.isDangerous ?? false} onSubmit={make}>
            {current.step === 'tried' ? rehearse?.tell(current.tried) : children}
            <CopyBlock title="With the command line" text={line()} />
          </Form>
        </Part>
      )}
      {current.step === 'done' && (
        <Part key="done">
          {tell(current.done)}
          <button type="button" class="main" onClick={onClose}>
            Done
          </button>
        </Part>
      )}
    </Dialog>
  )
}

/** Takes the focus when it appears, as the button is gone that had it. */
function Part({ children }: { children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!element.current?.querySelector('input, select')) element.current?.focus()
  }, [])
  return (
    <div ref={element} tabIndex={-1} class="change-step">
      {children}
    </div>
  )
}
