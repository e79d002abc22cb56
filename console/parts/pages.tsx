import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { type Load, Loaded, useLoad } from './load.tsx'

export interface Pages<T> extends Load<T> {
  hasNext: () => boolean
  hasPrevious: () => boolean
  next: () => void
  previous: () => void
}

/** A list of any length, of which one page is asked for at a time. `load` is given the token of the page. */
export function usePages<T extends { NextToken?: string | undefined }>(
  load: (token: string | undefined) => Promise<T>,
  dependsOn: readonly unknown[],
): Pages<T> {
  /** Tokens of the pages up to the one that is shown. */
  const tokens = useSignal<readonly (string | undefined)[]>([undefined])
  useEffect(() => {
    if (tokens.peek().length > 1) tokens.value = [undefined]
  }, dependsOn)
  const loaded = useLoad(() => load(tokens.value.at(-1)), [...dependsOn, tokens.value])
  const nextToken = () => (loaded.now.value.state === 'loaded' ? loaded.now.value.value.NextToken : undefined)
  return {
    ...loaded,
    hasNext: () => nextToken() !== undefined,
    hasPrevious: () => tokens.value.length > 1,
    next: () => {
      tokens.value = [...tokens.value, nextToken()]
    },
    previous: () => {
      tokens.value = tokens.value.slice(0, -1)
    },
  }
}

/** A page of a list, with the ways to those before and after it. */
export function PageOf<T>({ from, children }: { from: Pages<T>; children: (value: T) => ComponentChildren }) {
  return (
    <>
      <Loaded from={from}>{children}</Loaded>
      {(from.hasNext() || from.hasPrevious()) && (
        <nav class="row" aria-label="Pages of the list">
          <button type="button" disabled={!from.hasPrevious()} onClick={from.previous}>
            Previous
          </button>
          <button type="button" disabled={!from.hasNext()} onClick={from.next}>
            Next
          </button>
        </nav>
      )}
    </>
  )
}
