import { listIn, textIn } from '../../calls/index.ts'
import { CopyBlock, Loaded, useLoad } from '../../parts/index.ts'
import { iam } from '../../session/index.ts'
import { pretty } from './pretty.ts'

/** What whoever has the role may do: its inline policies, and the managed ones that are attached. */
export function Permissions({ of: RoleName }: { of: string }) {
  const inline = useLoad(() => inlineOf(RoleName), [RoleName])
  return (
    <section>
      <h2>What it may do</h2>
      <Loaded from={inline}>
        {(policies) => (
          <>
            {policies.map(({ document, name }) => (
              <CopyBlock key={name} title={`Inline policy ${name}`} text={pretty(document)} />
            ))}
            {policies.length === 0 && <p class="empty">No inline policy is registered here.</p>}
          </>
        )}
      </Loaded>
      <Attached to={RoleName} />
      <p class="hint">
        The STS that makes the credentials decides by its own record of the role. Where that is AWS or a store, these
        policies narrow guests at most.
      </p>
    </section>
  )
}

function Attached({ to: RoleName }: { to: string }) {
  const attached = useLoad(
    async () => listIn(await iam('ListAttachedRolePolicies', { RoleName }), 'AttachedPolicies'),
    [RoleName],
  )
  return (
    <Loaded from={attached}>
      {(policies) =>
        policies.length > 0 && (
          <>
            <h3>Managed policies</h3>
            <ul>
              {policies.map((policy) => (
                <li key={textIn(policy, 'PolicyArn')}>
                  <code>{textIn(policy, 'PolicyArn')}</code>
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  )
}

async function inlineOf(RoleName: string): Promise<{ name: string; document: string }[]> {
  const names = listIn<string>(await iam('ListRolePolicies', { RoleName }), 'PolicyNames')
  return Promise.all(
    names.map(async (PolicyName) => {
      const answer = await iam('GetRolePolicy', { RoleName, PolicyName })
      return { name: PolicyName, document: decodeURIComponent(textIn(answer, 'PolicyDocument') ?? '') }
    }),
  )
}
