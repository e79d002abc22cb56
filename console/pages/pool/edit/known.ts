import { listIn, type XmlValue } from '../../../calls/index.ts'
import { type Load, useLoad } from '../../../parts/index.ts'
import { iam } from '../../../session/index.ts'

/** So many are suggested: who has more types the ARN. */
const MOST = 500

/** ARNs that the account has, to choose from. Whoever may not list them types them. */
export function useArns(action: string, list: string): readonly string[] {
  const load: Load<string[]> = useLoad(
    () =>
      iam(action, action === 'ListRoles' ? { MaxItems: String(MOST) } : {}).then(
        (answer) => listIn<{ Arn: XmlValue }>(answer, list).map(({ Arn }) => String(Arn)),
        () => [],
      ),
    [action],
  )
  const current = load.now.value
  return current.state === 'loaded' ? current.value : []
}

export const useRoles = () => useArns('ListRoles', 'Roles')
