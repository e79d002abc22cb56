import type { FunctionComponent } from 'preact'
import { Identities, IdentityPage } from './people/index.ts'
import { Pool } from './pool/index.tsx'
import { Pools } from './pools/index.tsx'
import { Providers } from './providers/index.tsx'
import { Roles } from './roles/index.tsx'
import { Why } from './why/index.ts'

/** A place of the console, by the first segment of its address. */
export interface Page {
  segment: string
  title: string
  /** Named in the menu. */
  isInMenu?: boolean
  show: FunctionComponent
}

export const PAGES: readonly Page[] = [
  { segment: 'pools', title: 'Pools', isInMenu: true, show: Pools },
  { segment: 'identities', title: 'Identities', isInMenu: true, show: Identities },
  { segment: 'identity', title: 'Identity', show: IdentityPage },
  { segment: 'why', title: 'Why', isInMenu: true, show: Why },
  { segment: 'pool', title: 'Pool', show: Pool },
  { segment: 'providers', title: 'Login providers', isInMenu: true, show: Providers },
  { segment: 'roles', title: 'Roles', isInMenu: true, show: Roles },
]
