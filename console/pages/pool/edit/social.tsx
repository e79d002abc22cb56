import { type Signal, signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Field } from '../../../parts/index.ts'
import { withoutSecret } from '../masked.ts'
import { SOCIAL, X } from '../providers.ts'
import type { PoolMembers } from '../settings.ts'

interface EditedSocial {
  key: string
  label: string
  value: Signal<string>
  /** Of X alone: a new secret. The one that is kept is never shown. */
  secret: Signal<string>
  /** What the pool has now. */
  kept: string
}

/** A field for each provider that has one name for everybody, and for others that the pool has. */
export function useSocial({ SupportedLoginProviders: listed = {} }: PoolMembers): readonly EditedSocial[] {
  return useMemo(() => {
    const others = Object.keys(listed).filter((key) => SOCIAL.every(([name]) => name !== key))
    const all = [...SOCIAL, ...others.map((key) => [key, key, 'Value'] as const)]
    return all.map(([key, name, what]) => {
      const kept = listed[key] ?? ''
      const value = signal(key === X ? withoutSecret(kept) : kept)
      return { key, label: `${name}: ${what.toLowerCase()}`, value, secret: signal(''), kept }
    })
  }, [])
}

/** SupportedLoginProviders with what was typed. Throws for an app of X without a secret. */
export function socialOf(edited: readonly EditedSocial[]): Record<string, string> {
  return Object.fromEntries(
    edited.flatMap(({ kept, key, secret, value }) => {
      const text = value.value.trim()
      if (text === '') return []
      return [[key, key === X ? withSecret(text, secret.value.trim(), kept) : text]]
    }),
  )
}

function withSecret(consumerKey: string, secret: string, kept: string): string {
  if (secret !== '') return `${consumerKey};${secret}`
  if (kept.startsWith(`${consumerKey};`)) return kept
  throw new Error('X needs the secret of the app as well: type it below its consumer key.')
}

export function SocialFields({ of }: { of: readonly EditedSocial[] }) {
  return (
    <fieldset class="edited">
      <legend>Others</legend>
      <p class="hint">Empty: users of this provider cannot sign in.</p>
      <div class="columns">
        {of.map(({ key, kept, label, secret, value }) => (
          <div key={key}>
            <Field label={label} value={value} />
            {key === X && value.value.trim() !== '' && (
              <Field
                label="X: secret of the app"
                value={secret}
                type="password"
                hint={
                  kept === '' ? 'The service signs its questions to X with it.' : 'Empty: the one that is kept stays.'
                }
              />
            )}
          </div>
        ))}
      </div>
    </fieldset>
  )
}
