import { CopyBlock } from '../../parts/index.ts'

interface Statement {
  Effect: string
  Action?: string | string[]
  NotAction?: string | string[]
  Resource?: string | string[]
  NotResource?: string | string[]
  Condition?: object
}

/** What a policy allows, a line for each statement, and the whole of it to open. */
export function Policy({ document, of }: { document: string; of: string }) {
  const policy: { Statement: Statement | Statement[] } = JSON.parse(document)
  return (
    <>
      <ul class="plain-list">
        {[policy.Statement].flat().map((statement, index) => (
          <li key={index}>{lineOf(statement)}</li>
        ))}
      </ul>
      <details>
        <summary>The policy of {of}</summary>
        <CopyBlock title="IAM policy document" text={JSON.stringify(policy, null, 2)} />
      </details>
    </>
  )
}

const SHOWN = 4

function lineOf({ Action, Condition, Effect, NotAction, NotResource, Resource }: Statement): string {
  const what = Action === undefined ? `everything but ${some(NotAction)}` : some(Action)
  const where = Resource === undefined ? `everything but ${some(NotResource)}` : some(Resource)
  const on = where === '*' ? '' : ` on ${where}`
  return `${Effect === 'Deny' ? 'Denies' : 'Allows'} ${what === '*' ? 'everything' : what}${on}${Condition ? ', with conditions' : ''}`
}

function some(texts: string | string[] | undefined): string {
  const all = [texts ?? []].flat()
  const more = all.length - SHOWN
  return `${all.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
