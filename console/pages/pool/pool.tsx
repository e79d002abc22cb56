import { addressOf, Id, type Load, Loaded, poolName, route, Tabs, useLoad } from '../../parts/index.ts'
import { regionOf } from '../../session/index.ts'
import { CopyTab } from './copy/copy-tab.tsx'
import { MappingsTab } from './mappings/mappings-tab.tsx'
import { Overview } from './overview.tsx'
import { type Settings, settingsOf } from './settings.ts'
import { SettingsTab } from './settings-tab.tsx'

const TABS = [
  ['overview', 'Overview'],
  ['settings', 'Settings'],
  ['mappings', 'Roles and mappings'],
  ['code', 'As code'],
] as const

/** Tabs that have parts. */
const PARTS = new Map([
  ['settings', SettingsTab],
  ['mappings', MappingsTab],
  ['code', CopyTab],
])

/** One pool. Its tab is the third segment of the address, and the part of a tab the fourth. */
export function Pool() {
  const [, id = '', tab = 'overview', part] = route.value.path
  const settings = useLoad(() => settingsOf(id), [id])
  const onSaved = (value: Settings) => {
    settings.now.value = { state: 'loaded', value }
  }
  const Part = PARTS.get(tab)
  return (
    <>
      <h1>{poolName(nameIn(settings) ?? 'Pool')}</h1>
      <p class="row">
        <a href={addressOf(['pools'], { region: regionOf(id) })}>All pools</a>
        <a href={addressOf(['identities', id, 'find'])}>Its identities</a>
        <Id of={id} />
      </p>
      <Tabs label="Parts of the pool" of={TABS.map(([name, title]) => [['pool', id, name], title])} current={tab} />
      {tab === 'overview' && <Overview id={id} settings={settings} />}
      {Part && (
        <Loaded from={settings}>
          {(loaded) => <Part key={part} part={part} settings={loaded} onSaved={onSaved} />}
        </Loaded>
      )}
      {tab !== 'overview' && !Part && <p>A pool has no such part. Choose one of those above.</p>}
    </>
  )
}

function nameIn({ now }: Load<Settings>): string | undefined {
  const current = now.value
  const value = current.state === 'loaded' ? current.value : current.state === 'loading' ? current.before : undefined
  return value?.IdentityPoolName
}
