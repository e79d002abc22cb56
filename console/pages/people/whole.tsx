import type { ComponentChildren } from 'preact'

/** Something short that stays on one line where there is room. */
export function Whole({ children }: { children: ComponentChildren }) {
  return <span class="whole">{children}</span>
}
