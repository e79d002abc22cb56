import { addressOf } from './route.ts'

interface TabsProps {
  label: string
  /** Each is a place of its own, with an address. */
  of: readonly (readonly [path: readonly string[], title: string])[]
  /** The last segment of the one that is shown. */
  current: string
}

export function Tabs({ current, label, of }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {of.map(([path, title]) => (
        <a key={title} href={addressOf(path)} aria-current={path.at(-1) === current ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}
