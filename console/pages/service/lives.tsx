import type { RingKey } from './described.ts'

/** A line for each key: from when on it is published, when it signs, and until when it stays published. */
export function Lives({ keys, now }: { keys: readonly RingKey[]; now: number }) {
  const first = Math.min(...keys.map(({ CreationDate }) => CreationDate), now)
  const endOf = ({ PublishedUntil, SignsUntil }: RingKey) => PublishedUntil ?? SignsUntil
  const last = Math.max(...keys.map(endOf), now)
  const at = (time: number) => (100 * (time - first)) / Math.max(1, last - first)
  return (
    <figure class="lives">
      {keys.map((key) => (
        <div key={key.KeyId}>
          <code>{key.KeyId.slice(0, 8)}…</code>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect
              class="published"
              x={at(key.CreationDate)}
              width={at(endOf(key)) - at(key.CreationDate)}
              y="3"
              height="4"
            />
            {key.RevokedDate === undefined && (
              <rect class="signs" x={at(key.SignsFrom)} width={at(key.SignsUntil) - at(key.SignsFrom)} height="10" />
            )}
            <line x1={at(now)} x2={at(now)} y2="10" />
          </svg>
        </div>
      ))}
      <figcaption class="hint">
        The thick part of a line is when the key signs; the thin one is when it is published only. The mark is now. The
        table has the same as text.
      </figcaption>
    </figure>
  )
}
