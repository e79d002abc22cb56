import { Choice, Field, Rows } from '../../../parts/index.ts'
import { MATCHES } from '../consequences.ts'
import { useRoles } from '../edit/known.ts'
import { unreachable } from '../findings.ts'
import { type EditedMapping, type EditedRule, editedRule, MAX_RULES, rulesOf } from './draft.ts'

/** Claims that many providers have. Any other may be typed. */
const CLAIMS = ['cognito:groups', 'groups', 'roles', 'email', 'hd', 'sub', 'aud', 'scope', 'tenant']

interface RulesProps {
  of: EditedMapping
  /** The rule that decided in the last simulation. */
  decided: EditedRule | undefined
}

/** The rules of a mapping, of which the first that fits decides. */
export function Rules({ decided, of }: RulesProps) {
  const known = useRoles()
  const hidden = new Map(unreachable(rulesOf(of)))
  return (
    <Rows
      legend="Rules"
      hint={`From the first to the last: the first that fits decides. A claim may be a list, of which one element is enough. At most ${MAX_RULES}.`}
      items={of.rules}
      one="rule"
      isOrdered
      most={MAX_RULES}
      make={() => editedRule({})}
    >
      {(rule, index) => (
        <>
          <RuleFields of={rule} known={known} />
          {decided === rule && <p class="notice good">This rule decided in the last simulation.</p>}
          {hidden.has(index + 1) && (
            <p class="notice">It never decides: rule {hidden.get(index + 1)} fits whenever it does.</p>
          )}
        </>
      )}
    </Rows>
  )
}

function RuleFields({ known, of: { claim, match, role, value } }: { of: EditedRule; known: readonly string[] }) {
  return (
    <>
      <Field label="Claim" value={claim} required suggestions={CLAIMS} />
      <Choice label="Match" value={match} options={Object.entries(MATCHES)} />
      <Field label="Value" value={value} required />
      <Field label="Role" value={role} required suggestions={known} placeholder="arn:aws:iam::123456789012:role/…" />
    </>
  )
}
