import type { ComponentChildren } from 'preact'

interface BarsProps {
  /** What is counted, for those who cannot see it. */
  caption: string
  of: readonly { name: ComponentChildren; key: string; count: number }[]
}

const numbers = new Intl.NumberFormat('en')

/** A number as people read it. */
export const countText = (count: number) => numbers.format(count)

/** Numbers side by side, the longest bar being the largest one. */
export function Bars({ caption, of }: BarsProps) {
  const most = Math.max(1, ...of.map(({ count }) => count))
  return (
    <table class="bars">
      <caption class="unseen">{caption}</caption>
      <tbody>
        {of.map(({ count, key, name }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td class="number">{countText(count)}</td>
            <td class="bar">
              <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" width="100" height="10" />
                <rect class="fill" width={(100 * count) / most} height="10" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
