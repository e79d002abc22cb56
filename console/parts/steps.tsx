import type { ComponentChildren } from 'preact'

/** `good`: passed; `bad`: it ended here; `plain`: it happened; `skipped`: it was not come to. */
type Tone = 'good' | 'bad' | 'plain' | 'skipped'

export interface Step {
  title: ComponentChildren
  tone: Tone
  /** At the right of the title: a time, or a word. */
  aside?: ComponentChildren
  children?: ComponentChildren
}

/** What happened, one after the other, on a line from top to bottom. `label`: of what these are the steps. */
export function Steps({ label, of }: { label: string; of: readonly Step[] }) {
  return (
    <ol class="steps" aria-label={label}>
      {of.map(({ aside, children, title, tone }, index) => (
        <li key={index} class={tone}>
          <Mark tone={tone} />
          <div>
            <p class="row step-title">
              <strong>{title}</strong>
              {aside && <span class="quiet">{aside}</span>}
            </p>
            {children}
          </div>
        </li>
      ))}
    </ol>
  )
}

const WORDS: Readonly<Record<Tone, string>> = { good: 'Passed', bad: 'Refused', plain: '', skipped: 'Not reached' }
const DRAWN: Readonly<Record<Tone, string>> = {
  good: 'M5.5 10.5l3 3 6-6.5',
  bad: 'M6.5 6.5l7 7m0-7l-7 7',
  plain: '',
  skipped: 'M6.5 10h7',
}

/** A colour says nothing to everybody: each tone has a sign of its own, and a word for those who hear the page. */
function Mark({ tone }: { tone: Tone }) {
  return (
    <svg
      class="mark"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      role={WORDS[tone] ? 'img' : undefined}
      aria-label={WORDS[tone] || undefined}
      aria-hidden={WORDS[tone] ? undefined : 'true'}
    >
      <circle cx="10" cy="10" r={tone === 'plain' ? 5 : 9} />
      <path d={DRAWN[tone]} />
    </svg>
  )
}
