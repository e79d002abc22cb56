import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

interface RowsProps<T> {
  legend: string
  hint?: ComponentChildren
  items: Signal<readonly T[]>
  /** A new row, empty. */
  make: () => T
  /** The fields of a row. */
  children: (item: T, index: number) => ComponentChildren
  /** What one row is, as in `Add a rule`. */
  one: string
  /** Whether the first row counts before the second: then rows can be moved. */
  isOrdered?: boolean
  most?: number
}

const keys = new WeakMap<object, number>()
let lastKey = 0

/** A row keeps its place on the screen when those before it go. */
function keyOf(item: object): number {
  const key = keys.get(item) ?? ++lastKey
  keys.set(item, key)
  return key
}

/** Several things of one kind, which can be added, removed and moved. */
export function Rows<T extends object>({ children, hint, isOrdered, items, legend, make, most, one }: RowsProps<T>) {
  const all = items.value
  return (
    <fieldset class="edited">
      <legend>{legend}</legend>
      {hint && <p class="hint">{hint}</p>}
      <ol class={isOrdered ? 'ordered' : 'plain'}>
        {all.map((item, index) => (
          <li key={keyOf(item)}>
            <div class="fields">{children(item, index)}</div>
            <div class="row">
              {isOrdered && <Moves items={items} index={index} one={one} />}
              <button
                type="button"
                class="plain"
                aria-label={`Remove ${one} ${index + 1}`}
                onClick={() => {
                  items.value = all.filter((other) => other !== item)
                }}
              >
                Remove
              </button>
            </div>
          </li>
        ))}
      </ol>
      <button
        type="button"
        disabled={most !== undefined && all.length >= most}
        onClick={() => {
          items.value = [...all, make()]
        }}
      >
        Add {/^[aeio]/i.test(one) ? 'an' : 'a'} {one}
      </button>
    </fieldset>
  )
}

function Moves<T>({ index, items, one }: { items: Signal<readonly T[]>; index: number; one: string }) {
  const to = (place: number) => () => {
    const rest = items.value.filter((_, other) => other !== index)
    items.value = [...rest.slice(0, place), items.value[index] as T, ...rest.slice(place)]
  }
  return (
    <>
      <button
        type="button"
        class="plain"
        disabled={index === 0}
        aria-label={`Move ${one} ${index + 1} up`}
        onClick={to(index - 1)}
      >
        ↑ Up
      </button>
      <button
        type="button"
        class="plain"
        disabled={index === items.value.length - 1}
        aria-label={`Move ${one} ${index + 1} down`}
        onClick={to(index + 1)}
      >
        ↓ Down
      </button>
    </>
  )
}
