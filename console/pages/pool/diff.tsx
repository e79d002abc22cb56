import { diffOf, hunksOf, linesOf } from './lines.ts'
import { masked } from './masked.ts'
import type { Settings } from './settings.ts'

const SIGNS = { same: ' ', gone: '−', new: '+' } as const
const WORDS = { same: '', gone: 'removed: ', new: 'added: ' } as const

/** What is different between two states of a pool, as lines of its settings. */
export function Diff({ after, before, title }: { before: Settings; after: Settings; title: string }) {
  const lines = hunksOf(diffOf(settingsLines(before, before), settingsLines(after, before)))
  return (
    <figure class="code">
      <figcaption>{title}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: whoever uses the keyboard must be able to scroll it */}
      <pre class="diff" tabIndex={0}>
        {lines.map((line, index) =>
          line ? (
            <div key={index} class={line.kind}>
              <span class="unseen">{WORDS[line.kind]}</span>
              <span aria-hidden="true">{SIGNS[line.kind]}</span> {line.text}
            </div>
          ) : (
            <div key={index} class="quiet">
              …
            </div>
          ),
        )}
      </pre>
    </figure>
  )
}

/** Neither the id nor the version is a setting: the latter is another one after each change. */
function settingsLines({ IdentityPoolId, Version, ...settings }: Settings, before: Settings): string[] {
  return linesOf(masked(settings, before))
}

/** Whether a change changes anything. */
export function isSame(before: Settings, after: Settings): boolean {
  const text = ({ Version, ...settings }: Settings) => JSON.stringify(sorted(settings))
  return text(before) === text(after)
}

/** Members in order, without those that say nothing. The order of rules and of providers counts. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]))
}
