import type { FunctionComponent } from 'preact'
import { Connect } from './connect/index.ts'
import { Live } from './live/index.ts'
import { Identities, IdentityPage } from './people/index.ts'
import { Pool } from './pool/index.tsx'
import { Pools } from './pools/index.tsx'
import { Providers } from './providers/index.tsx'
import { Roles } from './roles/index.tsx'
import { Health, Keys } from './service/index.ts'
import { Why } from './why/index.ts'

/** A place of the console, by the first segment of its address. */
export interface Page {
  segment: string
  title: string
  /** Named in the menu. */
  isInMenu?: boolean
  /** The place in the menu that it belongs to. */
  under?: string
  /** Segments of the address that say what it shows; more than these are parts of it. Two, if it does not say so. */
  segments?: number
  show: FunctionComponent
}

export const PAGES: readonly Page[] = [
  { segment: 'pools', title: 'Pools', isInMenu: true, show: Pools },
  { segment: 'identities', title: 'Identities', isInMenu: true, show: Identities },
  { segment: 'identity', title: 'Identity', under: 'identities', segments: 3, show: IdentityPage },
  { segment: 'live', title: 'Live', isInMenu: true, show: Live },
  { segment: 'why', title: 'Why', isInMenu: true, show: Why },
  { segment: 'providers', title: 'Login providers', isInMenu: true, show: Providers },
  { segment: 'roles', title: 'Roles', isInMenu: true, show: Roles },
  { segment: 'keys', title: 'Keys', isInMenu: true, show: Keys },
  { segment: 'connect', title: 'Connect', isInMenu: true, show: Connect },
  { segment: 'health', title: 'Health', isInMenu: true, show: Health },
  { segment: 'pool', title: 'Pool', under: 'pools', show: Pool },
]
