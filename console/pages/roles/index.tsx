import { route } from '../../parts/index.ts'
import { RoleList } from './role-list.tsx'
import { RolePage } from './role-page.tsx'

/** The roles that are registered here, or one of them. */
export function Roles() {
  const [, name] = route.value.path
  return name === undefined ? <RoleList /> : <RolePage key={name} name={name} />
}
