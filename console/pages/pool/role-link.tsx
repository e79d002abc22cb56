import { addressOf } from '../../parts/index.ts'
import { type GivenRole, isRole, roleName } from './roles.ts'

/** A role of the pool, with the way to its page, where it is judged whether the pool can give it out. */
export function RoleLink({ arn, pool, to }: GivenRole & { pool: string }) {
  if (!isRole(arn)) return <code>{arn}</code>
  return (
    <a href={addressOf(['roles', roleName(arn)], { pool, to })} title={arn}>
      {roleName(arn)}
    </a>
  )
}
