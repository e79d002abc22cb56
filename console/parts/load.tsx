import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect } from 'preact/hooks'
import { Failure } from './failure.tsx'

export type Loading<T> =
  | { state: 'loading'; before?: T | undefined }
  | { state: 'loaded'; value: T }
  | { state: 'failed'; error: unknown }

export interface Load<T> {
  now: Signal<Loading<T>>
  /** Asks again. What was shown stays until there is an answer. */
  again: () => void
}

/** Asks the service when the page opens, and whenever what it depends on changes. A late answer of before is left out. */
export function useLoad<T>(load: () => Promise<T>, dependsOn: readonly unknown[]): Load<T> {
  const now = useSignal<Loading<T>>({ state: 'loading' })
  const turn = useSignal(0)
  useEffect(() => {
    let current = true
    const before = now.peek()
    now.value = { state: 'loading', before: before.state === 'loaded' ? before.value : undefined }
    load().then(
      (value) => {
        if (current) now.value = { state: 'loaded', value }
      },
      (error) => {
        if (current) now.value = { state: 'failed', error }
      },
    )
    return () => {
      current = false
    }
  }, [...dependsOn, turn.value])
  const again = useCallback(() => {
    turn.value++
  }, [turn])
  return { now, again }
}

/** What was loaded, or that it is awaited, or why there is nothing and how to go on. */
export function Loaded<T>({
  from: { again, now },
  children,
}: {
  from: Load<T>
  children: (value: T) => ComponentChildren
}) {
  const current = now.value
  if (current.state === 'failed') return <Failure error={current.error} again={again} />
  const value = current.state === 'loaded' ? current.value : current.before
  return (
    <div aria-busy={current.state === 'loading'} class="loaded">
      {value === undefined ? <p class="quiet">Loading…</p> : children(value)}
    </div>
  )
}
