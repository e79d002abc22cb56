import { useSignal } from '@preact/signals'

/** Puts a text on the clipboard, and says so. */
export function Copy({ label = 'Copy', text }: { text: string; label?: string }) {
  const done = useSignal('')
  const copy = async () => {
    done.value = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'The browser does not allow it',
    )
    setTimeout(() => {
      done.value = ''
    }, 2_000)
  }
  return (
    <button type="button" class="plain copy" onClick={copy} aria-live="polite">
      {done.value || label}
    </button>
  )
}

/** A text that is of use elsewhere: a command, a file, a policy. */
export function CopyBlock({ text, title }: { title: string; text: string }) {
  return (
    <figure class="code" aria-label={title}>
      <figcaption class="row">
        <span>{title}</span>
        <Copy text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever uses the keyboard must be able to scroll it */}
      <pre tabIndex={0}>{text}</pre>
    </figure>
  )
}

/** An id, with a button to copy it. */
export function Id({ of }: { of: string }) {
  return (
    <span class="id">
      <code>{of}</code> <Copy text={of} />
    </span>
  )
}
