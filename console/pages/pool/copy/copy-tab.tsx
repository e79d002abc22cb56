import { CopyBlock } from '../../../parts/index.ts'
import type { EditProps } from '../edit/edit.tsx'
import { linesOf } from '../lines.ts'
import { masked } from '../masked.ts'
import { X } from '../providers.ts'
import { commands } from './commands.ts'
import { identityYaml } from './identity-yaml.ts'
import { terraform } from './terraform.ts'

/** The pool in the words of other tools. */
export function CopyTab({ settings }: EditProps & { part: string | undefined }) {
  return (
    <>
      <p>The same pool, for what you keep in a repository. Roles and login providers are named by their ARNs.</p>
      {settings.SupportedLoginProviders?.[X] !== undefined && (
        <p class="notice">The secret of X is in none of these: give it by the variable that they name.</p>
      )}
      <CopyBlock title="identity.yaml" text={identityYaml(settings)} />
      <p class="hint">
        <code>npm run plan -- identity.yaml</code> says what would change: nothing, as long as the pool is as it is now.
      </p>
      <CopyBlock title="Terraform" text={terraform(settings)} />
      <p class="hint">
        The import blocks bring the pool that exists under Terraform, and can go after the first apply. The provider
        needs this endpoint.
      </p>
      <CopyBlock title="AWS CLI: another pool with these settings" text={commands(settings)} />
      <CopyBlock title="JSON, as GetPoolSettings answers it" text={linesOf(masked(settings)).join('\n')} />
    </>
  )
}
